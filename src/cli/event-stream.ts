/** An event of a run, as the server sends it. */
export interface ServerEvent {
  id: string | undefined;
  event: string;
  data: unknown;
}

/** Reads server-sent events whose data is JSON; comments are signs of life. */
export async function* serverEvents(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<ServerEvent> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split('\n')) {
        const colon = line.indexOf(': ');
        if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
      }
      const data = fields.get('data');
      if (data !== undefined)
        yield { id: fields.get('id'), event: fields.get('event') ?? 'message', data: JSON.parse(data) as unknown };
    }
  }
}

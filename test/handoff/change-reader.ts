/** A reader of the stream of changes. */

export interface Heard {
  id: string;
  event: string;
  data: { conversationId?: string; runId?: string };
}

/** Reads the stream of somebody until it is stopped. */
export async function listen(url: string, headers: Record<string, string>) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/api/v1/events`, { headers, signal: stop.signal });
  const heard: Heard[] = [];
  const reading = (async () => {
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, id = '', event = '', data = ''] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== '') heard.push({ id, event, data: JSON.parse(data) as Heard['data'] });
      }
    }
  })().catch(() => {});
  return {
    status: answer.status,
    heard,
    stop: () => {
      stop.abort();
      return reading;
    },
    ended: reading,
  };
}

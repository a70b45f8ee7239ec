/** Events of a server as they come, from the body of an answer: `EventSource` sends no token. */

/** @typedef {{ id: string | undefined, event: string, data: string }} ServerEvent */

/**
 * Reads until the stream ends.
 * @param {ReadableStream<Uint8Array>} body
 * @param {(event: ServerEvent) => void} onEvent
 * @param {() => void} onSign called for every piece, comments included: the server is there
 */
export async function readEvents(body, onEvent, onSign) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onSign();
    text += decoder.decode(value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parsed(block);
      if (event !== undefined) onEvent(event);
    }
  }
}

/**
 * @param {string} block lines up to an empty one
 * @returns {ServerEvent | undefined} nothing for a comment
 */
function parsed(block) {
  /** @type {{ id?: string, event?: string, data: string[] }} */
  const fields = { data: [] };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at <= 0) continue;
    const name = line.slice(0, at);
    const value = line.slice(at + 1).replace(/^ /, '');
    if (name === 'data') fields.data.push(value);
    else if (name === 'id' || name === 'event') fields[name] = value;
  }
  if (fields.data.length === 0) return undefined;
  return { id: fields.id, event: fields.event ?? 'message', data: fields.data.join('\n') };
}

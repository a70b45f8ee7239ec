/** A reader of the stream of changes. */
import { serverEvents } from '../../src/cli/event-stream.ts';

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
    for await (const { id = '', event, data } of serverEvents(answer.body)) heard.push({ id, event, data: data as Heard['data'] });
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

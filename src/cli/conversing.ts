/** One turn of a conversation over HTTP: what calls are doing is told while they do it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Reply } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { serverEvents } from './event-stream.ts';

export interface ChatTurn {
  /** Null while a person has the conversation. */
  run: { id: string; outcome: Outcome | null; awaiting?: string; degraded: boolean; error?: { message: string } } | null;
  reply: Reply | null;
}

/** How often a stream that broke is opened again in a row, before the run is left to itself. */
const attempts = 5;

/**
 * Says something and waits for the end of the turn, however long it takes. A stream that breaks is opened again where it ended.
 * @param onProgress hears what a call shows, and `undefined` once a call is over.
 * @throws Error with the problem's own explanation when the API refuses
 */
export async function say(
  client: ApiClient,
  conversation: string,
  text: string,
  onProgress: (line: string | undefined) => void,
): Promise<ChatTurn> {
  // The key makes a message that is sent again harmless.
  const headers = { accept: 'text/event-stream', 'idempotency-key': crypto.randomUUID() };
  let run: string | undefined;
  let last: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const response =
      run === undefined
        ? await client.stream('POST', `/api/v1/conversations/${conversation}/messages`, { text }, headers)
        : await client.stream('GET', `/api/v1/runs/${run}/events`, undefined, {
            accept: headers.accept,
            ...(last === undefined ? {} : { 'last-event-id': last }),
          });
    try {
      for await (const { id, event, data } of serverEvents(response.body)) {
        attempt = 1;
        last = id ?? last;
        if (event === 'run-accepted') run = (data as { runId: string }).runId;
        else if (event === 'call-progressed') onProgress(progressLine(data as { tool: string; chunk: unknown }));
        else if (event === 'call-finished') onProgress(undefined);
        else if (event === 'held') return { run: null, reply: null };
        else if (event === 'run-ended') return data as ChatTurn;
      }
    } catch {
      // The connection broke: the run goes on, and so does its stream.
    }
    if (attempt >= attempts) return client.get<ChatTurn>(`/api/v1/runs/${run ?? ''}`);
    await sleep(200 * attempt);
  }
}

/** What a tool says goes to a terminal: without what a terminal would obey. */
function progressLine({ tool, chunk }: { tool: string; chunk: unknown }): string {
  const text = typeof chunk === 'string' ? chunk : JSON.stringify(chunk);
  return `${tool}: ${text.replace(/\p{Cc}+/gu, ' ').trim()}`;
}

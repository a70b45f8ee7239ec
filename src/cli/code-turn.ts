/** One turn of the coding assistant over HTTP, from what the person says to its end, with the questions that come up meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord, JsonObject, LocalizedText, Outcome, Reply, Verdict } from '../vocabulary.ts';
import type { ApiClient } from './api-client.ts';
import { isGone, reach } from './code-server.ts';
import { serverEvents } from './event-stream.ts';

/** A call that waits for a person. */
export interface AskedCall {
  callId: string;
  tool: string;
  args: JsonObject;
  rule: string;
  reason: LocalizedText;
  status: 'pending' | 'approved' | 'rejected' | 'cancelled';
  pattern?: JsonObject;
}

/** A message as the API takes it. */
export type SentText =
  | { text: string }
  | { parts: readonly ({ type: 'text'; text: string } | { type: 'image' | 'file'; artifact: string })[] };

export type TerminalDecision = { decision: 'approve'; remember?: 'conversation' } | { decision: 'reject'; reason?: string };

export interface CodeTurn {
  run: {
    id: string;
    status: string;
    outcome: Outcome | null;
    degraded: boolean;
    degradedReason?: string;
    error?: { code: string; message: string };
    usage: { modelCalls: number; inputTokens: number; outputTokens: number; cost?: number };
  };
  reply: Reply | null;
}

/** Who shows a turn, and decides. */
export interface TurnSurface {
  began?(runId: string): void;
  text(delta: string): void;
  planned(calls: readonly { callId: string; tool: string; args: JsonObject }[]): void;
  decided?(callId: string, tool: string, verdict: Verdict): void;
  progressed(tool: string, chunk: unknown, callId: string): void;
  finished(call: CallRecord & { milliseconds: number }): void;
  ask(runId: string, call: AskedCall): Promise<TerminalDecision>;
}

/** How often a connection that broke is made anew in a row. */
const attempts = 8;

/**
 * @param message what is said, or the run that is gone on with
 * @param connect gives the Timonel that answers now: where the one that did is gone, another one, which goes on with the run.
 * @throws Error with the problem's own explanation when the API refuses
 */
export async function codeTurn(
  connect: () => Promise<ApiClient>,
  conversation: string,
  message: SentText | { run: string },
  surface: TurnSurface,
): Promise<CodeTurn> {
  const key = crypto.randomUUID();
  let run = 'run' in message ? message.run : undefined;
  let last: string | undefined;
  const stream = (client: ApiClient) => {
    const accept = { accept: 'text/event-stream' };
    if (run === undefined)
      return client.stream('POST', `/api/v1/conversations/${conversation}/messages`, message, {
        ...accept,
        'idempotency-key': key,
      });
    const after = last === undefined ? {} : { 'last-event-id': last };
    return client.stream('GET', `/api/v1/runs/${run}/events`, undefined, { ...accept, ...after });
  };
  const events = async (): Promise<CodeTurn | undefined> => {
    let response: Response;
    try {
      response = await stream(await connect());
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
    try {
      for await (const { id, event, data } of serverEvents(response.body)) {
        last = id ?? last;
        if (event === 'run-accepted') {
          run = (data as { runId: string }).runId;
          surface.began?.(run);
        } else if (event === 'run-ended') return data as CodeTurn;
        else tell(event, data, surface);
      }
    } catch {
      // The connection broke: the run goes on, and so does its stream.
    }
    return undefined;
  };
  let failed = 0;
  for (;;) {
    const ended = await events();
    if (ended === undefined) {
      if (++failed > attempts)
        throw new Error('Timonel does not answer any more. timonel code --continue goes on with the session.');
      await sleep(150 * failed);
      continue;
    }
    failed = 0;
    if (ended.run.outcome !== 'awaiting_approval') return ended;
    await decide(connect, ended.run.id, surface);
  }
}

/** Asks about every call that waits. A call that somebody else decides about meanwhile is theirs. */
async function decide(connect: () => Promise<ApiClient>, runId: string, surface: TurnSurface): Promise<void> {
  const approvals = async () =>
    (await reach(connect, (client) => client.get<{ approvals: AskedCall[] }>(`/api/v1/runs/${runId}`))).approvals;
  for (const call of (await approvals()).filter(({ status }) => status === 'pending')) {
    const decision = await surface.ask(runId, call);
    try {
      await reach(connect, (client) => client.post(`/api/v1/runs/${runId}/approvals/${call.callId}`, decision));
    } catch (error) {
      if ((await approvals()).find(({ callId }) => callId === call.callId)?.status === 'pending') throw error;
    }
  }
}

function tell(event: string, data: unknown, surface: TurnSurface): void {
  switch (event) {
    case 'text-written':
      surface.text((data as { delta: string }).delta);
      break;
    case 'plan-made':
      surface.planned((data as { calls?: { callId: string; tool: string; args: JsonObject }[] }).calls ?? []);
      break;
    case 'call-decided': {
      const { callId, tool, verdict } = data as { callId: string; tool: string; verdict: Verdict };
      surface.decided?.(callId, tool, verdict);
      break;
    }
    case 'call-progressed': {
      const { tool, chunk, callId } = data as { tool: string; chunk: unknown; callId: string };
      surface.progressed(tool, chunk, callId);
      break;
    }
    case 'call-finished':
      surface.finished(data as CallRecord & { milliseconds: number });
      break;
    default:
  }
}

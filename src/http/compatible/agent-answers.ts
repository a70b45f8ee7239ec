/** An agent behind the compatible API: `"model": "booking"`. The agent keeps the conversation; only the last message is read. */
import { publishFault } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import { type Principal, requirePermission } from '../../identity/principal.ts';
import { usageOf } from '../../llm/protocols/usage.ts';
import type { AgentDefinition } from '../../run/contract.ts';
import type { RunView } from '../../store/run-views.ts';
import type { HttpDependencies } from '../contract.ts';
import { LiveEvents, longestWaitMs } from '../events.ts';
import { heldText } from '../held.ts';
import { requireBeginning } from '../requests.ts';
import { checkedText } from '../turns.ts';
import type { AgentRequest } from './agent-request.ts';
import { type AcceptedTurn, acceptTurn } from './agent-turn.ts';
import type { AgentReply, AgentVoice } from './agent-voice.ts';
import { type CompatibleExchange, send } from './exchange.ts';
import { taskAnswer } from './interface-tasks.ts';
import { refuseParameters } from './refused-parameters.ts';

export async function agentAnswer(
  agent: AgentDefinition,
  voice: AgentVoice,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const { principal, body } = exchange;
  requirePermission(principal, 'conversations:write');
  requireBeginning(principal, agent.name);
  refuseParameters(body);
  const asked = voice.read(body);
  // A picture may come without a word.
  const text = asked.files.length > 0 && asked.text.trim() === '' ? '' : checkedText(asked.text);
  const task = asked.files.length > 0 ? undefined : taskAnswer(text);
  if (task !== undefined) return answerTask(task, agent, voice, exchange, dependencies);
  return body['stream'] === true
    ? streamTurn(agent, voice, asked, text, exchange, dependencies)
    : answerTurn(agent, voice, asked, text, exchange, dependencies);
}

async function answerTurn(
  agent: AgentDefinition,
  voice: AgentVoice,
  asked: AgentRequest,
  text: string,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const { runner, replyWaitMs } = dependencies;
  const { workspaceId } = exchange.principal;
  const turn = await acceptTurn(agent, asked, text, exchange, dependencies);
  if (turn.held) return answerHeld(turn, text, agent, voice, exchange, dependencies);
  let received = false;
  try {
    const view = await runner.wait(workspaceId, turn.runId, replyWaitMs, exchange.signal);
    const reply = takenOver(view) ? await heldReply(turn, text, exchange, dependencies) : replyOf(view);
    const body = voice.whole(reply, identityOf(agent, voice, turn.runId), exchange.body);
    send(exchange, body, [...headersOf(agent, view), 'x-timonel-outcome', view.outcome ?? '']);
    received = !exchange.signal.aborted;
  } finally {
    await markReceived(turn, received, workspaceId, dependencies);
  }
}

async function streamTurn(
  agent: AgentDefinition,
  voice: AgentVoice,
  asked: AgentRequest,
  text: string,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const { runner, streams } = dependencies;
  const { principal, body } = exchange;
  const { workspaceId } = principal;
  const live = new LiveEvents();
  const turn = await acceptTurn(agent, asked, text, exchange, dependencies, live.push);
  if (turn.held) return answerHeld(turn, text, agent, voice, exchange, dependencies);
  const { runId, conversationId } = turn;
  const reader = { principal, may: (now: Principal) => now.permissions.has('conversations:write') };
  const headers = [...exchange.begin(), ...headersOf(agent, { id: runId, conversationId })];
  const interrupted = voice.errorEvent(
    new TimonelError(
      'shutting_down',
      `This process is shutting down. The turn goes on: its reply will be at GET /api/v1/runs/${runId}.`,
      {
        details: { runId },
      },
    ),
  );
  await streams.write(exchange.raw, headers, reader, written, interrupted);

  async function* written(ended: AbortSignal): AsyncGenerator<string> {
    let received = false;
    const stream = voice.stream(identityOf(agent, voice, runId), body, { run: runId, conversation: conversationId });
    const waiting = runner.wait(workspaceId, runId, longestWaitMs, ended).finally(() => live.end());
    waiting.catch(() => {});
    try {
      yield stream.begin();
      let shown = '';
      for await (const event of live) {
        if (event.kind !== 'text') continue;
        shown += event.delta;
        yield stream.text(event.delta);
      }
      const view = await waiting;
      const reply = takenOver(view) ? await heldReply(turn, text, exchange, dependencies) : replyOf(view);
      // What a model said before it called a tool was shown as well, and is not part of the reply.
      const rest = reply.text.startsWith(shown) ? reply.text.slice(shown.length) : `\n\n${reply.text}`;
      yield (rest === '' ? '' : stream.text(rest)) + stream.end(reply);
      received = !ended.aborted && !exchange.signal.aborted;
    } catch (error) {
      yield voice.errorEvent(
        error instanceof TimonelError ? error : new TimonelError('internal', 'Something went wrong inside Timonel.'),
      );
    } finally {
      await markReceived(turn, received, workspaceId, dependencies);
    }
  }
}

/** A person took the conversation while the turn was under way. */
function takenOver({ outcome, error }: RunView): boolean {
  return outcome === 'cancelled' && error?.['code'] === 'handled_by_person';
}

async function heldReply(
  { conversationId }: AcceptedTurn,
  text: string,
  { principal: { workspaceId } }: CompatibleExchange,
  { pool }: HttpDependencies,
): Promise<AgentReply> {
  return withoutRun(await heldText(pool, workspaceId, conversationId, text));
}

async function answerHeld(
  turn: AcceptedTurn,
  text: string,
  agent: AgentDefinition,
  voice: AgentVoice,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const reply = await heldReply(turn, text, exchange, dependencies);
  const headers = ['x-timonel-conversation', turn.conversationId, 'x-timonel-model', agent.name, 'x-timonel-handler', 'person'];
  return answerAtOnce(reply, identityOf(agent, voice, turn.runId), headers, voice, exchange, dependencies);
}

/** A task of a chat interface, done without the agent. */
async function answerTask(
  text: string,
  agent: AgentDefinition,
  voice: AgentVoice,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const identity = identityOf(agent, voice, dependencies.newId());
  return answerAtOnce(withoutRun(text), identity, ['x-timonel-model', agent.name], voice, exchange, dependencies);
}

function withoutRun(text: string): AgentReply {
  return { text, usage: usageOf({ input: 0, output: 0 }), cost: undefined, origin: undefined };
}

async function answerAtOnce(
  reply: AgentReply,
  identity: ReturnType<typeof identityOf>,
  headers: string[],
  voice: AgentVoice,
  exchange: CompatibleExchange,
  { streams }: HttpDependencies,
): Promise<void> {
  const { principal, body } = exchange;
  if (body['stream'] !== true) return send(exchange, voice.whole(reply, identity, body), headers);
  const reader = { principal, may: (now: Principal) => now.permissions.has('conversations:write') };
  await streams.write(exchange.raw, [...exchange.begin(), ...headers], reader, async function* () {
    const stream = voice.stream(identity, body, undefined);
    yield stream.begin() + stream.text(reply.text) + stream.end(reply);
  });
}

/** A repetition that comes after the end is answered with what was said where nobody received it; see `joinedRequest`. */
async function markReceived(
  { runId, joined }: AcceptedTurn,
  received: boolean,
  workspaceId: string,
  { requests }: HttpDependencies,
): Promise<void> {
  if (received && !joined) return;
  await requests.mark(workspaceId, runId, !received).catch((error: unknown) => publishFault(`the answer of run ${runId}`, error));
}

function identityOf(agent: AgentDefinition, voice: AgentVoice, runId: string) {
  return { id: voice.answerId(runId), model: agent.name, created: Math.floor(Date.now() / 1_000) };
}

function headersOf(agent: AgentDefinition, { id, conversationId }: Pick<RunView, 'id' | 'conversationId'>): string[] {
  return ['x-timonel-conversation', conversationId, 'x-timonel-run', id, 'x-timonel-model', agent.name];
}

/** @throws TimonelError `turn_under_way` when the turn did not end in time */
function replyOf({ id, conversationId, reply, usage, outcome }: RunView): AgentReply {
  if (reply === undefined || outcome === undefined) {
    throw new TimonelError('turn_under_way', `The agent is still working. Its reply will be at GET /api/v1/runs/${id}.`, {
      details: { runId: id },
    });
  }
  return {
    text: reply.text,
    usage: usageOf({ input: usage?.inputTokens ?? 0, output: usage?.outputTokens ?? 0 }),
    cost: usage?.cost,
    origin: { run: id, conversation: conversationId, outcome },
  };
}

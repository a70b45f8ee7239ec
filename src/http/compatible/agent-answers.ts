/** An agent behind the compatible API: `"model": "booking"`. The agent keeps the conversation; only the last message is read. */
import { TimonelError } from '../../errors.ts';
import { type Principal, requirePermission } from '../../identity/principal.ts';
import type { AnswerIdentity, Protocol, RequestBody } from '../../llm/protocols/contract.ts';
import { usageOf } from '../../llm/protocols/usage.ts';
import type { AgentDefinition } from '../../run/contract.ts';
import type { RunView } from '../../store/run-views.ts';
import { audienceOf } from '../audience.ts';
import type { HttpDependencies } from '../contract.ts';
import { LiveEvents } from '../events.ts';
import { askerText } from '../requests.ts';
import { checkedText } from '../turns.ts';
import { type Exchange, send } from './exchange.ts';

const channel = 'openai';

export async function agentAnswer(
  agent: AgentDefinition,
  protocol: Protocol,
  exchange: Exchange,
  dependencies: HttpDependencies,
): Promise<void> {
  const { runner, newId, replyWaitMs, streams } = dependencies;
  const { principal, body } = exchange;
  requirePermission(principal, 'conversations:write');
  const text = checkedText(lastUserText(body));
  const conversationId = await conversationOf(agent, exchange, dependencies);
  const headers = ['x-timonel-conversation', conversationId, 'x-timonel-model', agent.name];
  const message = {
    workspaceId: principal.workspaceId,
    asker: { kind: principal.kind, id: principal.id },
    onlyOwn: !principal.permissions.has('conversations:write-all'),
    conversationId,
    runId: newId(),
    text,
    idempotencyKey: undefined,
  };
  const identity: AnswerIdentity = {
    id: `chatcmpl-${message.runId}`,
    model: agent.name,
    created: Math.floor(Date.now() / 1_000),
  };
  if (!protocol.head(body).stream) {
    const view = await runner.wait(principal.workspaceId, await runner.submit(message), replyWaitMs, exchange.signal);
    const answer = {
      content: [{ type: 'text' as const, text: replyOf(view) }],
      usage: usageIn(view),
      finishReason: 'stop',
    };
    return send(exchange, protocol.writeAnswer(answer, identity, view.usage?.cost), headers);
  }
  const live = new LiveEvents();
  const runId = await runner.submit(message, live.push);
  const reader = { principal, may: (now: Principal) => now.permissions.has('conversations:write') };
  await streams.write(exchange.raw, [...exchange.begin(), ...headers], reader, (ended) => written(ended));

  async function* written(ended: AbortSignal): AsyncGenerator<string> {
    const writer = protocol.writer(identity, body, undefined);
    let shown = '';
    const waiting = runner.wait(principal.workspaceId, runId, replyWaitMs, ended).finally(() => live.end());
    waiting.catch(() => {});
    for await (const event of live) {
      if (event.kind !== 'text') continue;
      shown += event.delta;
      yield writer.part({ type: 'text-delta', id: '0', delta: event.delta });
    }
    try {
      const view = await waiting;
      const whole = replyOf(view);
      // What a model said before it called a tool was shown as well, and is not part of the reply.
      const rest = whole.startsWith(shown) ? whole.slice(shown.length) : `\n\n${whole}`;
      if (rest !== '') yield writer.part({ type: 'text-delta', id: '0', delta: rest });
      const usage = usageIn(view);
      yield writer.part({ type: 'finish', usage, finishReason: { unified: 'stop', raw: undefined } }) +
        writer.end(view.usage?.cost);
    } catch (error) {
      const known = error instanceof TimonelError ? error : new TimonelError('internal', 'Something went wrong inside Timonel.');
      yield protocol.errorEvent(known);
    }
  }
}

/** @throws TimonelError `turn_under_way` when the turn did not end in time */
function replyOf(view: RunView): string {
  if (view.reply !== undefined && view.reply !== null) return view.reply.text;
  throw new TimonelError('turn_under_way', `The agent is still working. Its reply will be at GET /api/v1/runs/${view.id}.`, {
    details: { runId: view.id },
  });
}

function usageIn(view: RunView) {
  return usageOf({ input: view.usage?.inputTokens ?? 0, output: view.usage?.outputTokens ?? 0 });
}

/**
 * The conversation that a request goes on with: the one that the header names, or that this caller's `user` has with the agent, or a new one.
 * @throws TimonelError `invalid_request` where a history comes without a name: which of the conversations it is cannot be guessed.
 */
async function conversationOf(
  agent: AgentDefinition,
  { headers, body, principal, raw }: Exchange,
  { views, addresses, newId, releases, settings }: HttpDependencies,
): Promise<string> {
  const named = headers['x-timonel-conversation'];
  if (typeof named === 'string' && named !== '') {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(named))
      throw new TimonelError('invalid_request', 'X-Timonel-Conversation must be the id of a conversation, as an answer gave it.');
    return named;
  }
  const user = body['user'] ?? (body['metadata'] as { user_id?: unknown } | null | undefined)?.user_id;
  if (user !== undefined && user !== null && (typeof user !== 'string' || user === '' || user.length > 256))
    throw new TimonelError('invalid_request', '"user" must be a text of 1 to 256 characters.');
  const history = (body['messages'] as { role?: unknown }[]).some(({ role }) => role === 'assistant');
  if (typeof user !== 'string' && history) {
    throw new TimonelError(
      'invalid_request',
      `The agent "${agent.name}" keeps its conversations itself. Say whose it is: send "user", or the header X-Timonel-Conversation that came with the first answer.`,
    );
  }
  const startedBy = askerText(principal);
  // Two callers may use the same names for different people.
  const address = typeof user === 'string' ? `${startedBy} ${user}` : undefined;
  const assignment = releases.inForce.assign(agent.name, audienceOf(raw.req, principal, settings, { channel, address }));
  const fresh = { id: newId(), agent: agent.name, ...assignment, channel, startedBy };
  if (address === undefined) {
    await views.createConversation(principal.workspaceId, fresh);
    return fresh.id;
  }
  return addresses.conversationAt(principal.workspaceId, address, fresh);
}

/** The text that a request says last, for those who listen to one message only. @throws TimonelError `invalid_request` */
function lastUserText(body: RequestBody): string {
  const messages = body['messages'] as { role?: unknown; content?: unknown }[];
  const last = messages.at(-1);
  if (last?.role !== 'user')
    throw new TimonelError('invalid_request', 'An agent answers what a user says: the last message must have the role "user".');
  const { content } = last;
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as { type?: unknown; text?: unknown }[]) : [];
  const other = parts.find(({ type }) => type !== 'text');
  if (other !== undefined)
    throw new TimonelError('invalid_request', `Agents take text; the last message has a part of type "${String(other.type)}".`);
  return parts.map(({ text }) => String(text ?? '')).join('\n');
}

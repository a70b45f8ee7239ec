/** Accepts what a compatible client says to an agent: once, and in the conversation that it goes on with. */
import { TimonelError } from '../../errors.ts';
import type { AgentDefinition } from '../../run/contract.ts';
import type { RunEvent } from '../../run/events.ts';
import { placeAfter } from '../../run/place-after.ts';
import type { NewConversation } from '../../store/run-views.ts';
import type { MediaPart } from '../../vocabulary.ts';
import { audienceOf } from '../audience.ts';
import type { HttpDependencies } from '../contract.ts';
import { acceptParts, partOfDataUrl, type SentMessage } from '../message-parts.ts';
import { askerText, principalLimitsOf, reachOf } from '../requests.ts';
import { single } from '../single-header.ts';
import type { FoundRequests } from './accepted-requests.ts';

import { type AgentRequest, refusedParameter } from './agent-request.ts';
import type { CompatibleExchange } from './exchange.ts';
import { continuedConversation, identityOf, joinedRequest, type RequestIdentity } from './request-mark.ts';

export interface AcceptedTurn {
  runId: string;
  conversationId: string;
  /** The run is of an earlier request that this one repeats. */
  joined: boolean;
  /** A person has the conversation: the message is stored, and there is no run. */
  held: boolean;
}

/** The channel of conversations that come in by the compatible API. */
const channel = 'openai';

/** Headers by which chat interfaces name the chat: Open WebUI's, and the one that LibreChat's documentation sets up. */
const chatHeaders = ['x-openwebui-chat-id', 'x-conversation-id'];

/** A conversation that went on between look and acceptance is looked for again, so many times. */
const mostLooks = 5;

interface Place {
  conversationId: string;
  /** Accepted only as the turn after this one. */
  lastTurn?: number | undefined;
}

/**
 * @param text as it is stored.
 * @param reader hears the run's events, unless the request is a repetition.
 */
export async function acceptTurn(
  agent: AgentDefinition,
  asked: AgentRequest,
  text: string,
  exchange: CompatibleExchange,
  dependencies: HttpDependencies,
  reader?: (event: RunEvent) => void,
): Promise<AcceptedTurn> {
  const { runner, requests, views, newId } = dependencies;
  const { principal } = exchange;
  const { workspaceId } = principal;
  const startedBy = askerText(principal);
  const named = namedConversation(asked, exchange);
  const chat = named === undefined ? chatOf(exchange) : undefined;
  const identity = identityOf(exchange, agent.name, startedBy, asked, named ?? chat ?? asked.afterRun);
  // Two callers may use the same names for different people; nothing of a caller begins with "chat".
  const address =
    chat === undefined ? nameOf(asked.user, startedBy) : `chat ${startedBy} ${JSON.stringify([asked.user ?? null, chat])}`;
  const place = {
    workspaceId,
    fingerprint: identity.fingerprint,
    agent: agent.name,
    channel,
    startedBy,
    address,
    history: identity.before,
  };
  let sent: { conversationId: string; content: SentMessage } | undefined;
  for (let look = 1; ; look++) {
    const found = await requests.find(place);
    const repeated = joinedRequest(found, identity);
    if (repeated !== undefined) {
      const { runId, conversationId } = repeated;
      return { runId, conversationId, joined: true, held: repeated.state === 'held' };
    }
    const { conversationId, lastTurn } =
      named !== undefined
        ? { conversationId: named }
        : await placeOf(agent, asked, found, { address, chat }, exchange, dependencies);
    // A conversation that went on meanwhile is looked for again: what was stored in it is stored there.
    if (sent?.conversationId !== conversationId)
      sent = { conversationId, content: await storedMessage(asked, text, conversationId, exchange, dependencies) };
    const message = {
      workspaceId,
      asker: { kind: principal.kind, id: principal.id },
      onlyOwn: !principal.permissions.has('conversations:write-all'),
      limits: principalLimitsOf(principal),
      conversationId,
      runId: newId(),
      ...sent.content,
      idempotencyKey: undefined,
      request: markOf(identity, found, lastTurn),
    };
    try {
      const { runId, held } = await runner.accept(message, reader);
      if (held || runId === message.runId) return { runId, conversationId, joined: false, held };
      // The same request came at the same moment.
      const first = await views.run(workspaceId, runId);
      return { runId, conversationId: first.conversationId, joined: true, held: false };
    } catch (error) {
      if (!(error instanceof TimonelError && error.code === 'version_conflict')) throw error;
      if (asked.afterRun !== undefined) throw branched();
      if (look === mostLooks) throw error;
    }
  }
}

/** Pictures and files become artifacts of the conversation. What the agent does not take leaves none behind. */
async function storedMessage(
  { files }: AgentRequest,
  text: string,
  conversationId: string,
  { principal }: CompatibleExchange,
  dependencies: HttpDependencies,
): Promise<SentMessage> {
  if (files.length === 0) return { text };
  const { artifacts, views } = dependencies;
  // Nobody stores anything in a conversation of others.
  await views.agentOf(principal.workspaceId, conversationId, reachOf(principal, 'conversations:write-all'));
  const parts: MediaPart[] = [];
  try {
    for (const file of files) parts.push(await partOfDataUrl(artifacts, principal, conversationId, file));
    const sent = parts.map(({ type, artifact }) => ({ type, artifact }));
    return await acceptParts(dependencies, principal, conversationId, [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...sent,
    ]);
  } catch (error) {
    const reader = { asker: askerText(principal), everybodys: true };
    for (const { artifact } of parts) await artifacts.remove(await artifacts.find(principal.workspaceId, artifact, reader));
    throw error;
  }
}

function markOf({ fingerprint, content, named, after }: RequestIdentity, found: FoundRequests, lastTurn: number | undefined) {
  return { fingerprint, content, named, replaces: named ? found.requests[0]?.runId : undefined, history: after, lastTurn };
}

/** The conversation that the request names by its id. @throws TimonelError `invalid_request` */
function namedConversation(asked: AgentRequest, { headers }: CompatibleExchange): string | undefined {
  const named = single(headers['x-timonel-conversation']);
  if (named === undefined || named === '') return asked.conversation;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(named))
    throw new TimonelError('invalid_request', 'X-Timonel-Conversation must be the id of a conversation, as an answer gave it.');
  return named;
}

function chatOf({ headers }: CompatibleExchange): string | undefined {
  const chat = chatHeaders.map((name) => single(headers[name])).find((value) => value !== undefined && value !== '');
  if (chat !== undefined && chat.length > 256)
    throw new TimonelError('invalid_request', 'The header that names the chat must have 256 characters at most.');
  return chat;
}

function nameOf(user: string | undefined, startedBy: string): string | undefined {
  return user === undefined ? undefined : `${startedBy} ${user}`;
}

/**
 * The conversation that a request goes on with where it names none by its id: the one of the answer that it follows, of the chat that it
 * names, that its history comes from, or of its user; else a new one.
 */
async function placeOf(
  agent: AgentDefinition,
  asked: AgentRequest,
  found: FoundRequests,
  { address, chat }: { address: string | undefined; chat: string | undefined },
  { principal, raw }: CompatibleExchange,
  { pool, views, addresses, newId, releases, settings }: HttpDependencies,
): Promise<Place> {
  const { workspaceId } = principal;
  const startedBy = askerText(principal);
  if (asked.afterRun !== undefined) {
    const place = await placeAfter(pool, workspaceId, asked.afterRun, reachOf(principal, 'conversations:write-all'));
    if (place.agent !== agent.name)
      throw refusedParameter(
        'previous_response_id',
        `That is an answer of the agent "${place.agent}". Ask that one, or begin anew.`,
      );
    if (place.wentOn) throw branched();
    return place;
  }
  const continued = chat === undefined ? continuedConversation(found, asked.earlier) : undefined;
  if (continued !== undefined) return { conversationId: continued.id, lastTurn: continued.turns };
  const { atAddress } = found;
  const begunAnew = chat === undefined && beginsAnew(asked, atAddress);
  if (atAddress !== undefined && !begunAnew) return { conversationId: atAddress.id };
  const assignment = releases.inForce.assign(agent.name, audienceOf(raw.req, principal, settings, { channel, address }));
  const fresh: NewConversation = { id: newId(), agent: agent.name, ...assignment, channel, startedBy };
  if (address !== undefined)
    return { conversationId: await addresses.conversationAt(workspaceId, address, fresh, begunAnew ? atAddress?.id : undefined) };
  await views.createConversation(workspaceId, fresh);
  return { conversationId: fresh.id };
}

/**
 * A client that sent the whole history with the last message of its user's conversation, and sends none now, shows another chat of the same
 * user. One that never sends a history goes on with its user's conversation.
 */
function beginsAnew({ earlier }: AgentRequest, atAddress: FoundRequests['atAddress']): boolean {
  return atAddress !== undefined && (atAddress.length ?? 1) > 1 && !earlier.some(({ role }) => role === 'user');
}

function branched(): TimonelError {
  return refusedParameter(
    'previous_response_id',
    'The conversation went on after that answer, and an agent does not go back. Send the id of its last answer, or begin anew.',
  );
}

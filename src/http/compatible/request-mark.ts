import { createHash } from 'node:crypto';
import { TimonelError } from '../../errors.ts';
import { single } from '../single-header.ts';
import type { FoundRequests, KnownRequest } from './accepted-requests.ts';
import type { AgentRequest, Said } from './agent-request.ts';
import type { CompatibleExchange } from './exchange.ts';

/** How long after the end of its turn a repetition is still answered with what was said then, in milliseconds. */
const joinedForMs = 60_000;

/** What tells a request and its conversation from others. */
export interface RequestIdentity {
  fingerprint: string;
  content: string;
  named: boolean;
  byKey: boolean;
  /** The client says that it has sent this before. */
  repeated: boolean;
  /** By which earlier turn, and by which next one, the conversation is found; absent where it is named. */
  before: { head: string; length: number } | undefined;
  after: { head: string; length: number } | undefined;
}

/**
 * @param startedBy who asks.
 * @param chat how the client names the conversation; absent where it names the user at most.
 * @throws TimonelError `invalid_request` for a malformed Idempotency-Key
 */
export function identityOf(
  { headers }: Pick<CompatibleExchange, 'headers'>,
  agent: string,
  startedBy: string,
  asked: AgentRequest,
  chat: string | undefined,
): RequestIdentity {
  const key = idempotencyKey(single(headers['idempotency-key']));
  const content = hash([agent, chat, asked.user, asked.afterRun, asked.content]);
  const said = [...asked.earlier, { role: 'user' as const, text: asked.text }].filter(({ role }) => role === 'user');
  const heads = chat === undefined ? headsOf([agent, startedBy, asked.user], said) : [];
  return {
    fingerprint: key === undefined ? hash([startedBy, content]) : hash([startedBy, 'key', key]),
    content,
    named: key !== undefined || chat !== undefined || asked.user !== undefined,
    byKey: key !== undefined,
    repeated: Number(single(headers['x-stainless-retry-count']) ?? 0) > 0,
    before: heads.at(-2),
    after: heads.at(-1),
  };
}

/** @throws TimonelError `invalid_request` */
function idempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new TimonelError('invalid_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters.');
}

/** The hash after each message of the user. */
function headsOf(seed: unknown, said: readonly Said[]): { head: string; length: number }[] {
  let head = hash(seed);
  return said.map(({ text }, index) => {
    head = hash([head, plain(text)]);
    return { head, length: index + 1 };
  });
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}

/** Clients trim, and wrap lines anew. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * The request that this one repeats. Two that name a conversation, a user or a key and say the same are one while the turn is under way; after
 * its end, where the client says that it repeats or nobody received the answer. What names nothing may come from several people at once, and
 * is joined only where nobody received the answer. @throws TimonelError `idempotency_key_reused`
 */
export function joinedRequest(
  found: FoundRequests,
  { content, named, byKey, repeated, before }: RequestIdentity,
): KnownRequest | undefined {
  return found.requests.find((known) => {
    if (known.state === 'gone') return false;
    // Its answer is what people say, whenever it is asked for.
    if (known.state === 'held' && !byKey) return repeated && named;
    if (byKey) {
      if (known.content === content) return true;
      throw new TimonelError(
        'idempotency_key_reused',
        'The idempotency key was used for another request. Send the same request again, or a new key.',
      );
    }
    if (known.state === 'under way') return named || known.unanswered || known.ownerGone;
    // Its process may have died between the end of the turn and the answer. Of those who just began with the same words it could be anybody.
    const lost = known.ownerGone && (named || repeated || before !== undefined);
    return (known.overMs ?? 0) <= joinedForMs && (known.unanswered || lost || (named && repeated));
  });
}

/**
 * The conversation that a history comes from: one in which the user said the same, and whose replies are those of the history. A history
 * without replies contradicts none: the client may have got an error instead.
 */
export function continuedConversation(
  found: FoundRequests,
  earlier: readonly Said[],
): FoundRequests['continued'][number] | undefined {
  const heard = repliesTo(earlier);
  return found.continued.find(({ turns, replies }) =>
    replies.every(({ turn, text, fixed }) => {
      const told = plain(heard[heard.length - 1 - (turns - turn)] ?? '');
      // A streamed reply has what the model said before its calls in front.
      return !fixed || told === '' || told.endsWith(plain(text));
    }),
  );
}

/** What the client has as the reply to each message of the user. */
function repliesTo(earlier: readonly Said[]): string[] {
  const replies: string[] = [];
  for (const { role, text } of earlier) {
    if (role === 'user') replies.push('');
    else if (replies.length > 0) replies.push(`${replies.pop() ?? ''}\n${text}`);
  }
  return replies;
}

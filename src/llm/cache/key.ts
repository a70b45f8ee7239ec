import { hash } from 'node:crypto';
import { TimonelError } from '../../errors.ts';

/** What an answer depends on. */
export interface CacheQuestion {
  workspaceId: string;
  /** `provider/model` that answers. */
  model: string;
  /** Body of the request, in the shape of the protocol that it came in; another protocol is another question. */
  request: object;
  agentVersion?: string | undefined;
}

/** Members of a request that say who asks and how the answer travels, not what it is. */
const notAsked = new Set([
  'user',
  'metadata',
  'stream',
  'stream_options',
  'safety_identifier',
  'prompt_cache_key',
  'request_id',
  'requestId',
]);

const deepest = 200;

/**
 * Names a question: the same for the same question however it is written down, and never the same for another one or another workspace.
 * @throws TimonelError `invalid_request` for a request that is nested deeper than any provider takes.
 */
export function cacheKey({ workspaceId, model, request, agentVersion }: CacheQuestion): string {
  // Every text with its length in front, so that no part can be taken for the end of another.
  const version = agentVersion === undefined ? '-' : text(agentVersion);
  const question = `${text(workspaceId)}${text(model)}${version}${canonical(request, 0)}`;
  // In UTF-8, of which a digest is made, lone surrogates are all the same; in their own units they are not.
  return hash('sha256', question.isWellFormed() ? question : Buffer.from(question, 'utf16le'), 'base64url');
}

/** The value with sorted members, without those that are undefined. Bytes and addresses, which JSON has not, cannot be taken for text. */
function canonical(value: unknown, depth: number): string {
  if (typeof value === 'string') return text(value);
  // JSON has one zero: -0 is written as 0, as 1.0 is as 1.
  if (typeof value !== 'object' || value === null) return `${value === 0 ? 0 : String(value ?? null)},`;
  if (depth > deepest) throw new TimonelError('invalid_request', `The request is nested deeper than ${deepest} levels.`);
  if (value instanceof Uint8Array) return `b${hash('sha256', value, 'base64url')}`;
  if (value instanceof URL) return `u${text(value.href)}`;
  // Put together bit by bit: lists of parts that are joined cost twice as much.
  if (Array.isArray(value)) {
    let elements = '[';
    for (const each of value) elements += canonical(each, depth + 1);
    return `${elements}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  let written = '{';
  for (const name of sorted(Object.keys(members))) {
    const member = members[name];
    if (member !== undefined && (depth > 0 || !notAsked.has(name))) written += `${text(name)}${canonical(member, depth + 1)}`;
  }
  return `${written}}`;
}

/** In place; the few members of an object are in order sooner so than by a general sort, which takes lists of its own. */
function sorted(names: string[]): string[] {
  if (names.length > 32) return names.sort();
  for (let end = 1; end < names.length; end++) {
    const name = names[end] as string;
    let at = end;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

function text(value: string): string {
  return `s${value.length}:${value}`;
}

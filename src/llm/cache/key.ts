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
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !notAsked.has(name)));
  // A list of strings in front, so that no part can be taken for the end of another.
  const head = JSON.stringify([workspaceId, model, agentVersion ?? null]);
  return hash('sha256', `${head}\n${canonical(asked, 0)}`, 'base64url');
}

/** JSON with sorted members, without those that are undefined. Bytes and addresses, which JSON has not, cannot be taken for text. */
function canonical(value: unknown, depth: number): string {
  if (depth > deepest) throw new TimonelError('invalid_request', `The request is nested deeper than ${deepest} levels.`);
  if (typeof value === 'string') return JSON.stringify(value);
  // JSON has one zero: -0 is written as 0, as 1.0 is as 1.
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' ? String(value === 0 ? 0 : value) : String(value ?? null);
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join(',')}]`;
  if (value instanceof Uint8Array) return `b${hash('sha256', value, 'base64url')}`;
  if (value instanceof URL) return `u${JSON.stringify(value.href)}`;
  const members = value as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) parts.push(`${JSON.stringify(name)}:${canonical(member, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

/** Requests to the services of a platform: a token for them, and pages of lists. */
import { sql } from '../../../src/database.ts';
import {
  type OutsideAnswer,
  OutsideFault,
  type OutsideRequest,
  type ReachesOutside,
  type WorkspaceAccess,
} from '../../../src/index.ts';
import type { Platform } from './contract.ts';
import { sign } from './own-keys.ts';
import { json } from './platform-keys.ts';
import { platformById } from './platforms.ts';

export type ServicePlace = WorkspaceAccess & ReachesOutside;

/** A platform gave no token: nothing was asked of its services. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
}

interface Token {
  text: string;
  until: number;
}

const tokens = new Map<string, Token>();
const mostTokens = 1_000;

function keyOf({ workspaceId }: ServicePlace, { id, version }: Platform, scope: string): string {
  return `${workspaceId} ${id} ${version} ${scope}`;
}

/** @throws NoToken */
async function tokenFor(place: ServicePlace, platform: Platform, scope: string): Promise<string> {
  const key = keyOf(place, platform, scope);
  const now = place.now().getTime();
  const known = tokens.get(key);
  if (known !== undefined && known.until > now) return known.text;
  const { clientId, tokenUrl, tokenAudience, name } = platform;
  const assertion = await sign(place, { iss: clientId, sub: clientId, aud: tokenAudience ?? tokenUrl }, { seconds: 300 });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope,
  });
  let answer: OutsideAnswer;
  try {
    answer = await place.outside.request({
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
    });
  } catch (error) {
    if (error instanceof OutsideFault) throw new NoToken(error.message, { cause: error });
    throw error;
  }
  const given = json(answer.body) as { access_token?: unknown; expires_in?: unknown; error?: unknown } | null | undefined;
  if (answer.status !== 200 || typeof given?.access_token !== 'string') {
    const why = typeof given?.error === 'string' ? given.error.slice(0, 100) : 'no token in the answer';
    throw new NoToken(`${name} gave no token (${answer.status}, ${why}).`);
  }
  const seconds = Number(given.expires_in ?? 3_600);
  const lasts = Number.isFinite(seconds) ? Math.max(0, Math.min(seconds, 3_600) - 60) : 0;
  const [oldest] = tokens.keys();
  if (tokens.size >= mostTokens && oldest !== undefined) tokens.delete(oldest);
  tokens.set(key, { text: given.access_token, until: now + lasts * 1000 });
  return given.access_token;
}

/**
 * Asks a service of the platform. A token that it does not take any more is asked for anew, once.
 * @throws NoToken @throws OutsideFault
 */
export async function askService(
  place: ServicePlace,
  platform: Platform,
  scope: string,
  request: OutsideRequest,
): Promise<OutsideAnswer> {
  for (let time = 0; ; time += 1) {
    const token = await tokenFor(place, platform, scope);
    const answer = await place.outside.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
    if (answer.status !== 401 || time > 0) return answer;
    tokens.delete(keyOf(place, platform, scope));
  }
}

/** The platform of a context. */
export async function platformOfContext(place: ServicePlace, contextId: string): Promise<Platform | undefined> {
  return place.query(async (database) => {
    const { rows } = await database.execute<{ platform_id: string }>(sql`
      SELECT d.platform_id FROM tutor_lti_contexts x JOIN tutor_lti_deployments d ON d.workspace_id = x.workspace_id AND d.id = x.deployment_id
      WHERE x.workspace_id = ${place.workspaceId} AND x.id = ${contextId}::uuid AND d.active`);
    return rows[0] && platformById(database, place, rows[0].platform_id);
  });
}

/** Puts a word behind the path of an address, before its query: line items of Moodle have one. */
export function below(address: string, word: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${word}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Address of the next page, if it is at the same server: the token is for that one. */
export function nextPage({ headers }: OutsideAnswer, asked: string): string | undefined {
  for (const [, address = '', parameters = ''] of (headers['link'] ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
    if (!/;\s*rel="?next"?/i.test(parameters) || !URL.canParse(address, asked)) continue;
    const next = new URL(address, asked);
    if (next.origin === new URL(asked).origin && next.href !== asked) return next.href;
  }
  return undefined;
}

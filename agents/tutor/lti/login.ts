/** Begins a launch: the platform says who comes, and the browser is sent back to it with a state and a nonce that are good once. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import type { RouteContext } from '../../../src/index.ts';
import { LaunchRefused, type Platform, routeAddress } from './contract.ts';
import { platformById, platformOf } from './platforms.ts';

/** How long somebody may take at the platform, in milliseconds: some sign in there first. */
const launchMs = 600_000;

/** What a platform sends. */
export const loginRequest = z.object({
  iss: z.string().min(1).max(2_000),
  login_hint: z.string().min(1).max(4_000),
  target_link_uri: z.string().min(1).max(2_000),
  client_id: z.string().min(1).max(255).optional(),
  lti_deployment_id: z.string().max(255).optional(),
  lti_message_hint: z.string().max(8_000).optional(),
  /** Name of the frame that keeps data for us; `_parent` is the page around ours. */
  lti_storage_target: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional(),
});
export type LoginRequest = z.infer<typeof loginRequest>;

export interface Begun {
  id: string;
  platform: Platform;
  /** Where the browser goes. */
  address: string;
  /** What this browser has to bring back. */
  browser: string;
}

/** @throws LaunchRefused */
export async function beginLaunch(context: RouteContext, login: LoginRequest): Promise<Begun> {
  const platform = await context.query((database) =>
    platformOf(database, context, { issuer: login.iss, clientId: login.client_id }),
  );
  if (platform === undefined)
    throw new LaunchRefused(
      `La plataforma ${login.iss} (cliente ${login.client_id ?? 'sin decir'}) no está registrada acá. Quien administra el tutor la agrega con «timonel tutor lti-platforms import» o con una invitación.`,
      `The platform ${login.iss} (client ${login.client_id ?? 'not said'}) is not registered here. Whoever manages the tutor adds it with "timonel tutor lti-platforms import", or by an invitation.`,
    );
  const launchAddress = routeAddress(context, 'launch');
  if (new URL(launchAddress).origin !== originOf(login.target_link_uri))
    throw new LaunchRefused('El enlace lleva a otro servidor.', 'The link leads to another server.');
  const [state, nonce, browser] = [newSecret(), newSecret(), newSecret()];
  const id = context.newId();
  const expires = new Date(context.now().getTime() + launchMs).toISOString();
  await context.query((database) =>
    database.execute(sql`
      INSERT INTO tutor_lti_launches (workspace_id, id, state_hash, browser_hash, nonce, platform_id, login, expires_at)
      VALUES (${context.workspaceId}, ${id}, ${digest(state)}, ${digest(browser)}, ${nonce}, ${platform.id}, ${JSON.stringify(login)}::jsonb,
        ${expires}::timestamptz)`),
  );
  const address = new URL(platform.authorizationUrl);
  const asked = {
    scope: 'openid',
    response_type: 'id_token',
    response_mode: 'form_post',
    prompt: 'none',
    client_id: platform.clientId,
    redirect_uri: launchAddress,
    login_hint: login.login_hint,
    ...(login.lti_message_hint === undefined ? {} : { lti_message_hint: login.lti_message_hint }),
    state,
    nonce,
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  return { id, platform, address: address.href, browser };
}

/** A launch under way. */
export interface LaunchUnderWay {
  id: string;
  nonce: string;
  platform: Platform;
  login: LoginRequest;
  browserHash: string;
  claims: string | null;
}

/** Takes the state of a launch, once. @throws LaunchRefused */
export async function takeState(context: RouteContext, state: string): Promise<LaunchUnderWay> {
  return taken(
    context,
    sql`UPDATE tutor_lti_launches SET launched_at = ${at(context)} WHERE workspace_id = ${context.workspaceId}
      AND state_hash = ${digest(state)} AND launched_at IS NULL AND expires_at > ${at(context)}`,
  );
}

/** Takes what {@link takeState} left for the browser, once. @throws LaunchRefused */
export async function takeEntry(context: RouteContext, state: string): Promise<LaunchUnderWay> {
  return taken(
    context,
    sql`UPDATE tutor_lti_launches SET entered_at = ${at(context)} WHERE workspace_id = ${context.workspaceId}
      AND state_hash = ${digest(state)} AND claims IS NOT NULL AND entered_at IS NULL AND expires_at > ${at(context)}`,
  );
}

async function taken(context: RouteContext, update: ReturnType<typeof sql>): Promise<LaunchUnderWay> {
  const found = await context.query(async (database) => {
    const { rows } = await database.execute<{
      id: string;
      nonce: string;
      platform_id: string;
      login: LoginRequest;
      browser_hash: string;
      claims: string | null;
    }>(sql`${update} RETURNING id, nonce, platform_id, login, browser_hash, claims`);
    const [row] = rows;
    const platform = row && (await platformById(database, context, row.platform_id));
    return row && platform && { ...row, platform };
  });
  if (found === undefined)
    throw new LaunchRefused(
      'Este ingreso ya se usó o venció. Volvé al curso y abrí el enlace de nuevo.',
      'This launch was used already, or took too long. Go back to the course and open the link again.',
    );
  const { id, nonce, platform, login, browser_hash: browserHash, claims } = found;
  return { id, nonce, platform, login, browserHash, claims };
}

/** Keeps what the platform said until the browser has shown that it is the one that began. */
export async function keepClaims(context: RouteContext, id: string, launch: object): Promise<void> {
  const sealed = context.secrets.seal(JSON.stringify(launch), id);
  await context.query((database) =>
    database.execute(
      sql`UPDATE tutor_lti_launches SET claims = ${sealed} WHERE workspace_id = ${context.workspaceId} AND id = ${id}`,
    ),
  );
}

export function isBrowserOf({ browserHash }: Pick<LaunchUnderWay, 'browserHash'>, shown: string | undefined): boolean {
  return shown !== undefined && timingSafeEqual(Buffer.from(digest(shown)), Buffer.from(browserHash));
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** "" where it is no address. */
export function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : '';
}

function at({ now }: Pick<RouteContext, 'now'>) {
  return sql`${now().toISOString()}::timestamptz`;
}

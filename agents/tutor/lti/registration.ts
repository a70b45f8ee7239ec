/** Dynamic registration: a platform that was invited registers itself, and says by which names it knows this tool. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { OutsideFault, type RouteContext } from '../../../src/index.ts';
import { instantOf } from '../people.ts';
import { LaunchRefused, routeAddress, scope } from './contract.ts';
import { digest } from './login.ts';
import { json } from './platform-keys.ts';

const address = z.url({ protocol: /^https?$/ }).max(2_000);

const configuration = z.object({
  issuer: z.string().min(1).max(2_000),
  authorization_endpoint: address,
  registration_endpoint: address,
  jwks_uri: address,
  token_endpoint: address,
  authorization_server: z.string().max(2_000).nullish(),
  'https://purl.imsglobal.org/spec/lti-platform-configuration': z.object({ product_family_code: z.string().nullish() }).nullish(),
});

const registered = z.object({
  client_id: z.string().min(1).max(255),
  'https://purl.imsglobal.org/spec/lti-tool-configuration': z
    .object({ deployment_id: z.string().min(1).max(255).nullish() })
    .nullish(),
});

export const registrationQuery = z.object({
  openid_configuration: address,
  registration_token: z.string().min(1).max(10_000).optional(),
  key: z.string().min(1).max(200),
});

/** What this tool says of itself to platforms. */
export function toolRegistration(place: { publicUrl: string; workspaceId: string }) {
  const launch = routeAddress(place, 'launch');
  return {
    application_type: 'web',
    response_types: ['id_token'],
    grant_types: ['implicit', 'client_credentials'],
    initiate_login_uri: routeAddress(place, 'login'),
    redirect_uris: [launch],
    client_name: 'Timonel tutor',
    jwks_uri: routeAddress(place, 'keys'),
    token_endpoint_auth_method: 'private_key_jwt',
    scope: Object.values(scope).join(' '),
    'https://purl.imsglobal.org/spec/lti-tool-configuration': {
      domain: new URL(launch).host,
      target_link_uri: launch,
      claims: ['iss', 'sub', 'name', 'given_name', 'family_name'],
      messages: [
        { type: 'LtiResourceLinkRequest', target_link_uri: launch },
        { type: 'LtiDeepLinkingRequest', target_link_uri: launch, label: 'Timonel' },
      ],
    },
  };
}

/**
 * Registers with the platform, and trusts it from then on. @returns the name that it has here
 * @throws LaunchRefused
 */
export async function register(context: RouteContext, query: z.infer<typeof registrationQuery>): Promise<string> {
  await takeInvitation(context, query.key);
  const asked = await outside(context, { url: query.openid_configuration, headers: { accept: 'application/json' } });
  const platform = configuration.safeParse(json(asked.body));
  if (asked.status !== 200 || !platform.success)
    throw failed('la configuración de la plataforma', 'the configuration of the platform');
  const { issuer, authorization_endpoint, registration_endpoint, jwks_uri, token_endpoint, authorization_server } = platform.data;
  // A configuration speaks for the server that it is at, and for no other issuer.
  if (hostOf(issuer) !== hostOf(query.openid_configuration))
    throw failed('el emisor de la plataforma', 'the issuer of the platform');
  const answer = await outside(context, {
    method: 'POST',
    url: registration_endpoint,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(query.registration_token === undefined ? {} : { authorization: `Bearer ${query.registration_token}` }),
    },
    body: JSON.stringify(toolRegistration(context)),
  });
  const client = registered.safeParse(json(answer.body));
  if (answer.status < 200 || answer.status > 299 || !client.success)
    throw failed(`la respuesta de la plataforma (${answer.status})`, `the answer of the platform (${answer.status})`);
  const clientId = client.data.client_id;
  const deployment = client.data['https://purl.imsglobal.org/spec/lti-tool-configuration']?.deployment_id;
  const name = `${hostOf(issuer)} ${clientId}`.slice(0, 100);
  await context.query(async (database) => {
    const { rows } = await database.execute<{ id: string }>(sql`
      INSERT INTO tutor_lti_platforms AS p (workspace_id, id, name, issuer, client_id, authorization_url, token_url, jwks_url, token_audience)
      VALUES (${context.workspaceId}, ${context.newId()}, ${name}, ${issuer}, ${clientId}, ${authorization_endpoint}, ${token_endpoint}, ${jwks_uri},
        ${authorization_server ?? null})
      ON CONFLICT (workspace_id, issuer, client_id) DO UPDATE SET authorization_url = excluded.authorization_url, token_url = excluded.token_url,
        jwks_url = excluded.jwks_url, token_audience = excluded.token_audience, version = p.version + 1 RETURNING id`);
    if (deployment == null) return;
    await database.execute(sql`
      INSERT INTO tutor_lti_deployments (workspace_id, id, platform_id, deployment)
      VALUES (${context.workspaceId}, ${context.newId()}, ${rows[0]?.id ?? null}::uuid, ${deployment}) ON CONFLICT DO NOTHING`);
  });
  return name;
}

/** An invitation is good once, whatever comes of it. @throws LaunchRefused */
async function takeInvitation(context: RouteContext, key: string): Promise<void> {
  const { rows } = await context.query((database) =>
    database.execute(sql`
      UPDATE tutor_lti_registrations SET used_at = ${instantOf(context)} WHERE workspace_id = ${context.workspaceId}
        AND token_hash = ${digest(key)} AND used_at IS NULL AND expires_at > ${instantOf(context)} RETURNING id`),
  );
  if (rows.length === 0)
    throw new LaunchRefused(
      'Esta invitación ya se usó o venció. Pedí otra: «timonel tutor lti-invite».',
      'This invitation was used already, or is over. Make another one: "timonel tutor lti-invite".',
    );
}

async function outside(context: RouteContext, request: Parameters<RouteContext['outside']['request']>[0]) {
  try {
    return await context.outside.request(request);
  } catch (error) {
    if (!(error instanceof OutsideFault)) throw error;
    throw new LaunchRefused(`La plataforma no contesta: ${error.message}`, `The platform does not answer: ${error.message}`);
  }
}

function hostOf(text: string): string {
  return URL.canParse(text) ? new URL(text).host : text;
}

function failed(es: string, en: string): LaunchRefused {
  return new LaunchRefused(`No se pudo registrar: no vale ${es}.`, `It was not registered: ${en} does not hold.`);
}

/** What Canvas takes for a developer key, as JSON. */
export function canvasConfiguration(place: { publicUrl: string; workspaceId: string }): Record<string, unknown> {
  const launch = routeAddress(place, 'launch');
  return {
    title: 'Timonel tutor',
    description: 'Programming exercises with hints and no solutions',
    target_link_uri: launch,
    oidc_initiation_url: routeAddress(place, 'login'),
    public_jwk_url: routeAddress(place, 'keys'),
    scopes: Object.values(scope),
    extensions: [
      {
        platform: 'canvas.instructure.com',
        domain: new URL(launch).host,
        privacy_level: 'name_only',
        settings: {
          placements: [
            { placement: 'assignment_selection', message_type: 'LtiDeepLinkingRequest', target_link_uri: launch, enabled: true },
            { placement: 'link_selection', message_type: 'LtiDeepLinkingRequest', target_link_uri: launch, enabled: true },
          ],
        },
      },
    ],
    custom_fields: {},
  };
}

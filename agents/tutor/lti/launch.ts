/** Reads the token that a platform sends with a launch, and believes none of it before everything about it was checked. */
import { errors, jwtVerify } from 'jose';
import type { RouteContext } from '../../../src/index.ts';
import { claim, isTeacher, type Launch, LaunchRefused, launchClaims } from './contract.ts';
import { type LaunchUnderWay, originOf } from './login.ts';
import { keysOf } from './platform-keys.ts';
import { deploymentOf } from './platforms.ts';

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384'];
/** Seconds that clocks may differ, and that a token may be old. */
const clockSeconds = 60;
const longestSeconds = 600;

/** @throws LaunchRefused */
export async function readLaunch(
  context: RouteContext,
  under: Pick<LaunchUnderWay, 'platform' | 'nonce'>,
  idToken: string,
): Promise<Launch> {
  const { platform, nonce } = under;
  const payload = await verified(context, platform, idToken);
  const { aud, azp } = payload as { aud?: string | string[]; azp?: unknown };
  // Of several addressees one is the party that it was made for.
  if (azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== platform.clientId) throw refused('azp');
  const parsed = launchClaims.safeParse(payload);
  if (!parsed.success) throw refused(parsed.error.issues.map(({ path }) => path.join('.')).join(', '));
  const said = parsed.data;
  if (said.nonce !== nonce) throw refused('nonce');
  const target = said[claim.target];
  if (target !== undefined && originOf(target) !== originOf(context.publicUrl)) throw refused('target_link_uri');
  const deployment = said[claim.deployment];
  const deploymentId = await context.query((database) => deploymentOf(database, context, { platformId: platform.id, deployment }));
  if (deploymentId === undefined)
    throw new LaunchRefused(
      `La instalación ${deployment} de ${platform.name} no está registrada acá. Quien administra el tutor la agrega con «timonel tutor lti-deployments import».`,
      `The deployment ${deployment} of ${platform.name} is not registered here. Whoever manages the tutor adds it with "timonel tutor lti-deployments import".`,
    );
  const deep = said[claim.deepLinking];
  const link = said[claim.resourceLink];
  const isDeep = said[claim.messageType] === 'LtiDeepLinkingRequest';
  if (isDeep ? deep === undefined : link === undefined) throw refused(isDeep ? 'deep_linking_settings' : 'resource_link');
  const inContext = said[claim.context];
  const endpoint = said[claim.endpoint];
  const exercise = said[claim.custom]?.['exercise'];
  return {
    platformId: platform.id,
    deploymentId,
    subject: said.sub,
    name: (said.name ?? [said.given_name, said.family_name].filter((each) => each != null).join(' ')).slice(0, 200),
    teacher: isTeacher(said[claim.roles]),
    exercise: typeof exercise === 'string' && exercise !== '' && exercise.length <= 60 ? exercise : null,
    context: inContext === undefined ? null : { id: inContext.id, title: (inContext.title || inContext.label || '').slice(0, 200) },
    resourceLink: isDeep || link === undefined ? null : { id: link.id, title: link.title ?? '' },
    grades:
      endpoint === undefined
        ? null
        : { scopes: endpoint.scope, lineItem: endpoint.lineitem ?? null, lineItems: endpoint.lineitems ?? null },
    membershipsUrl: said[claim.memberships]?.context_memberships_url ?? null,
    deepLinking: isDeep && deep !== undefined ? { returnUrl: deep.deep_link_return_url, data: deep.data ?? null } : null,
  };
}

async function verified(context: RouteContext, platform: LaunchUnderWay['platform'], idToken: string) {
  const currentDate = context.now();
  try {
    const { payload } = await jwtVerify(idToken, keysOf(platform.jwksUrl, context.outside, currentDate.getTime()), {
      algorithms,
      issuer: platform.issuer,
      audience: platform.clientId,
      requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
      maxTokenAge: longestSeconds,
      clockTolerance: clockSeconds,
      currentDate,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed) throw refused(error.claim);
    if (error instanceof errors.JWTExpired) throw refused('exp');
    if (error instanceof errors.JOSEError) throw refused('the signature');
    throw new LaunchRefused(
      `Las claves de ${platform.name} no se pueden leer ahora. Probá de nuevo en un rato.`,
      `The keys of ${platform.name} cannot be read now. Try again in a while.`,
    );
  }
}

function refused(what: string): LaunchRefused {
  return new LaunchRefused(
    `La plataforma mandó un ingreso que no vale (${what}). Volvé al curso y abrí el enlace de nuevo.`,
    `The platform sent a launch that does not hold (${what}). Go back to the course and open the link again.`,
  );
}

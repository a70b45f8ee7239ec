/** LTI 1.3 as the tutor speaks it: names of claims and scopes, and what a launch brings. */
import { z } from 'zod';

const lti = 'https://purl.imsglobal.org/spec/lti/claim';
const ags = 'https://purl.imsglobal.org/spec/lti-ags';

export const claim = {
  messageType: `${lti}/message_type`,
  version: `${lti}/version`,
  deployment: `${lti}/deployment_id`,
  target: `${lti}/target_link_uri`,
  resourceLink: `${lti}/resource_link`,
  context: `${lti}/context`,
  roles: `${lti}/roles`,
  custom: `${lti}/custom`,
  endpoint: `${ags}/claim/endpoint`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
  deepLinking: 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings',
  contentItems: 'https://purl.imsglobal.org/spec/lti-dl/claim/content_items',
  deepLinkingData: 'https://purl.imsglobal.org/spec/lti-dl/claim/data',
} as const;

export const scope = {
  lineItem: `${ags}/scope/lineitem`,
  result: `${ags}/scope/result.readonly`,
  score: `${ags}/scope/score`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const;

/** A platform that this workspace trusts. */
export interface Platform {
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  tokenAudience: string | null;
  version: number;
}

const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);
/** Platforms leave members out, send null, or send "". */
const text = (most: number) => z.string().max(most).nullish();

/** What a platform says in a launch; members that the tutor does not read are left out. */
export const launchClaims = z.object({
  sub: z.string().min(1).max(255),
  name: text(400),
  given_name: text(200),
  family_name: text(200),
  nonce: z.string().min(1).max(200),
  [claim.version]: z.literal('1.3.0'),
  [claim.messageType]: z.enum(['LtiResourceLinkRequest', 'LtiDeepLinkingRequest']),
  [claim.deployment]: z.string().min(1).max(255),
  [claim.target]: z.string().min(1).max(2_000).optional(),
  [claim.roles]: z.array(z.string().max(300)).max(100).default([]),
  [claim.resourceLink]: z.object({ id: z.string().min(1).max(255), title: text(1_000) }).optional(),
  [claim.context]: z.object({ id: z.string().min(1).max(255), label: text(1_000), title: text(1_000) }).optional(),
  [claim.custom]: z.record(z.string().max(200), z.unknown()).nullish(),
  [claim.endpoint]: z
    .object({ scope: z.array(z.string()).default([]), lineitem: webAddress.optional(), lineitems: webAddress.optional() })
    .optional(),
  [claim.memberships]: z.object({ context_memberships_url: webAddress }).optional(),
  [claim.deepLinking]: z
    .object({
      deep_link_return_url: webAddress,
      accept_types: z.array(z.string()).default([]),
      accept_multiple: z.union([z.boolean(), z.string()]).optional(),
      data: z.string().max(20_000).nullish(),
    })
    .optional(),
});

/** A launch whose signature, addressees, times and deployment were checked. */
export interface Launch {
  platformId: string;
  deploymentId: string;
  subject: string;
  /** "" where the platform does not tell. */
  name: string;
  teacher: boolean;
  /** Code of an exercise, as a link or its custom parameter has it. */
  exercise: string | null;
  context: { id: string; title: string } | null;
  resourceLink: { id: string; title: string } | null;
  grades: { scopes: string[]; lineItem: string | null; lineItems: string | null } | null;
  membershipsUrl: string | null;
  deepLinking: { returnUrl: string; data: string | null } | null;
}

/** Why a launch is not let in, in words for the page that is shown instead. */
export class LaunchRefused extends Error {
  override readonly name = 'LaunchRefused';
  readonly reason: { es: string; en: string };

  constructor(es: string, en: string) {
    super(en);
    this.reason = { es, en };
  }
}

const teaching = new Set(['Instructor', 'ContentDeveloper', 'Administrator']);

/** Teachers of a course: its own roles, and those without a name space that older platforms send. Roles at the institution teach no course. */
export function isTeacher(roles: readonly string[]): boolean {
  return roles.some((role) => {
    const [, main = role] =
      /^http:\/\/purl\.imsglobal\.org\/vocab\/lis\/v2\/membership[#/]([A-Za-z]+)(?:#[A-Za-z]+)?$/.exec(role) ?? [];
    return teaching.has(main);
  });
}

/** Address of a route of the tutor; the workspace is part of it where it is not the default one. */
export function routeAddress({ publicUrl, workspaceId }: { publicUrl: string; workspaceId: string }, path: string): string {
  const workspace = workspaceId === 'default' ? '' : `?workspace=${workspaceId}`;
  return `${publicUrl}/api/v1/agents/tutor/lti/${path}${workspace}`;
}

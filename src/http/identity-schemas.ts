/** The shapes of the HTTP API that are about people and what they may do. */
import { z } from 'zod';
import type { Permission } from '../identity/permissions.ts';
import { userNamePattern, userNameRule } from '../identity/user-names.ts';
import { isTimeZone } from '../setting-values.ts';

/** GET /api/v1/roles lists them: agents declare some. */
export const permission = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/,
    'must be a permission such as conversations:read; GET /api/v1/roles lists them',
  ) as unknown as z.ZodType<Permission>;
export const email = z.email('must be an e-mail address, e.g. ana@example.com').max(254);
export const userName = z
  .string()
  .regex(userNamePattern, userNameRule)
  .describe('To sign in with instead of the address; the installation has each once, in any case of its letters');
/** Checked by the password policy, whose sentences say more. */
export const newPassword = z.string().max(1_024);
export const password = z.string().min(1).max(1_024);
/** Mails to strangers carry it: no place for links. */
export const personNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine((name) => !/[<>\p{Cc}]|:\/\/|www\./iu.test(name), 'must be a name, without links or angle brackets');
export const language = z.enum(['es', 'en']).describe('Language of mails');
export const code = z.string().min(1).max(40).describe('Six digits of the authenticator app, or a recovery code');
export const linkTokenSchema = z.string().min(1).max(200).describe('The token in the link of the mail');
export const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be small letters, digits and hyphens, e.g. front-desk');
export const cookies = z
  .boolean()
  .default(false)
  .describe('Puts the tokens into cookies that scripts cannot read (for the console) instead of the answer');

export const workspaceId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 small letters, digits and hyphens that do not begin with a hyphen, e.g. north-shop',
  );
export const workspaceName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120)
  .refine((name) => !/[<>\p{Cc}]|:\/\/|www\./iu.test(name), 'must be a name, without links, angle brackets or line breaks');
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone, e.g. America/Argentina/Cordoba');

export const signedIn = z.object({
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().int().describe('Life of the access token in seconds'),
  accessToken: z.string().optional().describe('Absent where cookies were asked for'),
  refreshToken: z.string().optional().describe('Good once; the answer to its use has the next one'),
  sessionExpiresAt: z.date().describe('When the person has to sign in again, whatever is refreshed'),
  sessionId: z.string(),
  userId: z.string(),
  workspaceId: z.string(),
  csrfToken: z.string().optional().describe('With cookies: to be sent as X-Csrf-Token with every request that changes something'),
});

export const me = z.object({
  kind: z.enum(['user', 'api-key']),
  id: z.string(),
  name: z.string(),
  workspaceId: z.string(),
  role: z.string().nullable(),
  permissions: z.array(permission),
  user: z
    .object({
      email: z.string(),
      userName: z.string().nullable(),
      emailVerified: z.boolean(),
      language,
      secondFactor: z.boolean(),
      recoveryCodesLeft: z.number().int(),
      sessionId: z.string(),
      workspaces: z
        .array(
          z.object({
            workspaceId: z.string(),
            name: z.string(),
            role: z.string(),
            disabled: z.boolean().describe('The workspace lets nobody in'),
          }),
        )
        .describe('To choose from at POST /api/v1/auth/switch'),
    })
    .nullable()
    .describe('Null for an API key'),
  csrfToken: z.string().optional().describe('For pages that were loaded anew; only where the console asks with its cookie'),
});

export const session = z.object({
  id: z.string(),
  current: z.boolean(),
  createdAt: z.date(),
  lastSeenAt: z.date(),
  expiresAt: z.date(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});

export const memberSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  userName: z.string().nullable(),
  role: z.string(),
  emailVerified: z.boolean(),
  secondFactor: z.boolean(),
  disabled: z.boolean(),
  agents: z.array(z.string()).nullable().describe('The agents whose conversations they see; null: all'),
  connections: z
    .array(z.string())
    .nullable()
    .describe('The connections to channels whose conversations they see; null: all, and those on none'),
  memberSince: z.date(),
});

export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
});

export const role = z.object({ name: z.string(), description: z.string(), permissions: z.array(permission), builtIn: z.boolean() });

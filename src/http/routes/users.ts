import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const parameters = z.object({ id: schemas.identifier });
const named = z.object({ name: shapes.roleName });

/** The members of a workspace, its invitations and its roles. */
export function userRoutes(app: TypedFastify, { identity }: HttpDependencies): void {
  const { members, invitations, roles } = identity;

  app.get(
    '/api/v1/users',
    {
      config: { permission: 'users:read' },
      schema: {
        summary: 'The members of the workspace',
        querystring: z.strictObject({
          after: schemas.identifier.optional().describe('`next` of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
          role: shapes.roleName.optional(),
        }),
        response: { 200: z.object({ users: z.array(shapes.memberSchema), next: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { limit } = request.query;
      const users = await members.list(requestPrincipalOf(request).workspaceId, request.query);
      return { users, next: users.length < limit ? null : (users.at(-1)?.id ?? null) };
    },
  );

  app.get(
    '/api/v1/users/:id',
    {
      config: { permission: 'users:read' },
      schema: { summary: 'A member of the workspace', params: parameters, response: { 200: shapes.memberSchema } },
    },
    (request) => members.get(requestPrincipalOf(request).workspaceId, request.params.id),
  );

  app.patch(
    '/api/v1/users/:id',
    {
      config: { permission: 'users:manage' },
      schema: {
        summary:
          'Change the role of a member, the agents and connections whose conversations they see, or the user name, or disable and enable them; it takes effect at once',
        params: parameters,
        body: z.strictObject({
          role: shapes.roleName.optional(),
          disabled: z.boolean().optional(),
          userName: shapes.userName
            .nullable()
            .optional()
            .describe('Of an account that is in no other workspace; null takes it away'),
          agents: z
            .array(z.string().min(1).max(100))
            .max(100)
            .nullable()
            .optional()
            .describe('They see and write in the conversations of these agents only; null: of all'),
          connections: z
            .array(schemas.identifier)
            .max(100)
            .nullable()
            .optional()
            .describe('The same, of these connections to channels; conversations on none are not among them'),
        }),
        response: { 200: shapes.memberSchema },
      },
    },
    (request) => {
      if (Object.keys(request.body).length === 0)
        throw new TimonelError('invalid_request', 'Send "role", "disabled", "userName", "agents" or "connections".');
      return members.change(requestPrincipalOf(request), request.params.id, request.body, originOf(request));
    },
  );

  app.delete(
    '/api/v1/users/:id',
    {
      config: { permission: 'users:manage' },
      schema: {
        summary: 'Remove a member from the workspace; the account stays',
        params: parameters,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await members.remove(requestPrincipalOf(request), request.params.id, originOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/invitations',
    {
      config: { permission: 'users:manage' },
      schema: {
        summary: 'Invite somebody by mail; an invitation before it is void',
        body: z.strictObject({
          email: shapes.email,
          role: shapes.roleName.default('member'),
          language: shapes.language.default('es'),
        }),
        response: { 201: shapes.invitation },
      },
    },
    async (request, reply) => {
      const invitation = await invitations.invite(requestPrincipalOf(request), request.body, originOf(request));
      return reply.code(201).send(invitation);
    },
  );

  app.get(
    '/api/v1/invitations',
    {
      config: { permission: 'users:read' },
      schema: { summary: 'Invitations that wait', response: { 200: z.object({ invitations: z.array(shapes.invitation) }) } },
    },
    async (request) => ({ invitations: await invitations.list(requestPrincipalOf(request).workspaceId) }),
  );

  app.delete(
    '/api/v1/invitations/:id',
    {
      config: { permission: 'users:manage' },
      schema: { summary: 'Withdraw an invitation', params: parameters, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await invitations.withdraw(requestPrincipalOf(request), request.params.id, originOf(request));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/roles',
    {
      config: { permission: 'users:read' },
      schema: {
        summary: 'The roles of the workspace, and what can be allowed',
        response: {
          200: z.object({
            roles: z.array(shapes.role),
            permissions: z.array(z.object({ name: shapes.permission, description: z.string() })),
          }),
        },
      },
    },
    async (request) => ({
      roles: await roles.list(requestPrincipalOf(request).workspaceId),
      permissions: [...identity.permissions.texts].map(([name, description]) => ({ name, description })),
    }),
  );

  app.put(
    '/api/v1/roles/:name',
    {
      config: { permission: 'roles:manage' },
      schema: {
        summary: 'Define a role of the workspace; it takes effect at once for all who have it',
        params: named,
        body: z.strictObject({ description: z.string().trim().max(200).default(''), permissions: z.array(shapes.permission) }),
        response: { 200: shapes.role },
      },
    },
    (request) => roles.define(requestPrincipalOf(request), { name: request.params.name, ...request.body }, originOf(request)),
  );

  app.delete(
    '/api/v1/roles/:name',
    {
      config: { permission: 'roles:manage' },
      schema: { summary: 'Remove a role that nobody has', params: named, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await roles.remove(requestPrincipalOf(request), request.params.name, originOf(request));
      return reply.code(204).send(null);
    },
  );
}

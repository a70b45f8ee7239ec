import { z } from 'zod';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { clearCookies } from '../cookies.ts';
import * as shapes from '../identity-schemas.ts';
import { originOf, personOf } from '../requests.ts';
import * as schemas from '../schemas.ts';

const open = { public: true } as const;
const signedIn = { signedIn: true } as const;
const sent = z.object({ status: z.literal('sent-if-known').describe('The same answer whether there is such an account or not') });

/** What people do with their own account. */
export function accountRoutes(app: TypedFastify, { identity }: HttpDependencies): void {
  const { registration, ownPassword, ownUserName, sessions, secondFactor, signIn, users } = identity;

  app.post(
    '/api/v1/auth/verify-email',
    {
      config: open,
      schema: {
        summary: 'Confirm an address',
        body: z.strictObject({ token: shapes.linkTokenSchema }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await registration.verifyEmail(request.body.token, originOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/auth/resend-verification',
    {
      config: open,
      schema: { summary: 'Have the mail sent again', body: z.strictObject({ email: shapes.email }), response: { 202: sent } },
    },
    async (request, reply) => {
      await registration.resendVerification(request.body.email, originOf(request));
      return reply.code(202).send({ status: 'sent-if-known' as const });
    },
  );

  app.post(
    '/api/v1/auth/forgot-password',
    {
      config: open,
      schema: {
        summary: 'Have a link sent to choose a new password',
        body: z.strictObject({ email: shapes.email }),
        response: { 202: sent },
      },
    },
    async (request, reply) => {
      await ownPassword.sendReset(request.body.email, originOf(request));
      return reply.code(202).send({ status: 'sent-if-known' as const });
    },
  );

  app.post(
    '/api/v1/auth/reset-password',
    {
      config: open,
      schema: {
        summary: 'Choose a new password by the link of the mail; all sessions end',
        body: z.strictObject({ token: shapes.linkTokenSchema, password: shapes.newPassword }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await ownPassword.reset(request.body.token, request.body.password, originOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/auth/change-password',
    {
      config: signedIn,
      schema: {
        summary: 'Change the password; all other sessions end',
        body: z.strictObject({ currentPassword: shapes.password, newPassword: shapes.newPassword }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { currentPassword, newPassword } = request.body;
      await ownPassword.change(personOf(request), currentPassword, newPassword, originOf(request));
      return reply.code(204).send(null);
    },
  );

  app.patch(
    '/api/v1/auth/me',
    {
      config: signedIn,
      schema: {
        summary: 'Give myself a user name to sign in with, or take it away',
        body: z.strictObject({ userName: shapes.userName.nullable() }),
        response: { 200: z.object({ id: z.string(), email: z.string(), userName: z.string().nullable() }) },
      },
    },
    async (request) => {
      const { id, email, userName } = await ownUserName.change(personOf(request), request.body.userName, originOf(request));
      return { id, email, userName };
    },
  );

  app.get(
    '/api/v1/auth/sessions',
    {
      config: signedIn,
      schema: { summary: 'Where I am signed in', response: { 200: z.object({ sessions: z.array(shapes.session) }) } },
    },
    async (request) => {
      const { workspaceId, id, sessionId } = personOf(request);
      const all = await sessions.list(workspaceId, id);
      return { sessions: all.map((session) => ({ ...session, current: session.id === sessionId })) };
    },
  );

  app.delete(
    '/api/v1/auth/sessions/:id',
    {
      config: signedIn,
      schema: { summary: 'Sign out somewhere else', params: z.object({ id: schemas.identifier }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const person = personOf(request);
      await sessions.end(person, request.params.id, 'revoked', originOf(request));
      if (request.params.id === person.sessionId) clearCookies(reply);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/auth/second-factor',
    {
      config: signedIn,
      schema: {
        summary: 'Begin with a second factor: a secret for the authenticator app',
        body: z.strictObject({ password: shapes.password }),
        response: { 200: z.object({ secret: z.string(), uri: z.string().describe('For a QR code') }) },
      },
    },
    async (request) => {
      const { id } = personOf(request);
      return secondFactor.enrol(await ownPassword.proven(id, request.body.password, originOf(request)));
    },
  );

  app.post(
    '/api/v1/auth/second-factor/confirm',
    {
      config: signedIn,
      schema: {
        summary: 'Turn the second factor on, with a code that the app shows; other sessions end',
        body: z.strictObject({ code: shapes.code, password: shapes.password }),
        response: { 200: z.object({ recoveryCodes: z.array(z.string()).describe('Shown now, and never again') }) },
      },
    },
    async (request) => {
      const person = personOf(request);
      const user = await ownPassword.proven(person.id, request.body.password, originOf(request));
      return { recoveryCodes: await secondFactor.confirm(person, user, request.body.code, originOf(request)) };
    },
  );

  app.post(
    '/api/v1/auth/second-factor/disable',
    {
      config: signedIn,
      schema: {
        summary: 'Turn the second factor off',
        body: z.strictObject({ code: shapes.code, password: shapes.password }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      const login = (await users.byId(person.id))?.email ?? '';
      const user = await signIn.proven({ login, ...request.body }, originOf(request));
      await secondFactor.disable(person, user, originOf(request));
      return reply.code(204).send(null);
    },
  );
}

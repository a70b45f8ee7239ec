/** Addresses that platforms and the browsers of their people come to. All are public: what a caller is worth is in what they send. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineRoute, type PageAnswer, type PageCookie, type RouteContext, TimonelError } from '../../../src/index.ts';
import { type Launch, LaunchRefused, routeAddress } from './contract.ts';
import { answerOf, choicesOf } from './deep-linking.ts';
import { courseOf, enter, keepPerson } from './enter.ts';
import { readLaunch } from './launch.ts';
import {
  beginLaunch,
  digest,
  isBrowserOf,
  keepClaims,
  type LaunchUnderWay,
  loginRequest,
  newSecret,
  takeEntry,
  takeState,
} from './login.ts';
import { publicKeys } from './own-keys.ts';
import {
  choosingPage,
  framesOf,
  provingPage,
  registeredPage,
  returningPage,
  storingPage,
  studentPage,
  teacherPage,
  troublePage,
} from './pages.ts';
import { canvasConfiguration, register, registrationQuery } from './registration.ts';

/** A course begins its lesson from one address. */
const perMinute = 1_200;
const cookieSeconds = 600;
const cookieOf = (id: string) => `lti-${id.replaceAll('-', '')}`;

const shared = { public: true, page: true, perMinute } as const;

function formOf(body: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

/** What is wrong with a launch is told to the person who came: a page, not a problem in JSON. */
async function shown(context: RouteContext, framedBy: readonly string[], work: () => Promise<PageAnswer>): Promise<PageAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LaunchRefused) {
      context.metrics.add('lti_launches', { outcome: 'refused' });
      return troublePage(error.reason, framedBy);
    }
    if (error instanceof TimonelError && error.code === 'forbidden') {
      context.metrics.add('lti_launches', { outcome: 'refused' });
      const es = 'Tu cuenta no puede entrar por acá. Hablá con quien administra el tutor.';
      return troublePage({ es, en: error.message }, framedBy, 403);
    }
    throw error;
  }
}

async function login(context: RouteContext, sent: unknown): Promise<PageAnswer> {
  return shown(context, [], async () => {
    const parsed = loginRequest.safeParse(sent);
    if (!parsed.success) {
      const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
      throw new LaunchRefused(`Al ingreso le falta, o no vale: ${missing}.`, `The launch lacks, or has wrongly: ${missing}.`);
    }
    const begun = await beginLaunch(context, parsed.data);
    const cookies: PageCookie[] = [{ name: cookieOf(begun.id), value: begun.browser, maxAge: cookieSeconds, crossSite: true }];
    const { lti_storage_target: target } = parsed.data;
    return target === undefined ? { kind: 'redirect', to: begun.address, cookies } : storingPage(begun, target, cookies);
  });
}

const loginByQuery = defineRoute({
  ...shared,
  method: 'GET',
  path: '/lti/login',
  summary: 'LTI 1.3: a platform begins a launch, and the browser is sent back to it',
  query: z.looseObject({}),
  handle: ({ query }, context) => login(context, query),
});

const loginByForm = defineRoute({
  ...shared,
  method: 'POST',
  path: '/lti/login',
  summary: 'LTI 1.3: the same by a form',
  raw: true,
  asksOutside: true,
  handle: ({ body }, context) => login(context, formOf(body)),
});

const launch = defineRoute({
  ...shared,
  method: 'POST',
  path: '/lti/launch',
  summary: 'LTI 1.3: the platform says who comes, and where to',
  raw: true,
  asksOutside: true,
  async handle({ body, cookies }, context) {
    const { state = '', id_token: idToken = '', error, error_description: why } = formOf(body);
    return shown(context, [], async () => {
      const under = await takeState(context, state);
      return shown(context, framesOf(under.platform.authorizationUrl), async () => {
        if (error !== undefined) {
          const said = `${error.slice(0, 100)} ${(why ?? '').slice(0, 300)}`.trim();
          throw new LaunchRefused(`La plataforma no dejó entrar: ${said}`, `The platform let nobody in: ${said}`);
        }
        const read = await readLaunch(context, under, idToken);
        const name = cookieOf(under.id);
        if (isBrowserOf(under, cookies[name])) {
          return { ...(await welcome(context, under, read)), cookies: [{ name, value: '', maxAge: 0, crossSite: true as const }] };
        }
        await keepClaims(context, under.id, read);
        const { platform } = under;
        return provingPage({
          launchId: under.id,
          state,
          enterAddress: routeAddress(context, 'enter'),
          loginAddress: routeAddress(context, 'login'),
          login: under.login,
          storageTarget: under.login.lti_storage_target,
          authorizationUrl: platform.authorizationUrl,
        });
      });
    });
  },
});

const enterByProof = defineRoute({
  ...shared,
  method: 'POST',
  path: '/lti/enter',
  summary: 'LTI 1.3: a browser without cookies shows that it began the launch',
  raw: true,
  asksOutside: true,
  async handle({ body }, context) {
    const { state = '', browser = '' } = formOf(body);
    return shown(context, [], async () => {
      const under = await takeEntry(context, state);
      return shown(context, framesOf(under.platform.authorizationUrl), async () => {
        if (!isBrowserOf(under, browser))
          throw new LaunchRefused('Este navegador no empezó este ingreso.', 'This browser did not begin this launch.');
        return welcome(context, under, JSON.parse(context.secrets.open(under.claims ?? '', under.id)) as Launch);
      });
    });
  },
});

async function welcome(context: RouteContext, under: LaunchUnderWay, read: Launch): Promise<PageAnswer> {
  const { authorizationUrl } = under.platform;
  if (read.deepLinking !== null) return choose(context, under, read);
  const { session, course, exercise, conversationId } = await enter(context, read);
  context.metrics.add('lti_launches', { outcome: 'entered' });
  const { language } = course;
  if (read.teacher) return teacherPage({ session, language, course, authorizationUrl });
  const title = exercise?.title ?? course.title;
  return studentPage({ session, language, title, exercise: exercise?.code ?? null, conversationId, authorizationUrl });
}

/** Shows the exercises of the course; what is chosen comes back with a ticket that is good once. */
async function choose(context: RouteContext, under: LaunchUnderWay, read: Launch): Promise<PageAnswer> {
  if (!read.teacher) throw new LaunchRefused('Los enlaces los eligen los docentes.', 'Links are chosen by teachers.');
  const course = await courseOf(context, read);
  const ticket = newSecret();
  const { userId } = await context.accounts.vouch({
    issuer: read.platformId,
    subject: read.subject,
    name: read.name,
    role: 'instructor',
  });
  await keepClaims(context, under.id, read);
  const choices = await context.query(async (database) => {
    const person = { issuer: read.platformId, subject: read.subject, person: `user:${userId}`, name: read.name };
    await keepPerson(database, context, { ...person, teacher: true, courseId: course.courseId });
    await database.execute(sql`
      UPDATE tutor_lti_launches SET state_hash = ${digest(ticket)}, entered_at = NULL, login = '{}'::jsonb
      WHERE workspace_id = ${context.workspaceId} AND id = ${under.id}`);
    return choicesOf(database, context, course.courseId);
  });
  context.metrics.add('lti_launches', { outcome: 'entered' });
  return choosingPage({
    ticket,
    chooseAddress: routeAddress(context, 'choose'),
    choices,
    language: course.language,
    authorizationUrl: under.platform.authorizationUrl,
  });
}

const chosen = defineRoute({
  ...shared,
  method: 'POST',
  path: '/lti/choose',
  summary: 'LTI 1.3 deep linking: a teacher has chosen an exercise',
  raw: true,
  asksOutside: true,
  async handle({ body }, context) {
    const { ticket = '', exercise = '', cancel } = formOf(body);
    return shown(context, [], async () => {
      const under = await takeEntry(context, ticket);
      const { authorizationUrl } = under.platform;
      return shown(context, framesOf(authorizationUrl), async () => {
        const read = JSON.parse(context.secrets.open(under.claims ?? '', under.id)) as Launch;
        // The ticket is good for a choice, and for nothing else.
        if (read.deepLinking === null || Object.keys(under.login).length > 0)
          throw new LaunchRefused('Acá no hay nada que elegir.', 'There is nothing to choose here.');
        const course = await courseOf(context, read);
        const choices = await context.query((database) => choicesOf(database, context, course.courseId));
        const choice = cancel === undefined ? choices.find(({ code }) => code === exercise) : undefined;
        if (choice === undefined && cancel === undefined)
          throw new LaunchRefused('El curso no tiene ese ejercicio.', 'The course has no such exercise.');
        const jwt = await answerOf(context, read, choice);
        return returningPage({ returnUrl: read.deepLinking.returnUrl, jwt, authorizationUrl });
      });
    });
  },
});

const registration = defineRoute({
  public: true,
  page: true,
  method: 'GET',
  path: '/lti/register',
  summary: 'LTI dynamic registration: a platform that was invited registers',
  query: z.looseObject({}),
  async handle({ query }, context) {
    const parsed = registrationQuery.safeParse(query);
    const around = framesOf(typeof query['openid_configuration'] === 'string' ? query['openid_configuration'] : '');
    return shown(context, around, async () => {
      if (!parsed.success)
        throw new LaunchRefused(
          'Esta dirección es para la plataforma: pegala entera donde se registran herramientas.',
          'This address is for the platform: paste the whole of it where tools are registered.',
        );
      return registeredPage(await register(context, parsed.data), around);
    });
  },
});

const keys = defineRoute({
  method: 'GET',
  path: '/lti/keys',
  summary: 'LTI 1.3: the public keys of this tool',
  public: true,
  perMinute,
  answer: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  handle: async (_request, context) => ({ keys: (await publicKeys(context)).map((key) => ({ ...key })) }),
});

const canvas = defineRoute({
  method: 'GET',
  path: '/lti/canvas',
  summary: 'What Canvas takes for a developer key',
  public: true,
  answer: z.record(z.string(), z.unknown()),
  handle: async (_request, context) => canvasConfiguration(context),
});

export const ltiRoutes = [loginByQuery, loginByForm, launch, enterByProof, chosen, registration, keys, canvas];

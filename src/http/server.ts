import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Settings } from '../config.ts';
import { channels, type ForwardedIgnored } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import { closeIdleConnections } from './closing.ts';
import { createAnswerer } from './compatible/answers.ts';
import { errorShape, isCompatiblePath } from './compatible/client-errors.ts';
import { createDirectDoor, type DirectDoor } from './compatible/direct.ts';
import { answerProtocols, compatibleApi } from './compatible/door.ts';
import type { HttpDependencies, TypedFastify } from './contract.ts';
import { tellExchanges } from './exchanges.ts';
import { watchForwarded } from './forwarded.ts';
import { addGuards, docsPath } from './guard.ts';
import { createGuards } from './guards.ts';
import { refuseNullCharacters } from './null-characters.ts';
import { documented } from './openapi.ts';
import { createErrorMapper } from './problems.ts';
import { refusalLog, tellRefusals } from './refusals.ts';
import { limitBodies, RequestBodies } from './request-bodies.ts';
import { accountRoutes } from './routes/account.ts';
import { agentOwnRoutes } from './routes/agent-routes.ts';
import { agentRoutes } from './routes/agents.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { backupRoutes } from './routes/backups.ts';
import { budgetRoutes } from './routes/budgets.ts';
import { cacheRoutes } from './routes/cache.ts';
import { canaryRoutes } from './routes/canary.ts';
import { cannedTextRoutes } from './routes/canned-texts.ts';
import { channelRoutes } from './routes/channels.ts';
import { completionRoutes } from './routes/completions.ts';
import { consoleRoutes } from './routes/console.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { costRoutes } from './routes/costs.ts';
import { evaluationCaseRoutes } from './routes/evaluation-cases.ts';
import { evaluationRoutes } from './routes/evaluations.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { fileRoutes } from './routes/files.ts';
import { flagRoutes } from './routes/flags.ts';
import { handoffRoutes } from './routes/handoffs.ts';
import { healthRoutes } from './routes/health.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { knowledgeRoutes } from './routes/knowledge.ts';
import { knowledgeDocumentRoutes } from './routes/knowledge-documents.ts';
import { knowledgeFeedbackRoutes } from './routes/knowledge-feedback.ts';
import { knowledgePageRoutes } from './routes/knowledge-pages.ts';
import { metricRoutes } from './routes/metrics.ts';
import { modelHealthRoutes, routeRoutes } from './routes/models.ts';
import { ofrepDoor } from './routes/ofrep.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { operationRoutes } from './routes/operations.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { rehearsalRoutes } from './routes/rehearsals.ts';
import { releaseRoutes } from './routes/releases.ts';
import { resourceRoutes } from './routes/resources.ts';
import { runRoutes } from './routes/runs.ts';
import { userRoutes } from './routes/users.ts';
import { webRoutes } from './routes/web.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workspaceRoutes } from './routes/workspace.ts';
import { workspacesRoutes } from './routes/workspaces.ts';
import { problem } from './schemas.ts';
import { addSecurity } from './security.ts';
import { type HeaderList, headerList } from './streams.ts';

/** Builds the HTTP API. */
export async function createServer(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const answerers = {
    '/v1/chat/completions': createAnswerer(answerProtocols['/v1/chat/completions'], dependencies),
    '/v1/messages': createAnswerer(answerProtocols['/v1/messages'], dependencies),
  };
  const bodies = new RequestBodies(dependencies.settings.incoming.bodies);
  const watch = watchForwarded(dependencies.settings.trustedProxies, (peer) => {
    channels.forwardedIgnored.publish({ peer } satisfies ForwardedIgnored);
  });
  /** Set when the server is put together. */
  let direct: DirectDoor | undefined;
  const app = Fastify({
    serverFactory: (handler) => {
      const server = createHttpServer(timeLimits(dependencies.settings.incoming), (request, response) => {
        if (direct?.takes(request, response) !== true) handler(request, response);
        else watch(request);
      });
      server.maxConnections = dependencies.settings.incoming.maxConnections;
      return server;
    },
    logger: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: dependencies.bodyLimitBytes,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // Addresses only: `true` would believe whoever sends the header, and a number of hops the proxy before ours.
    trustProxy: dependencies.settings.trustedProxies.length === 0 ? false : [...dependencies.settings.trustedProxies],
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createErrorMapper(errorShape));
  app.setNotFoundHandler((request) => {
    const there = isCompatiblePath(request.url)
      ? 'There are POST /v1/chat/completions, /v1/responses, /v1/messages, /v1/messages/count_tokens and /v1/embeddings, and GET /v1/models'
      : 'GET /docs lists what there is';
    throw new TimonelError('not_found', `There is no ${request.method} ${request.url.split('?')[0]}. ${there}.`);
  });

  tellExchanges(app, dependencies.onRequest);
  closeIdleConnections(app);
  app.addHook('onRequest', async (request, reply) => {
    watch(request.raw);
    // Answers have tokens, or tell of people; what anybody may keep says so itself.
    reply.header('cache-control', 'no-store');
    reply.header('x-request-id', request.id);
  });
  // Before the guard, so that a refusal too has the headers that let a page read it.
  await addSecurity(app, dependencies.settings);
  const { authenticator } = dependencies.identity;
  const { maxEventLoopDelayMs, rateLimits, runner, bodyLimitBytes } = dependencies;
  const lags = () => maxEventLoopDelayMs > 0 && app.isUnderPressure();
  const guards = createGuards({ authenticator, rateLimits, runner, lags, bodyLimitBytes });
  addGuards(app, guards);
  const refused = refusalLog(dependencies.identity, dependencies.now);
  tellRefusals(app, refused);
  limitBodies(app, bodies);
  app.addHook('preValidation', async (request) => {
    refuseNullCharacters({ params: request.params, query: request.query, body: request.body });
  });
  // It measures; the guards ask it.
  if (maxEventLoopDelayMs > 0) await app.register(underPressure, { maxEventLoopDelay: maxEventLoopDelayMs, pressureHandler() {} });

  const schemaRegistry = z.registry<{ id: string }>();
  schemaRegistry.add(problem, { id: 'Problem' });
  const asJsonSchema = createJsonSchemaTransform({ schemaRegistry });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Timonel', version: dependencies.version, description: 'Runs LLM agents in production.' },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
    },
    transform: (route) => asJsonSchema({ ...route, schema: documented(route) }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: true });
  app.get('/', { config: { public: true }, schema: { hide: true } }, (_request, reply) => reply.redirect(docsPath));
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger());

  const typed = app.withTypeProvider<ZodTypeProvider>() as unknown as TypedFastify;
  healthRoutes(typed, dependencies);
  eventRoutes(typed, dependencies);
  metricRoutes(typed, dependencies);
  agentRoutes(typed, dependencies);
  explainRoutes(typed, dependencies);
  rehearsalRoutes(typed, dependencies);
  conversationRoutes(typed, dependencies);
  handoffRoutes(typed, dependencies);
  cannedTextRoutes(typed, dependencies);
  inboxRoutes(typed, dependencies);
  runRoutes(typed, dependencies);
  backupRoutes(typed, dependencies);
  costRoutes(typed, dependencies);
  operationRoutes(typed, dependencies);
  authRoutes(typed, dependencies);
  oidcRoutes(typed, dependencies);
  consoleRoutes(typed, dependencies);
  accountRoutes(typed, dependencies);
  userRoutes(typed, dependencies);
  workspaceRoutes(typed, dependencies);
  workspacesRoutes(typed, dependencies);
  apiKeyRoutes(typed, dependencies);
  auditRoutes(typed, dependencies);
  privacyRoutes(typed, dependencies);
  await artifactRoutes(typed, dependencies);
  knowledgeRoutes(typed, dependencies);
  await knowledgeDocumentRoutes(typed, dependencies);
  knowledgeFeedbackRoutes(typed, dependencies);
  knowledgePageRoutes(typed, dependencies);
  fileRoutes(typed, dependencies);
  await channelRoutes(typed, dependencies);
  webhookRoutes(typed, dependencies);
  await webRoutes(typed, dependencies);
  completionRoutes(typed, dependencies);
  approvalRoutes(typed, dependencies);
  evaluationCaseRoutes(typed, dependencies);
  evaluationRoutes(typed, dependencies);
  budgetRoutes(typed, dependencies);
  cacheRoutes(typed, dependencies);
  releaseRoutes(typed, dependencies);
  canaryRoutes(typed, dependencies);
  flagRoutes(typed, dependencies);
  routeRoutes(typed, dependencies);
  modelHealthRoutes(typed, dependencies);
  await resourceRoutes(typed, dependencies, schemaRegistry);
  await ofrepDoor(typed, dependencies);
  await compatibleApi(typed, dependencies, answerers);
  await agentOwnRoutes(typed, dependencies);
  await app.ready();
  const parse = app.getDefaultJsonParser('error', 'error');
  const standing = await standingHeaders(app);
  direct = createDirectDoor({ dependencies, answerers, guards, bodies, parse, refused, standing });
  return app;
}

/** The security headers of every answer, as the plugins set them. */
async function standingHeaders(app: FastifyInstance): Promise<HeaderList> {
  const { headers } = await app.inject({ method: 'GET', url: '/health/live' });
  const own = new Set(['x-request-id', 'content-type', 'content-length', 'date', 'connection', 'keep-alive', 'vary']);
  return headerList(Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))));
}

/** Until a request was received; how long its answer takes is another matter. */
function timeLimits({ headersTimeoutMs, requestTimeoutMs }: Settings['incoming']) {
  return {
    keepAliveTimeout: 72_000,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, Math.ceil(headersTimeoutMs / 3)),
  };
}

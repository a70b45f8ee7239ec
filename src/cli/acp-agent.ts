/** What an editor may ask of the coding assistant: sessions, their modes and models, prompts. */
import {
  agent,
  type ListSessionsResponse,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type SessionConfigOption,
  type SessionModeState,
} from '@agentclientprotocol/sdk';
import { messageOf, TimonelError } from '../errors.ts';
import { version } from '../package-file.ts';
import { AcpBuffers } from './acp-buffers.ts';
import { AcpSession } from './acp-session.ts';
import type { ApiClient } from './api-client.ts';
import { repositoryRoot } from './code-home.ts';
import { autoRoute, chooseModel, listRoutes, shownAlias } from './code-models.ts';
import { CodeServer } from './code-server.ts';
import { beginSession, type CodeMode, listSessions, modes, sessionPath } from './code-session.ts';
import { languageOf, sentence } from './code-words.ts';
import { reach } from './local-server.ts';
import { UsageError } from './usage-error.ts';

/** Serves one editor until it hangs up. What is under way then goes on with the next start, as in a terminal that was closed. */
export async function serveAcp(streams: { input: ReadableStream<Uint8Array>; output: WritableStream<Uint8Array> }): Promise<void> {
  const language = languageOf();
  await using servers = new Servers();
  const sessions = new Map<string, AcpSession>();
  let buffers: AcpBuffers | undefined;
  let files = { read: false, write: false };

  const sessionOf = (id: string): AcpSession => {
    const session = sessions.get(id);
    if (session !== undefined) return session;
    throw RequestError.invalidParams(undefined, `There is no session ${id} here. Load it first.`);
  };
  const open = async (id: string, server: CodeServer): Promise<AcpSession> => {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const session = new AcpSession({ id, server, client: connection.client, language, buffers: files.read ? buffers : undefined });
    sessions.set(id, session);
    return session;
  };
  /** A session that is there already: its mode and its models. */
  const found = async (id: string, cwd: string) => {
    const server = servers.of(cwd);
    const client = await server.client();
    const known = (await listSessions(client)).some(({ conversation }) => conversation === id);
    if (!known) throw RequestError.resourceNotFound(id);
    return { server, client, session: await open(id, server) };
  };

  const app = agent({ name: 'timonel' })
    .onRequest(methods.agent.initialize, ({ params: { clientCapabilities } }) => {
      files = {
        read: clientCapabilities?.fs?.readTextFile === true,
        write: clientCapabilities?.fs?.writeTextFile === true,
      };
      buffers ??= new AcpBuffers(() => connection.client, files.write);
      return {
        protocolVersion: PROTOCOL_VERSION,
        agentInfo: { name: 'timonel', title: 'Timonel', version },
        agentCapabilities: {
          loadSession: true,
          promptCapabilities: { image: true, audio: false, embeddedContext: true },
          sessionCapabilities: { list: {}, resume: {}, close: {} },
        },
        authMethods: [],
      };
    })
    .onRequest(methods.agent.session.new, ({ params }) =>
      told(async () => {
        const server = servers.of(params.cwd);
        const client = await server.client();
        const id = await beginSession(client, 'ask');
        const session = await open(id, server);
        noServers(params.mcpServers);
        later(() => session.announce());
        return { sessionId: id, modes: modesIn('ask', language), configOptions: await modelsOf(client) };
      }),
    )
    .onRequest(methods.agent.session.load, ({ params }) =>
      told(async () => {
        const { client, session } = await found(params.sessionId, params.cwd);
        noServers(params.mcpServers);
        await session.replay();
        later(async () => {
          await session.announce();
          await session.goOn();
        });
        return stateOf(client, params.sessionId);
      }),
    )
    .onRequest(methods.agent.session.resume, ({ params }) =>
      told(async () => {
        const { client, session } = await found(params.sessionId, params.cwd);
        noServers(params.mcpServers ?? []);
        later(async () => {
          await session.announce();
          await session.goOn();
        });
        return stateOf(client, params.sessionId);
      }),
    )
    .onRequest(methods.agent.session.list, ({ params }) =>
      told(async (): Promise<ListSessionsResponse> => {
        const server = servers.of(params.cwd ?? process.cwd());
        const all = await reach(() => server.client(), listSessions);
        return {
          sessions: all
            .filter(({ title }) => title !== '')
            .map(({ conversation, title, updatedAt }) => ({ sessionId: conversation, cwd: server.root, title, updatedAt })),
        };
      }),
    )
    .onRequest(methods.agent.session.close, ({ params: { sessionId } }) =>
      told(async () => {
        await sessions.get(sessionId)?.close();
        sessions.delete(sessionId);
        return {};
      }),
    )
    .onRequest(methods.agent.session.setMode, ({ params: { sessionId, modeId } }) =>
      told(async () => {
        const { server } = sessionOf(sessionId);
        const mode = modes.find((each) => each === modeId);
        if (mode === undefined)
          throw RequestError.invalidParams(undefined, `There is no mode ${modeId}. Take ${modes.join(', ')}.`);
        await reach(
          () => server.client(),
          (client) => client.put(sessionPath(sessionId), { mode }),
        );
        return {};
      }),
    )
    .onRequest(methods.agent.session.setConfigOption, ({ params }) =>
      told(async () => {
        const client = await sessionOf(params.sessionId).server.client();
        const value = 'value' in params ? params.value : undefined;
        if (params.configId !== modelOption || typeof value !== 'string')
          throw RequestError.invalidParams(undefined, `There is one option, "${modelOption}", with the name of a route.`);
        await chooseModel(client, value, language);
        return { configOptions: await modelsOf(client, value) };
      }),
    )
    .onRequest(methods.agent.session.prompt, ({ params: { sessionId, prompt }, signal }) =>
      told(() => sessionOf(sessionId).prompt(prompt, signal)),
    )
    .onNotification(methods.agent.session.cancel, async ({ params: { sessionId } }) => {
      await sessions.get(sessionId)?.cancel();
    });
  const connection = app.connect(ndJsonStream(streams.output, streams.input));
  await connection.closed;
  await Promise.allSettled([...sessions.values()].map((session) => session.leave()));
  await buffers?.[Symbol.asyncDispose]();
}

/** The Timonel of each repository that sessions are in. */
class Servers implements AsyncDisposable {
  readonly #byRoot = new Map<string, CodeServer>();

  /** @throws UsageError where there is no such folder */
  of(folder: string): CodeServer {
    const root = repositoryRoot(folder);
    let server = this.#byRoot.get(root);
    if (server === undefined) {
      server = new CodeServer(root);
      this.#byRoot.set(root, server);
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#byRoot.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}

/** After the answer has been sent: an editor knows the session only by then. */
function later(work: () => Promise<void>): void {
  setImmediate(() => void work().catch((error: unknown) => console.error(messageOf(error))));
}

/** What cannot be done is told with its reason. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    console.error(error instanceof TimonelError || error instanceof UsageError ? error.message : error);
    const wrong = error instanceof UsageError || (error instanceof TimonelError && error.status < 500);
    throw wrong ? RequestError.invalidParams(undefined, messageOf(error)) : RequestError.internalError(undefined, messageOf(error));
  }
}

function noServers(servers: readonly { name: string }[]): void {
  if (servers.length > 0)
    console.error(
      `MCP servers come from the settings of the user and the project; not taken: ${servers.map(({ name }) => name).join(', ')}`,
    );
}

async function stateOf(client: ApiClient, id: string) {
  const { mode } = await client.get<{ mode: CodeMode }>(sessionPath(id));
  return { modes: modesIn(mode, languageOf()), configOptions: await modelsOf(client) };
}

function modesIn(current: CodeMode, language: ReturnType<typeof languageOf>): SessionModeState {
  return {
    currentModeId: current,
    availableModes: modes.map((id) => ({
      id,
      name: `${id[0]?.toUpperCase()}${id.slice(1)}`,
      description: sentence(language, id === 'ask' ? 'ask-mode' : id),
    })),
  };
}

const modelOption = 'model';

/** One option with the routes that there are; none without a model. */
async function modelsOf(client: ApiClient, chosen?: string): Promise<SessionConfigOption[]> {
  const routes = await listRoutes(client);
  const standard = routes.find(({ alias }) => alias === 'default');
  if (standard === undefined) return [];
  const others = routes.filter(({ alias }) => alias !== 'default');
  const same = others.find(({ targets }) => targets[0]?.model === standard.targets[0]?.model);
  const options = [
    {
      value: autoRoute,
      name: autoRoute,
      description: standard.version === 0 ? standard.targets.map(({ model }) => model).join(', ') : 'as the environment has it',
    },
    ...others.map(({ alias, targets }) => ({
      value: alias,
      name: shownAlias(alias),
      description: targets.map(({ model }) => model).join(', '),
    })),
  ];
  const current = chosen ?? (standard.version === 0 ? autoRoute : same?.alias) ?? autoRoute;
  return [
    {
      id: modelOption,
      name: 'Model',
      category: 'model',
      type: 'select',
      currentValue: options.some(({ value }) => value === current) ? current : autoRoute,
      options,
    },
  ];
}

/** What the terminal asks of servers: which there are, why one is not connected, connect, disconnect, sign in. */
import { z } from 'zod';
import { type AnyRoute, defineRoute, TimonelError } from '../../src/index.ts';
import { browserLogin, type McpHub, McpNotConnected } from '../../src/mcp.ts';

const permission = 'coder:use';
const server = z.object({
  name: z.string(),
  origin: z.enum(['user', 'project']),
  kind: z.enum(['stdio', 'http', 'sse']),
  state: z.enum(['disabled', 'unapproved', 'idle', 'connecting', 'connected', 'retrying', 'login', 'failed']),
  shown: z.string(),
  launch: z.string(),
  because: z.string().optional(),
  tools: z.array(z.string()),
  version: z.string().optional(),
  protocol: z.string().optional(),
});
const params = z.object({ server: z.string().max(64) });

export function mcpRoutes(hub: McpHub): readonly AnyRoute[] {
  const list = defineRoute({
    method: 'GET',
    path: '/mcp',
    summary: 'Servers of the Model Context Protocol, their state, and what is wrong in the settings',
    permission,
    answer: z.object({ servers: z.array(server), faults: z.array(z.string()) }),
    async handle() {
      const { servers, faults } = await hub.servers();
      return { servers: servers.map((each) => ({ ...each, tools: [...each.tools] })), faults: [...faults] };
    },
  });

  const connect = defineRoute({
    method: 'POST',
    path: '/mcp/:server/connect',
    summary: 'Connect a server; one of the project with the launch that the person saw',
    permission,
    asksOutside: true,
    params,
    body: z.strictObject({ launch: z.string().max(64).optional() }),
    answer: server,
    handle: ({ params: { server: name }, body: { launch } }) =>
      refusing(async () => {
        if (launch !== undefined) await hub.approve(name, launch);
        await hub.connect(name);
        return viewOf(hub, name);
      }),
  });

  const disconnect = defineRoute({
    method: 'POST',
    path: '/mcp/:server/disconnect',
    summary: 'End the connection to a server; it is made anew when a tool of it is asked for',
    permission,
    params,
    answer: server,
    handle: ({ params: { server: name } }) =>
      refusing(async () => {
        await hub.disconnect(name);
        return viewOf(hub, name);
      }),
  });

  const login = defineRoute({
    method: 'POST',
    path: '/mcp/:server/login',
    summary:
      'Begin a sign-in: the address that the person opens in a browser of this machine, or none where the server asks for no sign-in',
    permission,
    asksOutside: true,
    params,
    answer: z.object({ url: z.string().nullable() }),
    handle: ({ params: { server: name } }) => refusing(() => beginLogin(hub, name)),
  });

  const logout = defineRoute({
    method: 'POST',
    path: '/mcp/:server/logout',
    summary: 'Forget the tokens of a server',
    permission,
    params,
    answer: server,
    handle: ({ params: { server: name } }) =>
      refusing(async () => {
        await hub.logout(name);
        return viewOf(hub, name);
      }),
  });
  return [list, connect, disconnect, login, logout];
}

/** The sign-in goes on when this has answered: its end is the state of the server. */
async function beginLogin(hub: McpHub, name: string): Promise<{ url: string | null }> {
  const { settings } = await hub.entry(name);
  if (settings.kind === 'stdio')
    throw new McpNotConnected('failed', `${name} is a program of this machine: what it needs goes into "env" of its settings.`);
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const port = settings.oauth?.callbackPort;
  const browser = await browserLogin((url) => resolve(url.href), port === undefined ? {} : { port });
  void hub
    .login(name, browser)
    .then(() => resolve(null), reject)
    .finally(() => browser[Symbol.asyncDispose]());
  return { url: await promise };
}

async function viewOf(hub: McpHub, name: string): Promise<z.infer<typeof server>> {
  const found = (await hub.servers()).servers.find((each) => each.name === name);
  if (found === undefined) throw new McpNotConnected('failed', `There is no server "${name}".`);
  return { ...found, tools: [...found.tools] };
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof McpNotConnected) throw new TimonelError('invalid_request', error.message);
    throw error;
  }
}

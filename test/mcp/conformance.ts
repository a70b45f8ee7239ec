/** The client scenarios of the conformance suite against our client, judged by scenario: something was checked, and nothing failed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { McpConnection } from '../../src/mcp/connection.ts';
import type { McpHttpSettings, McpOAuthSettings, McpProtocol } from '../../src/mcp/contract.ts';
import type { McpAuthorizer } from '../../src/mcp/sign-in.ts';
import { tokensInMemory } from '../../src/mcp/token-store.ts';
import type { JsonObject } from '../../src/vocabulary.ts';

export interface PlayedScenario {
  name: string;
  /** Checks by what they came to. */
  passed: number;
  failed: readonly string[];
  /** What our client said, where something failed. */
  said: string;
}

interface Asked {
  url: string;
  scenario: string;
  protocol: McpProtocol;
  context: Record<string, string> & { toolCalls?: { name: string; arguments: JsonObject }[] };
}

/** A person who says yes at once: the browser is sent back by a redirect. */
const authorizer: McpAuthorizer = {
  redirectUrl: 'http://127.0.0.1:3000/callback',
  async authorize(asked) {
    const { headers } = await fetch(asked, { redirect: 'manual' });
    return new URL(headers.get('location') ?? '').searchParams;
  },
};

/**
 * @param which `--requirements <revision>` or `--scenario <name>`
 * @param reach in place of the suite's server; for the control
 */
export async function playConformance(which: readonly string[], reach?: string): Promise<PlayedScenario[]> {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-mcp-'));
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const asked = JSON.parse(text) as Asked;
    const lines: string[] = [];
    const worked = await play({ ...asked, url: reach ?? asked.url }, (line) => lines.push(line)).then(
      () => true,
      (error: unknown) => {
        lines.push(String(error));
        return false;
      },
    );
    response.writeHead(worked ? 200 : 500).end(lines.join('\n'));
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const suite = new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url).pathname;
    const launcher = new URL('conformance-launcher.ts', import.meta.url).pathname;
    const args = ['client', '--command', `${process.execPath} ${launcher} ${port}`, '--timeout', '90000', '-o', folder, ...which];
    const child = spawn(process.execPath, [suite, ...args], { stdio: 'ignore' });
    await once(child, 'close');
    return resultsIn(folder);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Scenarios that no set of requirements has: those of 2025-03-26, and of skills. */
const besides = [
  'auth/2025-03-26-oauth-metadata-backcompat',
  'auth/2025-03-26-oauth-endpoint-fallback',
  'sep-2640-client-no-prefetch',
  'sep-2640-client-verify-digest',
  'sep-2640-client-verify-size',
  'sep-2640-client-verify-frontmatter',
];

/** Every client scenario, those of both revisions by the wire of each. @param reach as for {@link playConformance} */
export async function allClientScenarios(reach?: string): Promise<PlayedScenario[]> {
  const played: PlayedScenario[] = [];
  for (const revision of ['2026-07-28', '2025-11-25']) played.push(...(await playConformance(['--requirements', revision], reach)));
  for (const name of besides) played.push(...(await playConformance(['--scenario', name], reach)));
  return played;
}

/** What was not met: something failed, or nothing was checked. */
export function unmet(played: readonly PlayedScenario[]): PlayedScenario[] {
  return played.filter(({ passed, failed }) => failed.length > 0 || passed === 0);
}

function resultsIn(folder: string): PlayedScenario[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('checks.json'))
    .map((path) => {
      const checks = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
        id: string;
        status: string;
        errorMessage?: string;
      }[];
      const failed = checks
        .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
        .map(({ id, errorMessage = '' }) => `${id} ${errorMessage}`.trim());
      const said = failed.length === 0 ? '' : readFileSync(join(folder, dirname(path), 'stderr.txt'), 'utf8');
      return {
        name: path.replace(/-\d{4}-\d{2}-\d{2}T[^/]*\/checks\.json$/, ''),
        passed: checks.filter(({ status }) => status === 'SUCCESS').length,
        failed,
        said,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function play({ url, scenario, protocol, context }: Asked, say: (line: string) => void): Promise<void> {
  const settings: McpHttpSettings = { kind: 'http', url, headers: {}, oauth: signInOf(scenario, context), protocol };
  await using connection = disposed(
    new McpConnection(
      { name: 'suite', origin: 'user', settings, shown: url, launch: 'suite' },
      {
        environment: {},
        tokens: tokensInMemory(),
        authorizer,
        // Takes what the server proposes.
        elicit: async () => ({ action: 'accept', content: {} }),
      },
    ),
  );
  if (scenario.startsWith('sep-2640-client-')) return await lookAtSkills(connection, scenario, say);
  const tools = await connection.tools();
  const echoed = [...tools.values()][0]?.inputSchema;
  const calls =
    context.toolCalls ??
    [...tools.values()].map(({ name, inputSchema }) => ({ name, arguments: argumentsFor(inputSchema, echoed ?? {}) }));
  for (const { name, arguments: args } of calls) say(`${name} ${JSON.stringify(await connection.call(name, args))}`);
}

/** Every file of every skill is asked for, but where the scenario looks at what is done before that. */
async function lookAtSkills(connection: McpConnection, scenario: string, say: (line: string) => void): Promise<void> {
  for (const { uri, files = [] } of await connection.skills()) {
    if (scenario === 'sep-2640-client-no-prefetch') continue;
    for (const file of files) say(await connection.skillFile(uri, file).then(({ text }) => text, String));
  }
}

const disposed = (connection: McpConnection) =>
  Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() }) as McpConnection & AsyncDisposable;

function signInOf(scenario: string, context: Asked['context']): McpOAuthSettings {
  const { client_id: clientId, client_secret: clientSecret, issuer } = context;
  const named = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(issuer === undefined ? {} : { issuer }),
  };
  switch (scenario) {
    case 'auth/client-credentials-jwt':
      return {
        ...named,
        grant: 'client_credentials',
        privateKey: context['private_key_pem'] ?? '',
        algorithm: context['signing_algorithm'] ?? '',
      };
    case 'auth/client-credentials-basic':
      return { ...named, grant: 'client_credentials' };
    case 'auth/wif-jwt-bearer':
      return { ...named, grant: 'jwt-bearer', assertion: context['valid_jwt'] ?? '' };
    case 'auth/enterprise-managed-authorization':
      return {
        ...named,
        grant: 'cross-app',
        identityProvider: {
          tokenEndpoint: context['idp_token_endpoint'] ?? '',
          clientId: context['idp_client_id'] ?? '',
          idToken: context['idp_id_token'] ?? '',
        },
      };
    case 'auth/dpop':
    case 'auth/dpop-nonce':
      return { ...named, dpop: true };
    default:
      return { ...named, clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' };
  }
}

/** Something of the right kind for each argument that the tool needs; where it wants a schema, that of the first tool. */
function argumentsFor(schema: JsonObject, echoed: JsonObject): JsonObject {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, { type?: string }>; required?: string[] };
  const kinds: Readonly<Record<string, JsonObject[string]>> = { number: 2, integer: 3, boolean: true, object: echoed };
  return Object.fromEntries(required.map((name) => [name, kinds[properties[name]?.type ?? ''] ?? 'text']));
}

/** Our client as the conformance suite starts it: the address is the last argument, the scenario is in the environment. */
import { McpConnection } from '../../src/mcp/connection.ts';
import type { McpHttpSettings, McpOAuthSettings, McpProtocol } from '../../src/mcp/contract.ts';
import type { JsonObject } from '../../src/vocabulary.ts';
import type { McpAuthorizer } from '../../src/mcp/sign-in.ts';
import { tokensInMemory } from '../../src/mcp/token-store.ts';

const url = process.argv.at(-1) ?? '';
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const protocol = (process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] ?? 'auto') as McpProtocol;
const given = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Record<string, string>;

/** A person who says yes at once: the browser is sent back by a redirect. */
const authorizer: McpAuthorizer = {
  redirectUrl: 'http://127.0.0.1:3000/callback',
  async authorize(asked) {
    const { headers } = await fetch(asked, { redirect: 'manual' });
    return new URL(headers.get('location') ?? '').searchParams;
  },
};

const oauth: McpOAuthSettings = { ...oauthOf() };
const settings: McpHttpSettings = { kind: 'http', url, headers: {}, oauth, protocol };
const connection = new McpConnection(
  { name: 'suite', origin: 'user', settings, shown: url, launch: 'suite' },
  {
    environment: {},
    tokens: tokensInMemory(),
    authorizer,
    // Fills in what the server proposes.
    elicit: async () => ({ action: 'accept', content: {} }),
  },
);

await connection.connect();
const tools = await connection.tools();
console.error([...tools.keys()].join(', '));
for (const { name, inputSchema } of tools.values()) {
  const answer = await connection.call(name, argumentsFor(inputSchema));
  console.error(name, JSON.stringify(answer));
}
await connection.close();

function oauthOf(): McpOAuthSettings {
  return { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json', ...(given['client_id'] === undefined ? {} : { clientId: given['client_id'] }), ...(given['client_secret'] === undefined ? {} : { clientSecret: given['client_secret'] }) };
}

/** Something of the right kind for each argument that the tool needs. */
function argumentsFor(schema: JsonObject): JsonObject {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, { type?: string }>; required?: string[] };
  return Object.fromEntries(required.map((name) => [name, properties[name]?.type === 'number' ? 2 : properties[name]?.type === 'boolean' ? true : properties[name]?.type === 'integer' ? 3 : 'text']));
}

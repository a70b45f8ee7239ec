/** What servers may do in an agent: decided from settings and hashes, never from what a server says of itself. */
import type { PolicyFacts, Rule } from '../policy/contract.ts';
import type { McpCallFacts, McpConnectFacts } from './tools.ts';

/** The rules for `mcpTools`. */
export function mcpRules(): readonly Rule[] {
  return [servers, calls, afterUntrusted];
}

const servers: Rule = {
  id: 'mcp-servers-ask',
  description: 'A server that a project names is started or reached after a person saw how, and said yes',
  tools: ['mcp_connect'],
  evaluate(_call, { loaded }) {
    const { server, shown, approved, problem } = loaded as McpConnectFacts;
    // What will be refused anyway is no question.
    if (approved || problem !== undefined) return undefined;
    return {
      kind: 'ask',
      reason: {
        es: `El proyecto pide el servidor ${server}. Corre o se conecta con tus permisos:\n${shown}`,
        en: `The project names the server ${server}. It runs or connects with your rights:\n${shown}`,
      },
    };
  },
};

const calls: Rule = {
  id: 'mcp-calls-ask',
  description:
    'A tool of a server is asked about, once or for this definition of it; those that the settings of the user allow are not',
  tools: ['mcp'],
  evaluate(_call, { loaded }) {
    const { server, tool, definition, allowed, shown, problem } = loaded as McpCallFacts;
    if (allowed || problem !== undefined) return undefined;
    return {
      kind: 'ask',
      reason: { es: `${shown}\nLo hace un servidor de otros.`, en: `${shown}\nA server of others does it.` },
      // A tool with another description is another tool.
      pattern: { server, tool, definition },
    };
  },
};

const afterUntrusted: Rule = {
  id: 'mcp-after-untrusted',
  description: 'After texts of others than the server itself were read in a turn, what is sent to it is asked about each time',
  tools: ['mcp'],
  evaluate(_call, { loaded, calls: made }) {
    const { server, shown, problem } = loaded as McpCallFacts;
    if (problem !== undefined || !made.some((call) => isFromElsewhere(call, server))) return undefined;
    return {
      kind: 'ask',
      reason: {
        es: `${shown}\nSale hacia un servidor, y en este turno el agente leyó textos que podrían haberlo llevado a esto.`,
        en: `${shown}\nIt goes to a server, and in this turn the agent read texts that might have led it to this.`,
      },
    };
  },
};

const ofServers: ReadonlySet<string> = new Set(['mcp', 'mcp_tools', 'mcp_skill', 'mcp_connect']);

/** What the server said itself leads to nothing but its own tools, about which a person is asked. */
function isFromElsewhere({ tool, output }: PolicyFacts['calls'][number], server: string): boolean {
  if (typeof output !== 'object' || output === null || Array.isArray(output) || output['untrusted'] !== true) return false;
  return !(ofServers.has(tool) && output['server'] === server);
}

import type { LanguageModelV4 } from '@ai-sdk/provider';
import { TimonelError } from './errors.ts';
import type { Price } from './llm/money/price-table.ts';
import type { RouteInput } from './llm/routes/route.ts';
import type { AgentDefinition } from './run/contract.ts';
import { suggestion } from './suggestion.ts';

/** What a project's `timonel.config.ts` decides. Settings of one machine (ports, URLs, secrets) come from the environment instead. */
export interface ProjectConfig {
  agents: readonly AgentDefinition[];
  /** Models by the name that agents use. Any provider of the Vercel AI SDK fits. `default` serves agents that name none. */
  models?: Readonly<Record<string, LanguageModelV4>>;
  /**
   * US dollars per million tokens, by `provider/model` or by model name. They come before the shipped list prices; a limit of money applies
   * to models with a price.
   */
  prices?: Readonly<Record<string, Price>>;
  /**
   * By agent, the URL of the system that answered before Timonel did. It gets a turn as JSON when the model fails and the agent has no flows,
   * or when the flag `fallback.<agent>` says `http`. See docs/releases.md.
   */
  fallbacks?: Readonly<Record<string, string>>;
  /** Routes by alias: which models answer under one name, in which order. Those that a workspace stored come before them. */
  routes?: Readonly<Record<string, RouteInput>>;
}

/** Every key of a project; the compiler holds it to the interface. */
const projectKeys = Object.keys({
  agents: true,
  models: true,
  prices: true,
  fallbacks: true,
  routes: true,
} satisfies Record<keyof ProjectConfig, true>);

const fits = {
  string: (part: unknown) => typeof part === 'string',
  'string or a function': (part: unknown) => typeof part === 'string' || typeof part === 'function',
  list: (part: unknown) => Array.isArray(part),
};

/** What an agent cannot do without, and its type. */
const agentParts = {
  name: 'string',
  version: 'string',
  description: 'string',
  prompt: 'string or a function',
  tools: 'list',
  policy: 'list',
} as const satisfies Partial<Record<keyof AgentDefinition, keyof typeof fits>>;

/**
 * Checks what a `timonel.config.ts` exports, where the compiler did not see it.
 * @param from the file that it comes from.
 * @returns the agents by name; where the project has an agent in several versions, the first.
 * @throws TimonelError `config_invalid`, with every fault and what would have worked.
 */
export function checkProject(project: unknown, from = 'The project'): ReadonlyMap<string, AgentDefinition> {
  const faults = isRecord(project) ? faultsOf(project) : [`it must be an object: export default defineConfig({ agents: [ … ] })`];
  if (faults.length > 0) {
    const said = faults.length === 1 ? ` ${faults[0]}` : `\n  ${faults.join('\n  ')}`;
    throw new TimonelError('config_invalid', `${from} is not valid:${said}`, { details: { faults } });
  }
  const agents = new Map<string, AgentDefinition>();
  for (const agent of (project as ProjectConfig).agents) if (!agents.has(agent.name)) agents.set(agent.name, agent);
  return agents;
}

function faultsOf(project: Record<string, unknown>): string[] {
  const { agents } = project;
  return [
    ...Object.keys(project)
      .filter((key) => !projectKeys.includes(key))
      .map((key) => `${key}: no such key; ${suggestion(key, projectKeys) ?? `there are ${projectKeys.join(', ')}`}`),
    ...(Array.isArray(agents)
      ? agents.flatMap(agentFaults)
      : [`agents: must be a list of agents, e.g. agents: [booking] with the imported agent, not ${described(agents)}`]),
    ...(Array.isArray(agents) && agents.length === 0 ? ['agents: there is none. Make one with `timonel new agent <name>`'] : []),
    ...projectKeys
      .filter((key) => key !== 'agents' && project[key] !== undefined && !isRecord(project[key]))
      .map((key) => `${key}: must be an object with names as its keys, not ${described(project[key])}`),
  ];
}

function agentFaults(agent: unknown, position: number): string[] {
  if (!isRecord(agent)) return [`agents[${position}]: must be an agent, made with defineAgent({ … }), not ${described(agent)}`];
  const name = typeof agent['name'] === 'string' ? ` (${agent['name']})` : '';
  const wrong = Object.entries(agentParts)
    .filter(([part, type]) => !fits[type](agent[part]))
    .map(([part, type]) => `${part} (a ${type})`);
  return wrong.length === 0
    ? []
    : [`agents[${position}]${name}: lacks ${wrong.join(', ')}. defineAgent({ … }) checks an agent where it is written`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

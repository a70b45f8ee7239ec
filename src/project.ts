import type { LanguageModelV4 } from '@ai-sdk/provider';
import { TimonelError } from './errors.ts';
import type { MinutePrice, Price } from './llm/money/price-table.ts';
import type { RouteInput } from './llm/routes/route.ts';
import type { AgentDefinition } from './run/contract.ts';
import { routeFaults } from './run/route.ts';
import { suggestion } from './suggestion.ts';
import { metricFaults, metricNameOf } from './tools/metrics.ts';

/** What a project's `timonel.config.ts` decides. Settings of one machine (ports, URLs, secrets) come from the environment instead. */
export interface ProjectConfig {
  agents: readonly AgentDefinition[];
  /** Models by the name that agents use. Any provider of the Vercel AI SDK fits. `default` serves agents that name none. */
  models?: Readonly<Record<string, LanguageModelV4>>;
  /**
   * US dollars per million tokens, or `{ perMinute }` of sound, by `provider/model` or by model name. They come before the shipped list prices; a limit of money applies
   * to models with a price.
   */
  prices?: Readonly<Record<string, Price | MinutePrice>>;
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
  requireOwnMetrics([...agents.values()], from);
  return agents;
}

/** Names of agents and metrics are joined, and two may give one. */
function requireOwnMetrics(agents: readonly AgentDefinition[], from: string): void {
  const seen = new Map<string, string>();
  for (const { name: agent, metrics = {} } of agents) {
    for (const [metric, declared] of Object.entries(metrics)) {
      const name = metricNameOf(agent, metric, declared);
      const other = seen.get(name);
      if (other !== undefined)
        throw new TimonelError(
          'config_invalid',
          `${from} is not valid: the agents "${other}" and "${agent}" both have a metric ${name}. Rename one.`,
        );
      seen.set(name, agent);
    }
  }
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
    ...Object.entries(isRecord(project['models']) ? project['models'] : {})
      .filter(([, model]) => !isRecord(model) || typeof model['doGenerate'] !== 'function')
      .map(([key, model]) => `models.${key}: must be a model of the AI SDK, e.g. openai('gpt-5-mini'), not ${described(model)}`),
  ];
}

function agentFaults(agent: unknown, position: number): string[] {
  if (!isRecord(agent)) return [`agents[${position}]: must be an agent, made with defineAgent({ … }), not ${described(agent)}`];
  const name = typeof agent['name'] === 'string' ? ` (${agent['name']})` : '';
  const at = `agents[${position}]${name}`;
  const wrong = Object.entries(agentParts)
    .filter(([part, type]) => !fits[type](agent[part]))
    .map(([part, type]) => `${part} (a ${type})`);
  if (wrong.length > 0) return [`${at}: lacks ${wrong.join(', ')}. defineAgent({ … }) checks an agent where it is written`];
  return [
    ...(agentName.test(String(agent['name']))
      ? []
      : [
          `${at}.name: must be letters, digits, ".", "_" and "-", at most 64, e.g. front-desk; it stands in addresses and in names of models`,
        ]),
    ...partFaults(agent['tools'], `${at}.tools`, 'defineTool', { name: 'string', input: 'object', execute: 'function' }),
    ...partFaults(agent['policy'], `${at}.policy`, 'defineRule', { id: 'string', tools: 'object', evaluate: 'function' }),
    ...(agent['jobs'] === undefined ? [] : partFaults(agent['jobs'], `${at}.jobs`, undefined, { name: 'string', run: 'function' })),
    ...(agent['flows'] === undefined
      ? []
      : partFaults([agent['flows']], `${at}.flows`, undefined, { understand: 'function', next: 'function' })),
    ...declaredFaults(agent as unknown as AgentDefinition).map((fault) => `${at}: ${fault}`),
  ];
}

/** Its routes and metrics, where the lists are lists. */
function declaredFaults(agent: AgentDefinition): string[] {
  const { routes = [], metrics = {} } = agent;
  const shapes = Array.isArray(routes) ? partFaults(routes, 'routes', 'defineRoute', { method: 'string', handle: 'function' }) : [];
  if (!Array.isArray(routes)) return [`routes: must be a list, not ${described(routes)}`];
  if (!isRecord(metrics)) return [`metrics: must be an object with names as its keys, not ${described(metrics)}`];
  return shapes.length > 0 ? shapes : [...routeFaults(agent), ...metricFaults(agent)];
}

const agentName = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** What is wrong in a list of parts, each of which has to have these members. */
function partFaults(parts: unknown, at: string, maker: string | undefined, members: Readonly<Record<string, string>>): string[] {
  if (!Array.isArray(parts)) return [`${at}: must be a list, not ${described(parts)}`];
  return parts.flatMap((part: unknown, index) => {
    const lacking = Object.entries(members)
      .filter(([member, type]) => !isRecord(part) || typeof part[member] !== type)
      .map(([member, type]) => `${member} (${type === 'object' ? 'an' : 'a'} ${type})`);
    const made = maker === undefined ? '' : `; make it with ${maker}({ … })`;
    return lacking.length === 0 ? [] : [`${at}${parts.length > 1 ? `[${index}]` : ''}: lacks ${lacking.join(', ')}${made}`];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string'
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? 'a list'
      : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/**
 * The public API of Timonel: what an agent is made of, and the language that agents understand without a model.
 *
 * @module timonel
 */
import { consultingTool } from './dialogue/consult.ts';
import { messageOf } from './errors.ts';
import { vouchedRoles } from './identity/vouched.ts';
import { splitModel } from './llm/routes/route.ts';
import type { Rule } from './policy/contract.ts';
import type { ProjectConfig } from './project.ts';
import type { AgentCommand, ResourceDefinition } from './resources/contract.ts';
import { fieldsOf } from './resources/fields.ts';
import type { AgentDefinition } from './run/contract.ts';
import { type AgentRoute, type AnyRoute, type PageAnswer, routeFaults, takenWords } from './run/route.ts';
import type { Tool } from './tools/contract.ts';
import { inputSchemaOf } from './tools/input-schema.ts';
import { metricFaults } from './tools/metrics.ts';
import { retrieveTool } from './tools/retrieve-tool.ts';

export type { Artifact, NewArtifact, ReadableArtifact, TextPiece, ToolArtifacts } from './artifacts/contract.ts';
export { partOf } from './artifacts/part.ts';
export { understand } from './dialogue/reservations/understand.ts';
export { TimonelError } from './errors.ts';
export type { AgentLinks, OpenedLink } from './identity/agent-links.ts';
export { canonicalEmail } from './identity/canonical-email.ts';
export { newConfirmationCode, normaliseCode } from './identity/claims/confirmation-codes.ts';
export {
  type ClaimedContact,
  type ClaimPlace,
  claimKeys,
  type FailedClaims,
  failedClaims,
  failedClaimsPerHour,
} from './identity/claims/failed-claims.ts';
export { foldName, sameName } from './identity/claims/same-name.ts';
export {
  type AgentSecrets,
  type OutsideAnswer,
  OutsideFault,
  type OutsideRequest,
  type OutsideRequests,
  type ReachesOutside,
} from './identity/outside.ts';
export type { AgentPermission, Permission } from './identity/permissions.ts';
export type { Principal } from './identity/principal.ts';
export type { FoundByAgent, PersonQuery, TableOfData } from './identity/privacy/contract.ts';
export type { AgentAccounts, AgentSession, VouchedPerson, VouchedRole } from './identity/vouched.ts';
export { type PassagesAsText, type PassageTemplate, passagesAsText } from './knowledge/context-builder.ts';
export type {
  AgentKnowledge,
  Citation,
  Evidence,
  MetadataFilter,
  NewPassageFeedback,
  Passage,
  PassageFeedback,
  PassageVerdict,
  Retrieved,
  RetrieveQuery,
  Strategy,
} from './knowledge/contract.ts';
export type {
  Language,
  NamedThing,
  ReferenceTime,
  Slots,
  TimeMention,
  Understanding,
  UnderstandingContext,
  Vocabulary,
} from './language/contract.ts';
export { readablePart } from './language/text.ts';
export { findTimeMentions } from './language/time/mentions.ts';
export { understoodAs } from './language/understood-as.ts';
export { phoneKey, samePhone } from './phone-numbers.ts';
export { type AskAfterUntrusted, askAfterUntrusted } from './policy/after-untrusted.ts';
export { type ConfirmedFirst, confirmedFirst } from './policy/confirmed-first.ts';
export type { Subject, Wording } from './policy/consent.ts';
export type { PolicyFacts, ProposedCall, Rule, RuleAnswer, SaidBefore } from './policy/contract.ts';
export type { ProjectConfig } from './project.ts';
export type {
  AgentCommand,
  ResourceActions,
  ResourceContext,
  ResourceDefinition,
  ResourceField,
  ResourceOperation,
  ResourceRow,
  ResourceValues,
  RowFault,
} from './resources/contract.ts';
export { rejectRow } from './resources/validate.ts';
export type {
  AgentDefinition,
  FlowMove,
  Flows,
  FlowTurn,
  GuardAnswer,
  GuardContext,
  GuardedTurn,
  Job,
  JobContext,
  MemoryOptions,
  NewJobRun,
  PartKind,
  PersonalData,
  PromptTurn,
  RunLimits,
  RunsOfJob,
  SettledContext,
  SettledTurn,
} from './run/contract.ts';
export type { AgentRoute, AnyRoute, PageAnswer, PageCookie, RouteContext, RouteRequest } from './run/route.ts';
export type { ChildResult } from './store/child-runs.ts';
export type { CompletionAnswer } from './store/completions.ts';
export type { Database } from './store/database.ts';
export type { JoinMode } from './store/waits.ts';
export type {
  Answerable,
  AnyTool,
  ChannelConnection,
  CompletesCalls,
  Completion,
  NewRun,
  Reconciliation,
  RunsOfCall,
  ScheduleInAgent,
  Tool,
  ToolContext,
  WorkspaceAccess,
} from './tools/contract.ts';
export { EffectDidNotHappen } from './tools/contract.ts';
export type { AgentMetric, AgentMetrics, CountsMetrics } from './tools/metrics.ts';
export { readOutput } from './tools/read-output.ts';
export { type RetrieveOutput, type RetrieveToolOptions, retrieveTool } from './tools/retrieve-tool.ts';
export type { AgentMessage, AgentMessageSent, SendsMessages } from './tools/send.ts';
export type { AgentState, StateEntry, StateStore } from './tools/state.ts';
export type {
  CallRecord,
  Contact,
  JsonObject,
  JsonValue,
  LocalizedText,
  LocationPart,
  MediaPart,
  MessagePart,
  Outcome,
  PlannedCall,
  Reply,
  Spilled,
} from './vocabulary.ts';

/**
 * Declares a tool; the type of `execute`'s input follows from the schema.
 * @throws TypeError where it could not work, e.g. since JSON Schema cannot express its input
 */
export function defineTool<Input, Output>(tool: Tool<Input, Output>): Tool<Input, Output> {
  if (!/^[a-z][a-z0-9_]*$/.test(tool.name)) throw new TypeError(`Tool name "${tool.name}" must be snake_case, e.g. "find_orders".`);
  if (tool.effect === 'write' && tool.target === undefined) {
    throw new TypeError(`Tool "${tool.name}" writes: say where with target: 'database' or target: 'outside'.`);
  }
  if (tool.background === true && tool.target === 'database') {
    throw new TypeError(
      `Tool "${tool.name}" is answered from outside, later, and its transaction cannot wait: target: 'outside', or a read.`,
    );
  }
  const { maxOutputBytes } = tool;
  if (maxOutputBytes !== undefined && !(Number.isInteger(maxOutputBytes) && maxOutputBytes >= 256 && maxOutputBytes <= 1_048_576))
    throw new TypeError(`Tool "${tool.name}": maxOutputBytes must be a whole number from 256 to 1048576.`);
  inputSchemaOf(tool);
  return tool;
}

/** Declares a policy rule. */
export function defineRule(rule: Rule): Rule {
  if (!/^[a-z][a-z0-9-]*$/.test(rule.id)) throw new TypeError(`Rule id "${rule.id}" must be kebab-case, e.g. "own-orders-only".`);
  return rule;
}

/** Declares rows that people of a workspace manage. @throws TypeError that says what would be right */
export function defineResource(resource: ResourceDefinition): ResourceDefinition {
  const { name, table, key, order, filters = [], search = [], fields: options = {} } = resource;
  const wrong = (what: string) => new TypeError(`Resource "${name}": ${what}`);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw wrong('its name must be kebab-case, e.g. "opening-hours".');
  if (takenWords.has(name)) throw wrong('Timonel has something of that name already. Call it otherwise.');
  if (!/^[a-z][a-z0-9_]*$/.test(table)) throw wrong(`the table "${table}" must be in small letters with underscores.`);
  const fields = fieldsOf(resource);
  const names = fields.map((field) => field.name);
  const taken = names.find(
    (each) => ['id', 'version', 'limit', 'after', 'sort', 'q', 'format'].includes(each) || each.includes('.'),
  );
  if (taken !== undefined) throw wrong(`a field cannot be named "${taken}".`);
  const unknown = [...key, ...order, ...filters, ...search, ...Object.keys(options)].find((each) => !names.includes(each));
  if (unknown !== undefined) throw wrong(`"${unknown}" is no field of its schema. There are: ${names.join(', ')}.`);
  if (order.length === 0) throw wrong('say in order by which fields a list is sorted.');
  const unordered = order.find((each) => fields.find((field) => field.name === each)?.options.reference !== undefined);
  if (unordered !== undefined) throw wrong(`"${unordered}" refers to other rows, and a list cannot be sorted by it.`);
  return resource;
}

/** Declares a command of an agent. */
export function defineCommand(command: AgentCommand): AgentCommand {
  if (!/^[a-z][a-z0-9-]*$/.test(command.name))
    throw new TypeError(`Command "${command.name}" must be kebab-case, e.g. "remove-sample".`);
  return command;
}

/** Declares a route of an agent; the types of its request and its answer follow from the schemas. */
export function defineRoute<Params = Record<never, never>, Query = Record<never, never>>(
  route: AgentRoute<Params, Query, Buffer, PageAnswer> & { raw: true; page: true },
): AgentRoute<Params, Query, Buffer, PageAnswer>;
export function defineRoute<Params = Record<never, never>, Query = Record<never, never>, Answer = void>(
  route: AgentRoute<Params, Query, Buffer, Answer> & { raw: true },
): AgentRoute<Params, Query, Buffer, Answer>;
export function defineRoute<Params = Record<never, never>, Query = Record<never, never>, Body = undefined>(
  route: AgentRoute<Params, Query, Body, PageAnswer> & { page: true },
): AgentRoute<Params, Query, Body, PageAnswer>;
export function defineRoute<Params = Record<never, never>, Query = Record<never, never>, Body = undefined, Answer = void>(
  route: AgentRoute<Params, Query, Body, Answer>,
): AgentRoute<Params, Query, Body, Answer>;
export function defineRoute(route: AnyRoute): AnyRoute {
  return route;
}

/** Declares an agent; faults that would surface in the middle of a conversation are reported here. */
export function defineAgent(definition: AgentDefinition): AgentDefinition {
  const agent = withConsultingTool(definition);
  if (!/^[a-z][a-z0-9-]*$/.test(agent.name))
    throw new TypeError(`Agent name "${agent.name}" must be kebab-case, e.g. "front-desk".`);
  const tools = new Set<string>();
  for (const tool of agent.tools) {
    if (tools.has(tool.name)) throw new TypeError(`Agent "${agent.name}" has two tools named "${tool.name}".`);
    tools.add(tool.name);
    inputSchemaOf(tool);
  }
  if (agent.model !== undefined && !/^[a-z][a-z0-9-]{0,39}$/.test(agent.model)) {
    try {
      splitModel(agent.model);
    } catch (error) {
      throw new TypeError(`Agent "${agent.name}": model must be a route, e.g. "smart", or provider/model. ${messageOf(error)}`);
    }
  }
  checkMemory(agent);
  const stranger = agent.vouchesFor?.find((role) => !vouchedRoles.includes(role));
  if (stranger !== undefined)
    throw new TypeError(`Agent "${agent.name}" cannot vouch for "${stranger}". It may for: ${vouchedRoles.join(', ')}.`);
  const { guardTimeoutMs } = agent;
  if (guardTimeoutMs !== undefined && !(Number.isInteger(guardTimeoutMs) && guardTimeoutMs >= 100 && guardTimeoutMs <= 60_000))
    throw new TypeError(`Agent "${agent.name}": guardTimeoutMs must be a whole number from 100 to 60000.`);
  const [fault] = [...routeFaults(agent), ...metricFaults(agent)];
  if (fault !== undefined) throw new TypeError(`Agent "${agent.name}": ${fault}`);
  const names = [...(agent.resources ?? []), ...(agent.commands ?? [])].map(({ name }) => name);
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) throw new TypeError(`Agent "${agent.name}" has two resources or commands named "${twice}".`);
  const rules = new Set<string>();
  for (const rule of agent.policy) {
    if (rules.has(rule.id)) throw new TypeError(`Agent "${agent.name}" has two rules with the id "${rule.id}".`);
    rules.add(rule.id);
    const missing = rule.tools.filter((name) => !tools.has(name));
    if (missing.length > 0) {
      throw new TypeError(`Rule "${rule.id}" of agent "${agent.name}" names tools that the agent lacks: ${missing.join(', ')}.`);
    }
  }
  return agent;
}

/** Flows that answer from documents have the tool for it without naming it, and so has a model. */
function withConsultingTool(agent: AgentDefinition): AgentDefinition {
  const knowledge = agent.flows?.knowledge;
  const { collection, tool = consultingTool } = knowledge ?? {};
  if (collection === undefined || agent.tools.some(({ name }) => name === tool)) return agent;
  if (tool !== consultingTool)
    throw new TypeError(`Agent "${agent.name}" has no tool "${tool}", which its flows look documents up with.`);
  return { ...agent, tools: [...agent.tools, retrieveTool({ collections: [collection] })] };
}

function checkMemory({ name, memory: { tokens, messages, tools } = {} }: AgentDefinition): void {
  const check = (member: string, value: unknown, least: number) => {
    if (value !== undefined && !(Number.isInteger(value) && Number(value) >= least))
      throw new TypeError(`Agent "${name}": memory.${member} must be a whole number from ${least} up.`);
  };
  check('tokens', tokens, 500);
  check('messages', messages, 2);
  if (typeof tools === 'object') check('tools.last', tools.last, 1);
  else if (tools !== undefined && tools !== 'all' && tools !== 'none')
    throw new TypeError(`Agent "${name}": memory.tools must be 'all', 'none' or { last: <turns> }.`);
}

/** Declares the project: which agents run, and their models. The default export of `timonel.config.ts`. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}

/** A Timonel inside of another program. */
export interface RunningTimonel extends AsyncDisposable {
  /** Names of the agents that it has. */
  readonly agents: readonly string[];
  /** Makes an API key of the default workspace. @returns the key; it is not shown again. */
  createKey(name: string, role: 'admin' | 'operator' | 'client'): Promise<string>;
  /** Starts to listen. @returns the base URL. @throws TimonelError `config_invalid` where the address cannot be had */
  listen(): Promise<string>;
  /** Drains the runs, ends the streams, closes everything. */
  close(): Promise<void>;
}

/**
 * Starts a Timonel in this process: opens the store, brings its schema up to date, and works on its runs. The program itself answers for
 * signals: it calls `close` before it ends. When a part cannot be opened, what was open is closed.
 *
 * @param environment settings as in the environment (docs/operations.md), e.g. `{ ...process.env, TIMONEL_PORT: '0' }`; by default the
 * environment of the process.
 * @throws TimonelError `config_invalid`, `store_unavailable`, `directory_locked`
 */
export async function createTimonel(
  project: ProjectConfig,
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<RunningTimonel> {
  // Agents import this module too, and need nothing of a server.
  const [{ openTimonel: create, defaultWorkspace }, { readSettings }] = await Promise.all([
    import('./main.ts'),
    import('./config.ts'),
  ]);
  const { agents, apiKeys, listen, close } = await create(readSettings(environment), project);
  return {
    agents: [...agents.keys()],
    createKey: (name, role) => apiKeys.create({ id: crypto.randomUUID(), workspaceId: defaultWorkspace, name, role }),
    listen,
    close,
    [Symbol.asyncDispose]: close,
  };
}

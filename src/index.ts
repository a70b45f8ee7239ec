/**
 * The public API of Timonel: what an agent is made of, and the language that agents understand without a model.
 *
 * @packageDocumentation
 */
import type { Rule } from './policy/contract.ts';
import type { ProjectConfig } from './project.ts';
import type { AgentDefinition } from './run/contract.ts';
import type { Tool } from './tools/contract.ts';

export type { Artifact, NewArtifact, ReadableArtifact, ToolArtifacts } from './artifacts/contract.ts';
export { partOf } from './artifacts/part.ts';
export type { Permission } from './identity/permissions.ts';
export type { Principal } from './identity/principal.ts';
export type { FoundByAgent, PersonQuery, TableOfData } from './identity/privacy/contract.ts';
export type {
  Awaiting,
  Intent,
  Language,
  NamedThing,
  ReferenceTime,
  Slots,
  TimeMention,
  Understanding,
  UnderstandingContext,
  Vocabulary,
} from './language/contract.ts';
export { findTimeMentions } from './language/time/mentions.ts';
export { understand } from './language/understand.ts';
export { phoneKey, samePhone } from './phone-numbers.ts';
export type { PolicyFacts, ProposedCall, Rule, RuleAnswer } from './policy/contract.ts';
export type { ProjectConfig } from './project.ts';
export type { AgentDefinition, FlowMove, Flows, FlowTurn, Job, PartKind, PersonalData, RunLimits } from './run/contract.ts';
export type { Database } from './store/database.ts';
export type { AnyTool, Reconciliation, Tool, ToolContext, WorkspaceAccess } from './tools/contract.ts';
export { EffectDidNotHappen } from './tools/contract.ts';
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
} from './vocabulary.ts';

/** Declares a tool; the type of `execute`'s input follows from the schema. */
export function defineTool<Input, Output>(tool: Tool<Input, Output>): Tool<Input, Output> {
  if (!/^[a-z][a-z0-9_]*$/.test(tool.name)) throw new TypeError(`Tool name "${tool.name}" must be snake_case, e.g. "find_orders".`);
  if (tool.effect === 'write' && tool.target === undefined) {
    throw new TypeError(`Tool "${tool.name}" writes: say where with target: 'database' or target: 'outside'.`);
  }
  return tool;
}

/** Declares a policy rule. */
export function defineRule(rule: Rule): Rule {
  if (!/^[a-z][a-z0-9-]*$/.test(rule.id)) throw new TypeError(`Rule id "${rule.id}" must be kebab-case, e.g. "own-orders-only".`);
  return rule;
}

/** Declares an agent; faults that would surface in the middle of a conversation are reported here. */
export function defineAgent(agent: AgentDefinition): AgentDefinition {
  if (!/^[a-z][a-z0-9-]*$/.test(agent.name))
    throw new TypeError(`Agent name "${agent.name}" must be kebab-case, e.g. "front-desk".`);
  const tools = new Set<string>();
  for (const tool of agent.tools) {
    if (tools.has(tool.name)) throw new TypeError(`Agent "${agent.name}" has two tools named "${tool.name}".`);
    tools.add(tool.name);
  }
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

/** Declares the project: which agents run, and their models. The default export of `timonel.config.ts`. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}

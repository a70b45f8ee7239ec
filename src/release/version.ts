/**
 * Versions of an agent: what its code says, and what an operator changed of it. A version is named by its content, so that the same name
 * always answers in the same way.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { TimonelError } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { defaultLimits } from '../run/limits.ts';
import type { JsonObject } from '../vocabulary.ts';
import { withoutAbsent } from './without-absent.ts';

const limit = z.number().positive();

/** What can be changed of an agent without new code. Policy is not among it: it is code, and comes as a variant with a version of its own. */
export const versionChanges = z.strictObject({
  codeVersion: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Version of the code, where the project has the agent in several; the first one otherwise'),
  prompt: z.string().min(1).max(200_000).optional(),
  model: z.string().min(1).max(250).optional().describe('Model or route'),
  tools: z.array(z.string()).max(200).optional().describe('Names of the tools that are kept'),
  limits: z.strictObject({ steps: limit.int(), toolCalls: limit.int(), wallTimeMs: limit, money: limit }).partial().optional(),
});

/** Changes over the code of an agent; none are the code as it is. */
export type VersionChanges = z.infer<typeof versionChanges>;

/** A version that can answer. */
export interface AgentVersion {
  /** `<version of the code>+<first 12 hexadecimal digits of the hash of its content>`: build metadata, as semantic versions call it. */
  version: string;
  codeVersion: string;
  changes: VersionChanges;
  /** All that makes it up, as it was hashed. */
  content: JsonObject;
  /** What answers. */
  definition: AgentDefinition;
  /** The code without the changes. */
  code: AgentDefinition;
}

/** Puts changes over the code. @throws TimonelError `invalid_request` where they do not fit it */
export function versionOf(code: AgentDefinition, changes: VersionChanges = {}): AgentVersion {
  const { prompt, model, tools: kept, limits } = changes;
  const tools = kept === undefined ? code.tools : code.tools.filter(({ name }) => kept.includes(name));
  const names = code.tools.map(({ name }) => name);
  const missing = (kept ?? []).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new TimonelError(
      'invalid_request',
      `tools: ${code.name} ${code.version} has no ${missing.map((name) => `"${name}"`).join(', ')}. It has: ${names.join(', ')}.`,
    );
  }
  const policy = code.policy.flatMap((rule) => {
    const left = rule.tools.filter((name) => tools.some((tool) => tool.name === name));
    return left.length === 0 && rule.tools.length > 0 ? [] : [{ ...rule, tools: left }];
  });
  const changed: AgentDefinition = {
    ...code,
    tools,
    policy,
    ...(prompt === undefined ? {} : { prompt }),
    ...(model === undefined ? {} : { model }),
    ...(limits === undefined ? {} : { limits: { ...code.limits, ...withoutAbsent(limits) } }),
  };
  const content = contentOf(changed);
  const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
  const version = `${code.version}+${hash.slice(0, 12)}`;
  return { version, codeVersion: code.version, changes, content, definition: { ...changed, version }, code };
}

/**
 * What a version is made of. Of tools and rules it has the names, and the version of the code stands for what they do: a change of theirs raises
 * it. Of functions that make the prompt, choose tools or check replies it has the source text, and says that what they read elsewhere is not in it.
 */
function contentOf(agent: AgentDefinition): JsonObject {
  return {
    name: agent.name,
    codeVersion: agent.version,
    prompt: typeof agent.prompt === 'string' ? agent.prompt : sourceOf(agent.prompt),
    model: agent.model ?? null,
    limits: { ...defaultLimits, ...agent.limits },
    tools: agent.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      input: z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' }) as JsonObject,
      effect: tool.effect,
      target: tool.target ?? null,
      permission: tool.permission ?? null,
      timeoutMs: tool.timeoutMs ?? null,
      retries: tool.retries ?? null,
      ...(tool.maxOutputBytes === undefined ? {} : { maxOutputBytes: tool.maxOutputBytes }),
      ...(tool.serial === undefined ? {} : { serial: tool.serial === true ? true : 'by key' }),
    })),
    policy: agent.policy.map(({ id, description, tools, safety }) => ({
      id,
      description,
      tools: [...tools],
      // A release is watched by these: code that has not the mark must not pass for code that has it.
      ...(safety === true ? { safety } : {}),
    })),
    flows: agent.flows !== undefined,
    ...(agent.offers === undefined ? {} : { offers: sourceOf(agent.offers) }),
    ...(agent.guard === undefined ? {} : { guard: sourceOf(agent.guard), guardTemplate: templateOf(agent) }),
    ...(agent.memory === undefined ? {} : { memory: agent.memory as JsonObject }),
    ...(agent.language === undefined ? {} : { language: agent.language }),
    ...(agent.parts === undefined ? {} : { parts: [...agent.parts] }),
  };
}

/** A function by its text: values from outside of it, and functions that it calls, can change without a trace here. */
function sourceOf(made: (...parameters: never[]) => unknown): JsonObject {
  return { source: String(made), notCovered: 'values and functions from outside of this text' };
}

function templateOf({ guardTemplate }: AgentDefinition): JsonObject | null {
  if (guardTemplate === undefined) return null;
  return typeof guardTemplate === 'function' ? sourceOf(guardTemplate) : (guardTemplate as unknown as JsonObject);
}

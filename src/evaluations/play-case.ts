/**
 * Runs an agent's quality cases against a whole Timonel on a store of its own: the agent's sample data, the real loop, tools and policy.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf, TimonelError } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { RunView } from '../store/run-views.ts';
import type { Step } from '../store/steps.ts';

const expectation = z.strictObject({
  outcome: z.string().optional(),
  awaiting: z.string().optional(),
  /** Names of tools that must have completed in this turn. */
  tools: z.array(z.string()).optional(),
  /** Names of tools that must not have completed. */
  notTools: z.array(z.string()).optional(),
  replyMatches: z.string().optional(),
  replyNotMatches: z.string().optional(),
  /** What the flow planner must understand of the text on its own. */
  intent: z.string().optional(),
  slots: z.record(z.string(), z.unknown()).optional(),
});

const caseSchema = z.strictObject({
  id: z.string(),
  /** ISO 8601 instant that the conversation takes place at. */
  now: z.string().optional(),
  turns: z.array(z.strictObject({ user: z.string(), expect: expectation.optional() })).min(1),
});
export type EvalCase = z.infer<typeof caseSchema>;

export interface CaseResult {
  id: string;
  passed: boolean;
  turns: number;
  /** What was expected and not met, in words. */
  faults: string[];
  milliseconds: number;
}

/** One conversation with the system under evaluation. */
export interface EvalConversation {
  say(text: string): Promise<{ run: RunView; steps: Step[] }>;
}

/** Reads all cases of an agent, in the order of their files and lines. @throws TimonelError `config_invalid`, naming file and line. */
export function readCases(agent: AgentDefinition): EvalCase[] {
  if (agent.evals === undefined) throw new TimonelError('config_invalid', `The agent "${agent.name}" has no evals folder.`);
  const folder = fileURLToPath(agent.evals);
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return files.sort().flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        if (line.trim() === '') return [];
        try {
          return [caseSchema.parse(JSON.parse(line))];
        } catch (error) {
          throw new TimonelError('config_invalid', `${file}, line ${index + 1}: ${messageOf(error)}`, { cause: error });
        }
      }),
  );
}

/** Holds one conversation against what is expected of it. */
export async function runCase(
  agent: AgentDefinition,
  one: EvalCase,
  conversation: EvalConversation,
  understand: UnderstandAt,
): Promise<CaseResult> {
  const started = performance.now();
  const faults: string[] = [];
  for (const [index, turn] of one.turns.entries()) {
    const { run, steps } = await conversation.say(turn.user);
    const found = compare(turn.expect ?? {}, run, steps, () => understand(agent, turn.user));
    faults.push(...found.map((fault) => `turn ${index + 1} ("${turn.user}"): ${fault}`));
  }
  return {
    id: one.id,
    passed: faults.length === 0,
    turns: one.turns.length,
    faults,
    milliseconds: Math.round(performance.now() - started),
  };
}

/** What the flow planner understands of a text at the moment of the case. */
export type UnderstandAt = (agent: AgentDefinition, text: string) => { intent: string; slots: object };

function compare(
  expected: z.infer<typeof expectation>,
  run: RunView,
  steps: Step[],
  understand: () => { intent: string; slots: object },
): string[] {
  const faults: string[] = [];
  const reply = run.reply?.text ?? '';
  const done = steps.flatMap((step) => (step.kind === 'tool-call' && step.record.status === 'completed' ? [step.record.tool] : []));
  if (expected.outcome !== undefined && run.outcome !== expected.outcome)
    faults.push(`outcome ${run.outcome}, expected ${expected.outcome}`);
  if (expected.awaiting !== undefined && run.awaiting !== expected.awaiting)
    faults.push(`awaiting ${run.awaiting}, expected ${expected.awaiting}`);
  for (const tool of expected.tools ?? [])
    if (!done.includes(tool)) faults.push(`${tool} was not called (called: ${done.join(', ') || 'none'})`);
  for (const tool of expected.notTools ?? []) if (done.includes(tool)) faults.push(`${tool} was called`);
  if (expected.replyMatches !== undefined && !new RegExp(expected.replyMatches, 'iu').test(reply)) {
    faults.push(`reply "${reply}" does not match /${expected.replyMatches}/`);
  }
  if (expected.replyNotMatches !== undefined && new RegExp(expected.replyNotMatches, 'iu').test(reply)) {
    faults.push(`reply "${reply}" matches /${expected.replyNotMatches}/`);
  }
  if (expected.intent !== undefined || expected.slots !== undefined) {
    const understood = understand();
    if (expected.intent !== undefined && understood.intent !== expected.intent)
      faults.push(`intent ${understood.intent}, expected ${expected.intent}`);
    for (const [slot, value] of Object.entries(expected.slots ?? {})) {
      const actual = (understood.slots as Record<string, unknown>)[slot];
      if (JSON.stringify(actual) !== JSON.stringify(value))
        faults.push(`slot ${slot} ${JSON.stringify(actual)}, expected ${JSON.stringify(value)}`);
    }
  }
  return faults;
}

/** A folder for a store that lives as long as the evaluation. */
export function temporaryHome(): { home: string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'timonel-eval-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

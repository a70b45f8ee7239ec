/** Quality cases: a conversation, and what is expected of each turn of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf, TimonelError } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';

/** Turns of a case at most. */
export const mostTurns = 50;

const pattern = z
  .string()
  .max(1_000)
  .refine((source) => {
    try {
      new RegExp(source, 'iu');
      return true;
    } catch {
      return false;
    }
  }, 'must be a regular expression with the flags "iu", e.g. 14[.,]000');

const name = z.string().min(1).max(200);
const text = z.string().min(1).max(8_000);

export const expectation = z.strictObject({
  outcome: name.optional(),
  awaiting: name.optional(),
  tools: z.array(name).max(50).optional().describe('Tools that must have completed in this turn'),
  notTools: z.array(name).max(50).optional().describe('Tools that must not have completed'),
  replyMatches: pattern.optional(),
  replyNotMatches: pattern.optional(),
  intent: name.optional().describe('What the flow planner must understand of the text on its own'),
  slots: z.record(z.string().max(100), z.unknown()).optional(),
});
export type Expectation = z.infer<typeof expectation>;

/** What is stored of a case, beside its name. */
export const caseDefinition = z.strictObject({
  now: z.iso.datetime({ offset: true }).optional().describe('The moment that the conversation takes place at'),
  turns: z
    .array(z.strictObject({ user: text, expect: expectation.optional() }))
    .min(1)
    .max(mostTurns),
});
export type CaseDefinition = z.infer<typeof caseDefinition>;

/** A line of `evals/*.jsonl`. */
export const evaluationCase = caseDefinition.extend({ id: name });
export type EvaluationCase = z.infer<typeof evaluationCase>;

/** Reads all cases of an agent, in the order of their files and lines. @throws TimonelError `config_invalid`, naming file and line. */
export function readCases(agent: AgentDefinition): EvaluationCase[] {
  if (agent.evals === undefined) throw new TimonelError('config_invalid', `The agent "${agent.name}" has no evals folder.`);
  const folder = fileURLToPath(agent.evals);
  const files = readdirSync(folder).filter((each) => each.endsWith('.jsonl'));
  return files.sort().flatMap((file) => parseCases(readFileSync(join(folder, file), 'utf8'), file));
}

/** Cases of a text in JSON Lines. @throws TimonelError `config_invalid`, naming file and line. */
export function parseCases(content: string, file: string): EvaluationCase[] {
  return content.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [evaluationCase.parse(JSON.parse(line))];
    } catch (error) {
      throw new TimonelError('config_invalid', `${file}, line ${index + 1}: ${messageOf(error)}`, { cause: error });
    }
  });
}

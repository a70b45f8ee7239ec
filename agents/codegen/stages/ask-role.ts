/** Asks a role: a child run with its own limit of money. An answer that cannot be used is told once; a second one ends it. */
import { type ChildResult, TimonelError, type ToolContext } from '../../../src/index.ts';
import type { KeptChanges } from '../contract.ts';
import { agentOfRole, type RoleName, roleMoney } from '../limits.ts';
import { noModelAnswer } from '../roles/agents.ts';
import { keepRoleRun, storeCost } from '../rows/role-runs.ts';

/** `no-model`: none answered, so nothing was made. */
export type RoleAnswer<T> =
  | { kind: 'answer'; value: T; runId: string; cost: number }
  | { kind: 'no-model' }
  | { kind: 'failed'; message: string; cost: number };

export type Reading<T> = { kind: 'read'; value: T } | { kind: 'malformed'; message: string };

export interface RoleQuestion {
  role: RoleName;
  generation: string;
  /** Names the question among those of the generation. */
  key: string;
  input: string;
  /** What the role may read over the base. */
  changes?: KeptChanges;
  /** US dollars; what the role may spend where absent. */
  budget?: number;
}

/** Characters of the input of a run. */
export const longestInput = 90_000;
/** Less than this is not worth a question. */
const leastBudget = 0.0005;

/** Starts the run of a role; the same one when it is asked again. @throws TimonelError `limit_reached` where the money does not reach */
export async function startRole(context: ToolContext, question: RoleQuestion): Promise<string> {
  const { role, generation, key, input, changes = {}, budget = roleMoney[role] } = question;
  const run = await context.runs.start({
    agent: agentOfRole(role),
    input: input.length > longestInput ? `${input.slice(0, longestInput).replace(/[\uD800-\uDBFF]$/, '')}\n[cut]` : input,
    key: `${generation.slice(0, 36)}/${key}`.slice(0, 200),
    budget,
  });
  await keepRoleRun(context, { run, generation, role, changes });
  return run;
}

/** What became of the run of a role. */
export function heardOf(
  result: ChildResult,
): { kind: 'text'; text: string } | { kind: 'no-model' } | { kind: 'failed'; message: string } {
  const text = result.reply?.text ?? '';
  if (result.outcome === 'denied' && text === noModelAnswer) return { kind: 'no-model' };
  if ((result.outcome === 'replied' || result.outcome === 'awaiting_input') && text !== '') return { kind: 'text', text };
  return { kind: 'failed', message: result.error?.message ?? `Its run ended as ${result.outcome}.` };
}

/** The input of a second attempt: the same, with what was wrong. */
export function askedAgain(input: string, fault: string): string {
  const room = longestInput - fault.length - 200;
  return `${input.slice(0, room)}\n\nYour answer before could not be used: ${fault}\nAnswer again, whole, and mind this.`;
}

/** Asks, and once more where the answer cannot be read. Waits for the runs. */
export async function askRole<T>(
  context: ToolContext,
  question: RoleQuestion,
  read: (text: string) => Reading<T> | Promise<Reading<T>>,
): Promise<RoleAnswer<T>> {
  const most = question.budget ?? roleMoney[question.role];
  let cost = 0;
  let { input, key } = question;
  for (let attempt = 1; ; attempt++) {
    let run: string;
    try {
      run = await startRole(context, { ...question, input, key, budget: most - cost });
    } catch (error) {
      if (error instanceof TimonelError && error.code === 'limit_reached') return { kind: 'failed', message: error.message, cost };
      throw error;
    }
    const [result] = await context.runs.join([run], 'settled');
    if (result === undefined) return { kind: 'failed', message: 'Its run is gone.', cost };
    await storeCost(context, run, result.cost);
    cost += result.cost ?? 0;
    const heard = heardOf(result);
    if (heard.kind === 'no-model') return heard;
    if (heard.kind === 'failed') return { ...heard, cost };
    const reading = await read(heard.text);
    if (reading.kind === 'read') return { kind: 'answer', value: reading.value, runId: run, cost };
    if (attempt === 2 || most - cost < leastBudget) return { kind: 'failed', message: reading.message, cost };
    key = `${question.key}/again`;
    input = askedAgain(question.input, reading.message);
  }
}

/** A turn of the canary that nobody sees: the same loop, with a record of its own and no effect on the world. */

import { canonicalJson } from '../canonical-json.ts';
import type { FinishedTurn, PendingApproval, RunStore } from '../store/runs.ts';
import type { Step } from '../store/steps.ts';
import type { ToolExecutor, ToolResult } from '../tools/execute.ts';
import type { CallRecord, JsonValue } from '../vocabulary.ts';

/** Keeps the steps in memory until the turn ends. */
export class ShadowRecord implements Pick<RunStore, 'record' | 'finish' | 'suspend' | 'remembered'> {
  readonly steps: Step[] = [];
  ended: FinishedTurn | undefined;

  async record(_run: { runId: string; fence: number }, _firstIndex: number, steps: Step[]): Promise<void> {
    this.steps.push(...steps);
  }

  async finish(turn: FinishedTurn): Promise<{ followed: boolean }> {
    this.steps.push(...turn.steps);
    this.ended = turn;
    return { followed: false };
  }

  /** A canary is compared as if nobody had been asked yet. */
  async remembered(): Promise<[]> {
    return [];
  }

  async suspend(turn: FinishedTurn, _approvals: PendingApproval[]): Promise<{ followed: boolean }> {
    return this.finish(turn);
  }
}

/** Reads for real; a write gets the answer that the stable version's call got, and is never made. */
export function shadowExecutor(
  real: ToolExecutor,
  recorded: readonly CallRecord[],
): Pick<ToolExecutor, 'facts' | 'run' | 'surroundings'> {
  const left = recorded.filter(({ status }) => status === 'completed' || status === 'failed');
  const take = (tool: string, args: string | undefined): CallRecord | undefined => {
    const index = left.findIndex((call) => call.tool === tool && (args === undefined || canonicalJson(call.args) === args));
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  return {
    facts: (tool, args, place) => real.facts(tool, args, place),
    surroundings: (run) => ({ ...real.surroundings(run), keeping: () => undefined }),
    async run(tool, args, place, again): Promise<ToolResult> {
      if (tool.effect === 'read') return real.run(tool, args, { ...place, rehearsal: true }, again);
      const answered = take(tool.name, canonicalJson(args)) ?? take(tool.name, undefined);
      if (answered?.status === 'completed') return { kind: 'completed', output: answered.output ?? (null as JsonValue) };
      const reason = answered?.reason ?? { es: 'No se hizo: es un ensayo.', en: 'It was not done: this is a rehearsal.' };
      return { kind: 'failed', reason, error: undefined };
    },
  };
}

/** The calls of a turn, for a comparison. */
export function callsOf(steps: readonly Step[]): CallRecord[] {
  return steps.flatMap((step) => (step.kind === 'tool-call' ? [step.record] : []));
}

export function sameCalls(one: readonly CallRecord[], other: readonly CallRecord[]): boolean {
  const name = ({ tool, args, status }: CallRecord) => `${tool} ${canonicalJson(args)} ${status}`;
  return one.length === other.length && one.every((call, index) => name(call) === name(other[index] ?? call));
}

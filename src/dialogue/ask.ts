/**
 * A dialogue is straight code that asks a tool where it needs one. A run stops at every tool call and may go on in another process, so a
 * dialogue is never kept: it is replayed from the start of the turn, and the calls that were recorded answer at once. The same text and
 * state ask for the same calls, hence the same place is reached again. A turn that another planner began goes on here for the same reason.
 */
import type { CallRecord, JsonObject, JsonValue, PlannedCall } from '../vocabulary.ts';

/** A piece of conversation that may ask tools on its way to a result. */
export type Dialogue<Result> = Generator<WantedCalls, Result, JsonValue[]>;

/** Calls that a dialogue needs; without an answer to `optional` ones it goes on. */
export type WantedCalls = PlannedCall[] & { optional?: true };

/** Asks one tool. What is no answer (refused, failed) ends the dialogue and is dealt with in one place. */
export function* ask<Output = JsonValue>(tool: string, input: object): Dialogue<Output> {
  const [output] = yield [planned(tool, input)];
  // What a tool answers was recorded as it gave it; its shape is the tool's contract.
  return output as Output;
}

/** Asks one tool that the dialogue can do without: `undefined` where it is refused, or fails. */
export function* askIfPossible<Output = JsonValue>(tool: string, input: object): Dialogue<Output | undefined> {
  const [output] = yield Object.assign([planned(tool, input)], { optional: true as const });
  return output === null ? undefined : (output as Output);
}

/** Asks several tools at once; their answers come in the same order. */
export function* askAll<Outputs extends readonly unknown[] = JsonValue[]>(
  calls: readonly { tool: string; input: object }[],
): Dialogue<Outputs> {
  if (calls.length === 0) return [] as unknown as Outputs;
  const outputs = yield calls.map(({ tool, input }) => planned(tool, input));
  return outputs as unknown as Outputs;
}

/** Absent members are left out, as the record has them. */
function planned(tool: string, input: object): PlannedCall {
  return { tool, args: JSON.parse(JSON.stringify(input)) as JsonObject };
}

export type Advance<Result> =
  | { kind: 'done'; result: Result }
  | { kind: 'call'; calls: PlannedCall[] }
  /** A call that the dialogue needs was made and did not answer. */
  | { kind: 'refused'; record: CallRecord };

/** Runs a dialogue over the calls made so far: to its end, or to the first calls that are missing. */
export function advance<Result>(dialogue: Dialogue<Result>, calls: readonly CallRecord[]): Advance<Result> {
  let step = dialogue.next();
  while (step.done !== true) {
    const wanted = step.value;
    const records = wanted.map((call) => calls.findLast((made) => answers(made, call)));
    const missing = wanted.filter((_, index) => records[index] === undefined);
    if (missing.length > 0) return { kind: 'call', calls: missing };
    const outputs: JsonValue[] = [];
    for (const record of records) {
      if (record === undefined) continue;
      const answered = record.status === 'completed' ? record.output : undefined;
      if (answered === undefined && wanted.optional !== true) return { kind: 'refused', record };
      outputs.push(answered ?? null);
    }
    step = dialogue.next(outputs);
  }
  return { kind: 'done', result: step.value };
}

const answers = (made: CallRecord, call: PlannedCall): boolean => made.tool === call.tool && isSame(made.args, call.args);

/** Deep equality of JSON: the order of members makes no difference, that of items does. */
export function isSame(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSame(item, right[index] ?? null));
  }
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSame(left[name] ?? null, right[name] ?? null))
  );
}

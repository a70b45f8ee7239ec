/**
 * What a conversation remembers between its turns, beside its messages: the flow planner's state, how often each tool completed, and the
 * latest completed call of each tool. Policy rules and flows look at it; it is stored with the end of each turn.
 */
import type { CallRecord, JsonObject } from '../vocabulary.ts';

export interface Memory {
  flow: JsonObject;
  counts: Record<string, number>;
  latest: Record<string, CallRecord>;
}

/** Answers of tools are kept whole up to this length of JSON; longer ones are remembered without their output. */
const largestOutput = 16_384;

export function readMemory(state: JsonObject): Memory {
  return {
    flow: isObject(state['flow']) ? state['flow'] : {},
    counts: isObject(state['counts']) ? (state['counts'] as Record<string, number>) : {},
    latest: isObject(state['latest']) ? (state['latest'] as unknown as Record<string, CallRecord>) : {},
  };
}

export function writeMemory(memory: Memory): JsonObject {
  const { flow, counts, latest } = memory;
  return { flow, counts, latest } as unknown as JsonObject;
}

/** The memory with these calls of the current run added. */
export function remember(memory: Memory, calls: readonly CallRecord[]): Memory {
  const counts = { ...memory.counts };
  const latest = { ...memory.latest };
  for (const call of calls) {
    if (call.status !== 'completed') continue;
    counts[call.tool] = (counts[call.tool] ?? 0) + 1;
    const { output, ...rest } = call;
    latest[call.tool] = output === undefined || JSON.stringify(output).length > largestOutput ? rest : call;
  }
  return { flow: memory.flow, counts, latest };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

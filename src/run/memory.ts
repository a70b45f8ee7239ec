/**
 * What a conversation remembers between its turns, beside its messages: the flow planner's state, how often each tool completed, and the
 * latest completed call of each tool, and the summary that prompts begin with. Policy rules and flows look at the former; it is stored with the
 * end of each turn.
 */
import type { Summary } from '../store/steps.ts';
import type { CallRecord, JsonObject } from '../vocabulary.ts';
import type { PastCall } from './repeats.ts';

export interface RunMemory {
  flow: JsonObject;
  counts: Record<string, number>;
  latest: Record<string, CallRecord>;
  /** What models called last in earlier turns, of agents that limit repetitions. */
  trail?: readonly PastCall[] | undefined;
  /** The latest summary; absent while prompts hold the whole conversation. */
  summary?: Summary | undefined;
  /** Turns in a row, up to the last one, that the flow planner did not understand. */
  misunderstood?: number | undefined;
  /** For the next turn only. */
  handedOn?: HandedOn | undefined;
}

/** What a person of the workspace told the agent with a hand-back. */
export interface HandedOn {
  by: string;
  text: string;
}

/** Answers of tools are kept whole up to this length of JSON; longer ones are remembered without their output. */
const largestOutput = 16_384;

export function readMemory(state: JsonObject): RunMemory {
  const { summary, handedOn, misunderstood, trail } = state;
  return {
    flow: isObject(state['flow']) ? state['flow'] : {},
    counts: isObject(state['counts']) ? (state['counts'] as Record<string, number>) : {},
    latest: isObject(state['latest']) ? (state['latest'] as unknown as Record<string, CallRecord>) : {},
    ...(Array.isArray(trail) ? { trail: trail as unknown as PastCall[] } : {}),
    ...(isObject(summary) ? { summary: summary as unknown as Summary } : {}),
    ...(isObject(handedOn) ? { handedOn: handedOn as unknown as HandedOn } : {}),
    ...(typeof misunderstood === 'number' ? { misunderstood } : {}),
  };
}

export function writeMemory(memory: RunMemory): JsonObject {
  const { flow, counts, latest, summary, misunderstood, trail = [] } = memory;
  const optional = {
    ...(trail.length === 0 ? {} : { trail }),
    ...(summary === undefined ? {} : { summary }),
    ...(misunderstood === undefined ? {} : { misunderstood }),
  };
  return { flow, counts, latest, ...optional } as unknown as JsonObject;
}

/** The memory with these calls of the current run added. */
export function remember(memory: RunMemory, calls: readonly CallRecord[]): RunMemory {
  const counts = { ...memory.counts };
  const latest = { ...memory.latest };
  for (const call of calls) {
    if (call.status !== 'completed') continue;
    counts[call.tool] = (counts[call.tool] ?? 0) + 1;
    const { output, ...rest } = call;
    latest[call.tool] = output === undefined || JSON.stringify(output).length > largestOutput ? rest : call;
  }
  return { ...memory, counts, latest };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

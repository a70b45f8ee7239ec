/** A message that was heard, and the moves that all wishes are made of. */
import type { CallRecord, FlowMove, JsonObject } from '../../../src/index.ts';
import type { AnalysisRequest } from '../analysis/requests.ts';
import type { Say } from './show.ts';
import type { Wish } from './wishes.ts';

export interface Heard {
  wish: Wish;
  language: 'es' | 'en';
  say: Say;
  state: JsonObject;
}

export function answer(
  heard: Heard,
  text: string,
  outcome: 'replied' | 'denied' | 'awaiting_input' = 'replied',
  options: string[] = [],
): FlowMove {
  return { kind: 'reply', reply: { text, ...(options.length === 0 ? {} : { options }) }, outcome, state: heard.state };
}

export function call(heard: Heard, tool: string, args: JsonObject): FlowMove {
  return { kind: 'call', calls: [{ tool, args }], state: heard.state };
}

export function callAnalysis(heard: Heard, request: AnalysisRequest): FlowMove {
  return call(heard, 'analyse', { request: JSON.parse(JSON.stringify(request)) as JsonObject });
}

export function outputOf<T>({ output }: CallRecord): T {
  return output as unknown as T;
}

/** A word of a command line that means itself. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

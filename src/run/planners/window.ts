/**
 * Which earlier turns a model sees: whole turns, from one turn on. That turn does not move with every turn, which would change the beginning of
 * each prompt and miss the provider's cache: when the budget is passed, it moves on until half of the budget is free.
 */
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import type { EarlierTurn } from '../../store/runs.ts';
import type { MemoryOptions } from '../contract.ts';
import type { UserContent } from './model-messages.ts';
import { CallIds, earlierMessages, type Shown } from './transcript.ts';

/** Memory as it is in force. */
export interface Memories {
  tokens: number;
  /** Two messages each. */
  turns: number;
  tools: NonNullable<MemoryOptions['tools']>;
}

export const defaultTokens = 24_000;
export const defaultMessages = 40;
/** Bytes of a prompt's JSON for one token, on average. */
const bytesPerToken = 4;

/** @param offered whether any tool is offered: providers refuse calls in a prompt whose request has no tools. */
export function memoriesOf(memory: MemoryOptions = {}, offered = true): Memories {
  const { tokens = defaultTokens, messages = defaultMessages, tools = 'all' } = memory;
  return { tokens, turns: Math.floor(messages / 2), tools: offered ? tools : 'none' };
}

export function estimatedTokens(value: unknown): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** A turn that is over, with what it takes of the budget. */
export interface SizedTurn {
  turn: EarlierTurn;
  shown: Shown;
  tokens: number;
}

/**
 * Decides how each turn is shown. It depends on the turn and on the block of turns that the current one is in, and on nothing else, so that a
 * turn stays as it was shown.
 */
export function sized(turns: readonly EarlierTurn[], current: number, { tokens: budget, tools }: Memories): SizedTurn[] {
  const last = typeof tools === 'object' ? tools.last : undefined;
  // In blocks too: of the last N turns at least, of fewer than twice as many.
  const without = last === undefined ? 0 : Math.floor((current - 1 - last) / last) * last;
  return turns.map((turn) => {
    const calls = tools !== 'none' && turn.turn > without;
    return fitted(turn, calls, budget / 2);
  });
}

/** One turn may not take the room of all: its results and texts are cut until half of the budget holds it. */
function fitted(turn: EarlierTurn, calls: boolean, most: number): SizedTurn {
  let shown: Shown = { calls };
  for (let longest = most * bytesPerToken; ; longest /= 2) {
    const tokens = estimatedTokens(earlierMessages(turn, shown, undefined, new CallIds()));
    if (tokens <= most || longest < shortest) return { turn, shown, tokens };
    shown = { calls, longest: Math.floor(longest) };
  }
}

/** Shorter results tell nothing. */
const shortest = 256;

/** How many of the turns, the oldest first, a summary is to take the place of; 0 where all of them are within the budget. */
export function excess(turns: readonly SizedTurn[], summaryTokens: number, memories: Memories): number {
  const whole = summaryTokens + sum(turns);
  if (whole <= memories.tokens && turns.length <= memories.turns) return 0;
  return leaving(turns, memories.tokens / 2, Math.floor(memories.turns / 2));
}

/** The same after a model refused the prompt: half of what it was. */
export function half(turns: readonly SizedTurn[]): number {
  return Math.min(turns.length, Math.max(1, leaving(turns, sum(turns) / 2, turns.length)));
}

function leaving(turns: readonly SizedTurn[], tokens: number, most: number): number {
  let left = 0;
  let kept = 0;
  for (const turn of turns.toReversed()) {
    if (kept >= most || left + turn.tokens > tokens) break;
    left += turn.tokens;
    kept += 1;
  }
  return turns.length - kept;
}

function sum(turns: readonly SizedTurn[]): number {
  return turns.reduce((total, { tokens }) => total + tokens, 0);
}

/** The turns as messages; the summary goes with the first. */
export function windowMessages(
  turns: readonly SizedTurn[],
  summary: string | undefined,
  ids: CallIds,
  contents?: ReadonlyMap<number, UserContent>,
): LanguageModelV4Message[] {
  return turns.flatMap(({ turn, shown }, position) =>
    earlierMessages(turn, shown, position === 0 ? summary : undefined, ids, contents?.get(turn.turn)),
  );
}

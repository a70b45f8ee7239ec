import { withTail } from './clock-phrases.ts';
import type { Context, Reading } from './grammar.ts';
import { isCount, isPartOfNumber } from './guards.ts';
import type { Lexicon } from './lexicon.ts';
import type { ClockSpec } from './meaning.ts';
import { listJoiners, type ResolvedMention } from './resolve-mention.ts';

/** The times that follow a time in a list, where "at" is said once for all: "a las 3, 4 o 5 de la tarde", "at 10:30 or 11". */
export function listedTimes(context: Context, first: ResolvedMention, lexicon: Lexicon): ResolvedMention[] {
  const times: ResolvedMention[] = [];
  let last = first;
  while (last.pieces.length === 1 && last.pieces[0]?.kind === 'clock') {
    const next = timeAt(context, last.end, lexicon);
    if (next === undefined) break;
    times.push(next);
    last = next;
  }
  return times;
}

function timeAt(context: Context, joiner: number, lexicon: Lexicon): ResolvedMention | undefined {
  if (!listJoiners.has(context.tokens[joiner]?.text ?? '')) return undefined;
  const start = joiner + 1;
  const reading = longest(context.read('reading', start));
  if (reading === undefined || reading.value.impossible === true) return undefined;
  const tail = longest(context.read('tail', reading.end));
  const end = tail?.end ?? reading.end;
  const clock: ClockSpec = withTail(reading.value, tail?.value);
  if (isPartOfNumber(context.tokens, start, end) || isCount(context, end, lexicon)) return undefined;
  return tail !== undefined || reading.value.marked === true || endsList(context, end)
    ? { start, end, pieces: [{ kind: 'clock', clock }] }
    : undefined;
}

/** A bare number is a time of the list where nothing follows that it could count: "a las 3 o 4", but not "a las 3, 4 chicos". */
function endsList(context: Context, end: number): boolean {
  const after = context.tokens[end];
  return after === undefined || after.kind === 'symbol' || listJoiners.has(after.text);
}

function longest<Name extends 'reading' | 'tail'>(readings: readonly Reading<Name>[]): Reading<Name> | undefined {
  return readings.toSorted((one, other) => other.end - one.end)[0];
}

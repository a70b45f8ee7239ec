/** Calls of a model that go round in circles: the same one again and again, or up to four that take turns. */
import { callHash } from '../policy/evaluate.ts';
import type { IdentifiedCall } from '../store/steps.ts';
import type { CallRecord, LocalizedText } from '../vocabulary.ts';

/** A call of an earlier turn, as two hashes: which call it was, and what came of it. */
export interface PastCall {
  call: string;
  outcome: string;
}

/** Stands in the record of the call that was refused. */
export const repetitionRule = 'no-repetition';

const longestPeriod = 4;
/** Calls of earlier turns that are remembered: as many as two rounds of the longest have, and a third one without its end. */
const longestTrail = 3 * longestPeriod - 1;

/** The trail of the next turn: what models called last, this turn included. */
export function trailOf(before: readonly PastCall[], calls: readonly CallRecord[]): readonly PastCall[] {
  return [...before, ...calls.slice(-longestTrail).map(pastCall)].slice(-longestTrail);
}

function pastCall({ tool, args, status, output, reason }: CallRecord): PastCall {
  return { call: callHash(tool, args), outcome: callHash(status, [output ?? null, reason ?? null]) };
}

interface Sequenced {
  call: string;
  /** Absent where the call is planned, and not made. */
  outcome?: string;
  /** Made or planned in this turn. */
  here?: Pick<IdentifiedCall, 'tool' | 'args'>;
}

export interface Repetition {
  /** The call that completes the third round. */
  call: IdentifiedCall;
  /** The round, one call a line: tool and arguments. */
  round: readonly string[];
}

/**
 * The first planned call that completes the third of three equal rounds.
 *
 * Within a turn the calls alone tell. Where a round began in an earlier turn, the person may have asked for the same once more: there both of the rounds
 * that were made have to have come to the same, too.
 */
export function repetitionIn(
  { trail, calls }: { trail: readonly PastCall[]; calls: readonly CallRecord[] },
  planned: readonly IdentifiedCall[],
): Repetition | undefined {
  const sequence: Sequenced[] = [...trail, ...calls.map((made) => ({ ...pastCall(made), here: made }))];
  for (const call of planned) {
    sequence.push({ call: callHash(call.tool, call.args), here: call });
    for (let period = 1; period <= longestPeriod; period++) {
      const tail = sequence.slice(-3 * period);
      if (tail.length === 3 * period && isThrice(tail, period))
        return { call, round: tail.slice(-period).map((each) => worded(each, tail)) };
    }
  }
  return undefined;
}

function isThrice(tail: readonly Sequenced[], period: number): boolean {
  if (!tail.every(({ call }, at) => call === tail[at % period]?.call)) return false;
  if (tail.every(({ here }) => here !== undefined)) return true;
  return tail.slice(0, period).every(({ outcome }, at) => {
    const second = tail[at + period]?.outcome;
    return second === undefined || outcome === second;
  });
}

/** Of a call of an earlier turn the hash alone is known; where this turn made it, too, there are words. */
function worded({ call, here }: Sequenced, tail: readonly Sequenced[]): string {
  const known = here ?? tail.find((each) => each.call === call && each.here !== undefined)?.here;
  if (known === undefined) return '…';
  const args = JSON.stringify(known.args);
  return `${known.tool} ${args.length > 160 ? `${args.slice(0, 160)}…` : args}`;
}

export function repetitionInWords(round: readonly string[]): LocalizedText {
  const shown = round.join('; ');
  return {
    es: `Me detuve porque se repite por tercera vez lo mismo, sin avanzar: ${shown}. Decime qué falta, o qué hacer de otro modo.`,
    en: `I stopped, since the same is repeated for the third time and leads nowhere: ${shown}. Tell me what is missing, or what to do instead.`,
  };
}

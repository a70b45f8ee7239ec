/**
 * The reply guard: every amount, date, code and room in a reply occurs in what a tool answered in this run, or in what the guest said. A reply that
 * states anything else is written once more by the model that wrote it, which is told what was found; then a template stands in its place.
 */

import { readStay, type StayReading } from '../../src/dialogue.ts';
import type { CallRecord, GuardAnswer, GuardedTurn, JsonValue, Reply } from '../../src/index.ts';
import { localMoment } from './calendar-dates.ts';
import { type StatedFact, statedIn } from './said.ts';

const dateForm = /^\d{4}-\d{2}-\d{2}/;

/** Everything that an answer of a tool states: numbers as amounts, dates, times, words. */
function gather(value: JsonValue, into: Set<string>, texts: string[]): void {
  if (typeof value === 'number') {
    into.add(`amount ${Math.round(value * 100) / 100}`);
    into.add(`amount ${Math.round(Math.abs(value) * 100) / 100}`);
    into.add(`amount ${Math.round(value * 100) / 100}%`);
    into.add(`room ${value}`);
  } else if (typeof value === 'string') {
    texts.push(value);
    if (dateForm.test(value)) into.add(`date ${value.slice(0, 10)}`);
    into.add(`code ${value.toUpperCase()}`);
    into.add(`room ${value.toUpperCase()}`);
  } else if (Array.isArray(value)) for (const one of value) gather(one, into, texts);
  else if (value !== null) for (const one of Object.values(value)) gather(one, into, texts);
}

/** Instants of tools are told in the time of the hotel. */
function localDates(texts: readonly string[], timeZone: string, into: Set<string>): void {
  for (const text of texts) {
    if (!/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text)) continue;
    into.add(`date ${localMoment(new Date(text), timeZone).date}`);
  }
}

function datesOf({ checkIn, checkOut, lone, period, problem }: StayReading): string[] {
  const ends = problem === undefined ? [] : Object.values(problem).flat();
  return [checkIn, checkOut, lone, period?.from, period?.to, ...ends].filter((date) => typeof date === 'string');
}

function groundsOf(
  calls: readonly CallRecord[],
  said: readonly string[],
  now: { date: string; time: string },
  timeZone: string,
): Set<string> {
  const values = new Set<string>();
  const texts: string[] = [...said];
  for (const { status, output, args, reason } of calls) {
    if (status === 'completed' && output !== undefined) gather(output, values, texts);
    // The dates that were asked for may be told ("no hay lugar del 10 al 12"), an amount that a model made up in a call may not.
    if (status === 'completed')
      for (const [, value] of Object.entries(args))
        if (typeof value === 'string' && dateForm.test(value)) values.add(`date ${value.slice(0, 10)}`);
    // A rule speaks for the house.
    if (reason !== undefined) texts.push(reason.es, reason.en);
  }
  localDates(texts, timeZone, values);
  for (const text of texts) for (const { kind, value } of statedIn(text, now)) values.add(`${kind} ${value.toUpperCase()}`);
  // A stay that a guest names in parts ("entrando el 5 y saliendo el 8 de enero") has dates that no single phrase says.
  for (const text of said)
    for (const language of ['es', 'en'] as const)
      for (const date of datesOf(readStay(text, { now, language }))) values.add(`date ${date}`);
  values.add(`date ${now.date}`);
  return values;
}

/** Facts of a reply that nothing in the run says. @param said what the guest wrote in this conversation */
export function unfounded(
  reply: string,
  calls: readonly CallRecord[],
  said: readonly string[],
  now: { date: string; time: string },
  timeZone: string,
): StatedFact[] {
  const values = groundsOf(calls, said, now, timeZone);
  return statedIn(reply, now).filter(({ kind, value }) => !values.has(`${kind} ${value.toUpperCase()}`));
}

/** What was said in the turn before is said again on request; anything else rests on this turn's calls, so that nothing stale is told. */
export function guard(reply: Reply, { text, history, calls, now, timeZone }: GuardedTurn): GuardAnswer {
  if (history.findLast(({ role }) => role === 'assistant')?.text === reply.text) return { kind: 'pass' };
  const moment = localMoment(now, timeZone);
  const said = [text, ...history.filter(({ role }) => role === 'user' || role === 'person').map((one) => one.text)];
  const found = unfounded(reply.text, calls, said, moment, timeZone);
  if (found.length === 0) return { kind: 'pass' };
  const named = [...new Set(found.map((fact) => `${fact.kind} "${fact.text}"`))].slice(0, 6).join(', ');
  return {
    kind: 'retry',
    finding: `Nothing that a tool answered in this turn says: ${named}. Ask the tool again or leave it out.`,
  };
}

/** Sent in place of a reply that states what no tool said. */
export const guardTemplate: Reply = {
  text: 'Prefiero no darte un dato que no puedo verificar. Decime qué necesitás (fechas, personas, tu reserva) y lo consulto, o te paso con una persona. / I would rather not tell you anything that I cannot verify. Tell me what you need (dates, people, your booking) and I look it up, or I pass you to a person.',
};

/** Dates and times that cannot be: said in one sentence, with what could be meant instead. */

import { isBesidesThePoint } from './absorb.ts';
import { addDays, weekdayOf } from './calendar.ts';
import { foldText } from './topics.ts';
import { askFor, type Ending, paragraph, type Turn } from './turn.ts';

const weekdayNames: readonly RegExp[] = [
  /\b(lunes|monday|mon)\b/,
  /\b(martes|tuesday|tue|tues)\b/,
  /\b(miercoles|wednesday|wed)\b/,
  /\b(jueves|thursday|thu|thurs)\b/,
  /\b(viernes|friday|fri)\b/,
  /\b(sabado|saturday|sat)\b/,
  /\b(domingo|sunday|sun)\b/,
];

/**
 * Says what is wrong with the day or time that was heard. The sentence goes before the reply; where two readings are possible the
 * question between them is the reply.
 */
export function impossibleMoment(turn: Turn): Ending | undefined {
  const { heard, say, state, now } = turn;
  const { date, time } = heard.invalid;
  if (isBesidesThePoint(turn)) return undefined;
  if (date === undefined) {
    if (time !== undefined) turn.asides.push(say.noSuchTime(time.text));
    return undefined;
  }
  if (date.reason === 'no-such-date') {
    turn.asides.push(say.noSuchDate(date.text));
    return undefined;
  }
  if (date.reason === 'past') {
    turn.asides.push(say.pastDate());
    // The next free slots answer better than a question.
    if (state.wish.service !== undefined || state.task === 'reschedule') state.wish.dateRange = { from: now.date };
    return undefined;
  }
  const lead = say.weekdayMismatch(date.text, date.date, now.date);
  const days = date.date === undefined ? [] : daysMeant(date.text, date.date).filter((day) => day >= now.date);
  if (days.length === 0) {
    turn.asides.push(lead);
    return undefined;
  }
  const options = days.map((day) => say.day(day, now.date));
  return askFor(turn, 'date', paragraph(lead, say.askDayReading(days, now.date)), options);
}

/** The date that the numbers say, and the nearest one that falls on the weekday that was said. */
function daysMeant(text: string, date: string): string[] {
  const folded = foldText(text);
  const weekday = weekdayNames.findIndex((expression) => expression.test(folded)) + 1;
  const near = [-1, 1, -2, 2, -3, 3].map((days) => addDays(date, days)).find((day) => weekdayOf(day) === weekday);
  return near === undefined ? [date] : [date, near].toSorted();
}

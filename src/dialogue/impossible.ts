/** Dates and times that cannot be: said in one sentence, with what could be meant instead. */
import { foldText } from '../language/text.ts';
import { addDays, isoWeekday } from '../language/time/calendar.ts';
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
 * @param onPast what else a day that has passed leads to
 */
export function impossibleMoment<T extends Turn>(turn: T, onPast?: (turn: T) => void): Ending | undefined {
  const { heard, say, now } = turn;
  const { date, time } = heard.invalid;
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
    onPast?.(turn);
    return undefined;
  }
  const lead = say.weekdayMismatch(date.text, date.date, now.date);
  const days = date.date === undefined ? [] : daysMeant(date.text, date.date).filter((day) => day >= now.date);
  if (days.length === 0) {
    turn.asides.push(lead);
    return undefined;
  }
  const options = days.map((day) => say.day(day, now.date));
  return askFor(turn, 'date' as NonNullable<T['state']['awaiting']>, paragraph(lead, say.askDayReading(days, now.date)), options);
}

/** The date that the numbers say, and the nearest one that falls on the weekday that was said. */
function daysMeant(text: string, date: string): string[] {
  const folded = foldText(text);
  const weekday = weekdayNames.findIndex((expression) => expression.test(folded)) + 1;
  const near = [-1, 1, -2, 2, -3, 3].map((days) => addDays(date, days)).find((day) => isoWeekday(day) === weekday);
  return near === undefined ? [date] : [date, near].toSorted();
}

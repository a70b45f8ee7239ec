/** What the customer cannot do: "a la mañana no puedo", "el lunes no". */
import type { TimeRange } from '../../language/contract.ts';
import { foldText } from '../../language/text.ts';
import { parseClockTime } from '../../language/time/calendar.ts';
import type { MomentTurn } from './moment.ts';

const cannot =
  /\b(no (puedo|podria|llego|voy a poder|me (queda|viene|sirve|conviene|da|va)|estoy)|imposible|trabajo|(can'?t|cannot|can not|couldn'?t|doesn'?t work|not available|won'?t work|am busy|i work))\b|\bno\W*$|^\W*not (in|on|before|after)\b/;

const noon = 12 * 60;

/** How far behind a day its refusal is looked for, in characters. */
const refusalReach = 80;

/** True where the message says no to a moment, and not to the appointment. */
export function refusesMoment({ folded, state, mentions }: MomentTurn): boolean {
  return state.task !== undefined && cannot.test(folded) && mentions().some(({ kind }) => kind === 'time-range' || kind === 'date');
}

/** Takes a part of the day or a day out of the wish. True where something was. */
export function exclude(turn: MomentTurn): boolean {
  const { heard, state, text, folded } = turn;
  const { wish } = state;
  const { date, dateRange, time, timeRange } = heard.slots;
  const mentions = turn.mentions();
  const told = [date, dateRange, time, timeRange].some((slot) => slot !== undefined);
  if (told) {
    // "Mañana no me queda bien", heard as a wish for tomorrow.
    const refused = mentions.find((mention) => mention.kind === 'date' && isRefused(text.slice(mention.end)));
    if (refused?.kind !== 'date' || refused.date !== date || time !== undefined || timeRange !== undefined) return false;
  } else if (!cannot.test(folded)) return false;
  let changed = false;
  for (const mention of mentions) {
    if (mention.kind === 'time-range') {
      wish.timeRange = remaining(mention.range);
      wish.time = undefined;
      wish.timeReadings = [];
      wish.anyTime = false;
      changed = true;
    } else if (mention.kind === 'date') {
      wish.except = [...new Set([...wish.except, mention.date])];
      if (wish.date === mention.date) wish.date = undefined;
      wish.dates = wish.dates.filter((one) => one !== mention.date);
      changed = true;
    }
  }
  return changed;
}

function isRefused(rest: string): boolean {
  return /^\W{0,3}(ya |tampoco )?(no (puedo|me (queda|sirve|viene|conviene|va)|llego|voy a poder)|(i )?(can'?t|cannot|doesn'?t work|won'?t work))\b/.test(
    foldText(rest.slice(0, refusalReach)),
  );
}

/** The larger part of the day that is left. */
function remaining({ from = '00:00', to = '24:00' }: TimeRange): TimeRange {
  return parseClockTime(from) + parseClockTime(to) < 2 * noon + noon / 2 ? { from: to } : { to: from };
}

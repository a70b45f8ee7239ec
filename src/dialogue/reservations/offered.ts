/** Free moments that a reply named, and which of them the answer takes. */
import { isWithinPeriods } from '../../language/time/calendar.ts';
import { pickIndex } from '../pick.ts';
import type { Turn } from '../turn.ts';
import { type MomentShape, type MomentState, onlyOne } from './moment.ts';

interface Offered {
  date: string;
  time: string;
  staff?: string;
}

interface OfferShape<Slot extends Offered> extends MomentShape {
  state: Omit<MomentState, 'offered'> & { offered: readonly Slot[]; proposed?: Slot | undefined };
}

export type OfferTurn<Slot extends Offered> = Turn<OfferShape<Slot>>;

/** The one of those that the last reply named that the message takes. */
export function pickOffered<Slot extends Offered>(turn: OfferTurn<Slot>): Slot | undefined {
  const { heard, state, text, folded, awaited, topics } = turn;
  const { offered, proposed } = state;
  if (awaited !== 'time' || offered.length === 0 || topics.noneOfThese) return undefined;
  const { date, time, dateRange, timeRange, staff } = heard.slots;
  const readings = time === undefined ? undefined : (heard.ambiguous.time ?? [time]);
  const fitting = offered.filter(
    (slot) =>
      (date === undefined || slot.date === date) &&
      (readings === undefined || readings.includes(slot.time)) &&
      // "¿Y el lunes a la tarde?" does not take Monday morning.
      (timeRange === undefined || isWithinPeriods(slot.time, [{ from: timeRange.from ?? '00:00', to: timeRange.to ?? '24:00' }])) &&
      (staff === undefined || slot.staff === staff),
  );
  const told = date !== undefined || readings !== undefined;
  const index =
    told || dateRange !== undefined || timeRange !== undefined || text.split(/\s+/).length > 8
      ? undefined
      : pickIndex(folded, offered.length, { numbered: false });
  const agreed =
    !told &&
    text.split(/\s+/).length <= 8 &&
    dateRange === undefined &&
    timeRange === undefined &&
    (heard.intent === 'confirm' || pickIndex(folded, 1, { numbered: false }) === 0);
  const chosen = index === undefined ? (agreed ? proposed : undefined) : offered[index];
  return told ? onlyOne(fitting) : chosen;
}

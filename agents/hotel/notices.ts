/** Which messages a stay gives rise to by itself, and when. */
import type { ToolContext } from '../../src/index.ts';
import { addDays, instantOf, nightsBetween } from './calendar-dates.ts';
import type { House } from './house.ts';
import { type StayRecord, todayOf } from './stays.ts';

export const remindJob = 'remind';
export const reviewJob = 'ask-review';

/** Local hours within which guests are written to. */
export const noticeFrom = '09:00';
export const noticeUntil = '21:00';
/** At which hour reminders go out. */
const remindAt = '10:00';
/** Days between requests for a review, and how many there are. */
export const reviewDays = 3;
export const mostReviews = 3;

/**
 * Has reminders fall due 7 days and 1 day before arrival. One of a day that the stay no longer has is dropped when it falls due, so a change
 * needs no cancelling.
 */
export async function scheduleNotices(
  context: Pick<ToolContext, 'schedule' | 'now'>,
  stay: StayRecord,
  house: House,
): Promise<void> {
  const today = todayOf(house, context.now());
  for (const days of [7, 1]) {
    if (nightsBetween(today, stay.checkIn) <= days) continue;
    const at = new Date(instantOf(addDays(stay.checkIn, -days), remindAt, house.timeZone));
    const key = `${stay.id}:${days}:${stay.checkIn}`;
    await context.schedule(remindJob, { bookingId: stay.id, days, day: stay.checkIn }, { at, key });
  }
}

/** Ninety simulated days: who is written to, when, and who is not. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import { hotel as hotelAgent } from './agent.ts';
import { addDays, localMoment } from './calendar-dates.ts';
import { hotelJobs } from './jobs.ts';
import { openHotel } from './rehearsal/hotel-under-test.ts';
import { hotelTools } from './tools.ts';

const tools = hotelTools({});
const days = Number(process.env['TIMONEL_HOTEL_DAYS'] ?? '30');
const wanted = Number(process.env['TIMONEL_HOTEL_STAYS'] ?? '24');
const startDay = '2026-11-19';

onEachStore('a season of messages', (open) => {
  it('reminds a week and a day before, asks three times at most, and leaves the others alone', { timeout: 600_000 }, async () => {
    const house = await openHotel((await open([hotelAgent])).pool);
    const run = (name: string) =>
      hotelJobs({})
        .find((job) => job.name === name)
        ?.run({}, house.access);
    const guests: { conversation: string; checkIn: string; checkOut: string; fate: 'comes' | 'cancels' | 'quiet' | 'answers' }[] =
      [];
    const fates = ['comes', 'cancels', 'quiet', 'answers'] as const;
    for (let index = 0; index < wanted; index++) {
      const guest = house.conversation();
      const checkIn = addDays(startDay, 2 + ((index * 5) % Math.max(3, days - 12)));
      const checkOut = addDays(checkIn, 2);
      const found = await guest.call(tools.searchRooms, { checkIn, checkOut, adults: 1 });
      if (found.kind !== 'available') continue;
      const booked = await guest.call(tools.bookStay, {
        offer: found.offers[0]?.offer ?? '',
        name: 'Ana Gil',
        email: `g${index}@example.com`,
      });
      if (booked.kind !== 'booked') continue;
      const fate = fates[index % 4] ?? 'comes';
      if (fate === 'cancels') {
        const quote = await guest.call(tools.quoteCancellation, { code: booked.stay.code });
        await guest.call(tools.cancelStay, { code: booked.stay.code, fee: quote.kind === 'quoted' ? quote.fee : 0 });
      }
      if (fate === 'quiet') await guest.call(tools.answerReview, { answer: 'stop' });
      guests.push({ conversation: guest.id, checkIn, checkOut, fate });
    }
    expect(guests.length).toBeGreaterThan(wanted / 2);
    const sentAt: { conversation: string; key: string; day: string; time: string }[] = [];
    for (let hour = 0; hour < days * 24; hour += 3) {
      house.now = new Date(Date.parse(`${startDay}T00:30:00-03:00`) + hour * 3_600_000);
      const before = house.sent.length;
      for (const name of ['expire-holds', 'close-day', 'notify']) await run(name);
      const { date: day, time } = localMoment(house.now, house.access.timeZone);
      for (const { conversation, key = '' } of house.sent.slice(before)) sentAt.push({ conversation, key, day, time });
      // Whoever answers does so after the first question.
      for (const { conversation, fate } of guests) {
        if (fate !== 'answers' || !sentAt.some((sent) => sent.conversation === conversation && sent.key.startsWith('review-1')))
          continue;
        await house.access.query((database) =>
          database.execute(sql`
            INSERT INTO hotel_requests (workspace_id, id, booking_id, conversation_id, kind, text, created_at)
            SELECT workspace_id, gen_random_uuid(), id, conversation_id, 'review', 'good', now() FROM hotel_bookings b
            WHERE workspace_id = ${house.workspaceId} AND conversation_id = ${conversation}
              AND NOT EXISTS (SELECT FROM hotel_requests r WHERE r.booking_id = b.id AND r.kind = 'review')`),
        );
      }
    }
    const lastDay = addDays(startDay, days - 1);
    for (const { conversation, checkIn, checkOut, fate } of guests) {
      const got = sentAt.filter((sent) => sent.conversation === conversation).map(({ key, day }) => `${key.split(':')[0]} ${day}`);
      const reminders = [7, 1].map((before) => [`arrival-${before}`, addDays(checkIn, -before)] as const);
      const reviews = [1, 4, 7].map((after, index) => [`review-${index + 1}`, addDays(checkOut, after)] as const);
      const due = [...reminders, ...(fate === 'answers' ? reviews.slice(0, 1) : reviews)]
        // A day of booking brings no reminder.
        .filter(([, day]) => day > startDay && day <= lastDay)
        .map((pair) => pair.join(' '));
      expect([fate, checkIn, got.toSorted()]).toEqual([
        fate,
        checkIn,
        fate === 'cancels' || fate === 'quiet' ? [] : due.toSorted(),
      ]);
    }
    expect(sentAt.filter(({ time }) => time < '09:00' || time >= '21:00')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Agenda,
  freeSlots,
  nearestSlots,
  type SlotSearch,
  selectSlots,
  slotView,
  startWindow,
  whyNone,
} from './availability.ts';
import { type Catalogue, defaultSettings, type Service, type StaffMember } from './catalogue.ts';
import { localTime, timeOf } from './local-time.ts';

const cut: Service = {
  id: 'cut',
  name: 'Corte',
  aliases: [],
  description: '',
  category: '',
  price: 100,
  durationMinutes: 60,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
};
const ana: StaffMember = { id: 'ana', name: 'Ana', aliases: [], serviceIds: ['cut'] };
const leo: StaffMember = { id: 'leo', name: 'Leo', aliases: [], serviceIds: ['cut'] };
/** A Friday. */
const friday = '2026-11-20';
const buenosAires = 'America/Argentina/Buenos_Aires';

function at(iso: string): number {
  return new Date(iso).getTime();
}

function agenda(changes: Partial<Catalogue> & { timeZone?: string; now?: number } = {}): Agenda {
  const { timeZone = buenosAires, now = at('2026-11-19T12:00:00-03:00'), ...catalogue } = changes;
  return {
    timeZone,
    now,
    catalogue: {
      settings: defaultSettings,
      hours: [1, 2, 3, 4, 5, 6].flatMap((weekday) => [
        { staffId: null, weekday, from: '09:00', to: '13:00' },
        { staffId: null, weekday, from: '14:00', to: '18:00' },
      ]),
      specialDates: [],
      busy: [],
      ...catalogue,
    },
  };
}

function search(changes: Partial<SlotSearch> = {}): SlotSearch {
  return { service: cut, staff: [ana], from: friday, to: friday, ...changes };
}

function times(plan: Agenda, wanted: SlotSearch): string[] {
  return freeSlots(plan, wanted).map((slot) => timeOf(slot.minutes));
}

describe('free slots', () => {
  it('fill the opening periods on the grid and leave the lunch break free', () => {
    expect(times(agenda(), search())).toEqual(
      '09:00 09:30 10:00 10:30 11:00 11:30 12:00 14:00 14:30 15:00 15:30 16:00 16:30 17:00'.split(' '),
    );
  });

  it('keep off what is busy, buffers of both sides included', () => {
    const service = { ...cut, bufferBeforeMinutes: 15, bufferAfterMinutes: 30 };
    const busy = [{ staffId: 'ana', from: at(`${friday}T11:00:00-03:00`), to: at(`${friday}T12:00:00-03:00`) }];
    expect(times(agenda({ busy }), search({ service, latest: 14 * 60 }))).toEqual(['09:00', '09:30', '14:00']);
  });

  it('name everybody who is free, in the order of preference', () => {
    const busy = [{ staffId: 'ana', from: at(`${friday}T09:00:00-03:00`), to: at(`${friday}T10:00:00-03:00`) }];
    const slots = freeSlots(agenda({ busy }), search({ staff: [ana, leo], latest: 10 * 60 }));
    expect(slots.map((slot) => [timeOf(slot.minutes), slot.staff.map(({ name }) => name)])).toEqual([
      ['09:00', ['Leo']],
      ['09:30', ['Leo']],
      ['10:00', ['Ana', 'Leo']],
    ]);
  });

  it("follow a person's own hours within those of the house", () => {
    const hours = [...agenda().catalogue.hours, { staffId: 'ana', weekday: 5, from: '12:00', to: '21:00' }];
    expect(times(agenda({ hours }), search())).toEqual('12:00 14:00 14:30 15:00 15:30 16:00 16:30 17:00'.split(' '));
    expect(times(agenda({ hours }), search({ from: '2026-11-21', to: '2026-11-21' }))).toEqual([]);
  });

  it('honour special dates: closed, special hours, an absent person', () => {
    const special = (staffId: string | null, periods: { from: string; to: string }[]) =>
      agenda({ specialDates: [{ date: friday, staffId, periods, reason: '' }] });
    expect(times(special(null, []), search())).toEqual([]);
    expect(times(special(null, [{ from: '10:00', to: '12:00' }]), search())).toEqual(['10:00', '10:30', '11:00']);
    const absent = special('ana', []);
    expect(times(absent, search())).toEqual([]);
    expect(whyNone(absent, search())).toBe('staff-absent');
    expect(times(absent, search({ staff: [leo], latest: 540 }))).toEqual(['09:00']);
  });

  it('honour notice and horizon', () => {
    const now = at(`${friday}T15:40:00-03:00`);
    expect(times(agenda({ now }), search())).toEqual(['17:00']);
    const settings = { ...defaultSettings, horizonDays: 1 };
    const range = search({ to: '2026-11-25', earliest: 17 * 60 });
    expect(freeSlots(agenda({ now, settings }), range).map((slot) => slot.date)).toEqual([friday, '2026-11-21']);
  });
});

describe('daylight saving time', () => {
  const newYork = 'America/New_York';
  const night = [{ staffId: null, weekday: 7, from: '00:00', to: '05:00' }];
  const now = at('2026-03-01T12:00:00Z');

  it('never offers a wall time that does not exist, nor an hour that is not there', () => {
    const plan = agenda({ timeZone: newYork, now, hours: night });
    const wanted = search({ from: '2026-03-08', to: '2026-03-08' });
    expect(times(plan, wanted)).toEqual(['00:00', '00:30', '01:00', '01:30', '03:00', '03:30', '04:00']);
    const overTheJump = freeSlots(plan, wanted).find((slot) => timeOf(slot.minutes) === '01:30');
    expect(localTime(overTheJump?.end ?? 0, newYork)).toEqual({ date: '2026-03-08', time: '03:30' });
  });

  it('offers a wall time that occurs twice once, the first, and fills the longer night', () => {
    const plan = agenda({ timeZone: newYork, now: at('2026-10-20T12:00:00Z'), hours: night });
    const slots = freeSlots(plan, search({ from: '2026-11-01', to: '2026-11-01' }));
    expect(slots.map((slot) => timeOf(slot.minutes))).toEqual('00:00 00:30 01:00 01:30 02:00 02:30 03:00 03:30 04:00'.split(' '));
    expect(new Date(slots[2]?.start ?? 0).toISOString()).toBe('2026-11-01T05:00:00.000Z');
    expect(new Date(slots[4]?.start ?? 0).toISOString()).toBe('2026-11-01T07:00:00.000Z');
  });
});

describe('why there is none', () => {
  const now = at(`${friday}T15:40:00-03:00`);
  const cases: [string, Partial<SlotSearch>, string][] = [
    ['a day that has passed', { from: '2026-11-19', to: '2026-11-19' }, 'past'],
    ['an hour of today that has passed', { earliest: 600, latest: 600 }, 'past'],
    ['an hour within the notice', { earliest: 960, latest: 960 }, 'too-soon'],
    ['beyond the horizon', { from: '2027-11-19', to: '2027-11-19' }, 'too-far'],
    ['a Sunday', { from: '2026-11-22', to: '2026-11-22' }, 'closed'],
    ['the lunch break', { from: '2026-11-21', to: '2026-11-21', earliest: 780, latest: 780 }, 'closed'],
    ['nobody does it', { from: '2026-11-21', to: '2026-11-21', staff: [] }, 'staff-absent'],
    ['a time off the grid', { from: '2026-11-21', to: '2026-11-21', earliest: 610, latest: 610 }, 'full'],
  ];
  it.each(cases)('%s', (_name, changes, reason) => {
    const wanted = search(changes);
    expect(freeSlots(agenda({ now }), wanted)).toEqual([]);
    expect(whyNone(agenda({ now }), wanted)).toBe(reason);
  });

  it('full', () => {
    const busy = [{ staffId: 'ana', from: at('2026-11-21T00:00:00-03:00'), to: at('2026-11-22T00:00:00-03:00') }];
    expect(whyNone(agenda({ now, busy }), search({ from: '2026-11-21', to: '2026-11-21' }))).toBe('full');
  });

  it('an evening in which today has no more room is too late, not gone', () => {
    expect(whyNone(agenda({ now: at(`${friday}T19:40:00-03:00`) }), search())).toBe('too-soon');
  });
});

describe('choosing slots', () => {
  it('spreads a long day over 12 and keeps the first and the last; 60 in all', () => {
    const settings = { ...defaultSettings, slotStepMinutes: 5 };
    const oneDay = selectSlots(freeSlots(agenda({ settings }), search()));
    expect(oneDay).toHaveLength(12);
    expect([oneDay[0], oneDay.at(-1)].map((slot) => timeOf(slot?.minutes ?? 0))).toEqual(['09:00', '17:00']);
    expect(selectSlots(freeSlots(agenda({ settings }), search({ to: '2026-12-19' })))).toHaveLength(60);
  });

  it('finds the nearest: half on the day itself, the rest on the days around at a like time', () => {
    const slots = freeSlots(agenda(), search({ to: '2026-11-25' })).filter(
      ({ date, minutes }) => date !== friday || minutes !== 660,
    );
    expect(nearestSlots(slots, { date: friday, minutes: 660 }, 6).map(slotView)).toEqual([
      { date: friday, time: '10:00', staff: 'Ana' },
      { date: friday, time: '10:30', staff: 'Ana' },
      { date: friday, time: '11:30', staff: 'Ana' },
      { date: '2026-11-21', time: '11:00', staff: 'Ana' },
      { date: '2026-11-23', time: '11:00', staff: 'Ana' },
      { date: '2026-11-24', time: '11:00', staff: 'Ana' },
    ]);
  });

  it('reads a window: the end is no start, but equal ends ask for exactly then', () => {
    expect(startWindow('15:00', '17:00')).toEqual({ earliest: 900, latest: 1019 });
    expect(startWindow('15:00', '15:00')).toEqual({ earliest: 900, latest: 900 });
    expect(startWindow(undefined, '24:00')).toEqual({ earliest: undefined, latest: 1439 });
  });
});

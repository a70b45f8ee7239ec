/**
 * A salon in memory that answers the booking agent's tool calls, to rehearse whole conversations without a store. It keeps to what
 * the contract of the tools says and to nothing more: half-hour grid, one appointment a person at a time.
 */
import type { ReservationVocabulary } from '../../../src/dialogue.ts';
import { addDays, clockWithinDay, localNow, parseClockTime as toMinutes, isoWeekday as weekdayOf } from '../../../src/dialogue.ts';
import type { CallRecord, JsonValue, LocalizedText, PlannedCall } from '../../../src/index.ts';
import type {
  AppointmentView,
  GetAvailabilityOutput,
  GetPromotionsOutput,
  HoldSlotOutput,
  OpeningPeriod,
  ServiceView,
  Slot,
} from '../contract.ts';
import type { ToolName, Tools } from '../flows/dialogue.ts';

const gridMinutes = 30;
const noticeMinutes = 60;
const horizonDays = 60;
const holdMinutes = 10;

export interface SalonPlan {
  services: (ServiceView & { aliases?: string[] })[];
  /** Monday = 1 … Sunday = 7; a day that is missing is closed. */
  hours: Readonly<Record<number, OpeningPeriod[]>>;
  promotions: GetPromotionsOutput['promotions'];
  address?: string;
  timeZone: string;
}

interface Booked extends AppointmentView {
  phone?: string;
  email?: string;
  here: boolean;
}

interface Wanted {
  service: string;
  date: string;
  time: string;
  staff?: string | undefined;
  /** Code of the appointment that moves there. */
  moving?: string;
}

type Answer<Name extends ToolName> = Tools[Name]['output'];

export class Salon {
  readonly plan: SalonPlan;
  readonly booked: Booked[] = [];
  /** Taken times beside the appointments, by everybody: `2026-11-24 17:00`. */
  readonly taken = new Set<string>();
  /** What to answer instead of doing it, per tool. */
  readonly refusals = new Map<string, Pick<CallRecord, 'status'> & { reason: LocalizedText; rule?: string }>();
  /** What the documents of the house answer; none by default. */
  documents: (query: string) => object = () => ({ evidence: 'none', passages: [] });
  now: Date;
  #calls = 0;

  constructor(plan: SalonPlan, now: Date) {
    this.plan = plan;
    this.now = now;
  }

  get vocabulary(): ReservationVocabulary {
    const people = new Set(this.plan.services.flatMap((service) => service.staff));
    return {
      services: this.plan.services.map(({ name, aliases }) => ({ id: name, name, aliases: aliases ?? [] })),
      staff: [...people].map((name) => ({ id: name, name })),
    };
  }

  /** Answers a call as the runtime would record it. */
  answer({ tool, args }: PlannedCall): CallRecord {
    this.#calls += 1;
    const call = { callId: `call-${this.#calls}`, tool, args };
    const refusal = this.refusals.get(tool);
    if (refusal !== undefined) return { ...call, ...refusal };
    if (tool === 'retrieve') return { ...call, status: 'completed', output: this.documents(String(args['query'])) as JsonValue };
    const work = this.#tools[tool as ToolName];
    // The arguments are the agent's own, made from the same contract.
    const output = (work as (input: unknown) => unknown)(args);
    return { ...call, status: 'completed', output: JSON.parse(JSON.stringify(output)) as JsonValue };
  }

  readonly #tools: { [Name in ToolName]: (input: Tools[Name]['input']) => Answer<Name> } = {
    get_services: ({ service }) => {
      const found = this.plan.services.filter((one) => service === undefined || one.name === service);
      const views = (found.length > 0 ? found : this.plan.services).map(({ aliases: _, ...view }) => view);
      return { kind: found.length > 0 ? 'services' : 'unknown', services: views };
    },
    get_business_hours: ({ date }) => ({
      week: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, periods: this.plan.hours[weekday] ?? [] })),
      specialDates: [],
      ...(date === undefined ? {} : { day: { date, periods: this.#periods(date) } }),
      timeZone: this.plan.timeZone,
      ...(this.plan.address === undefined ? {} : { address: this.plan.address }),
    }),
    get_promotions: ({ service }) => ({
      promotions: this.plan.promotions.filter((one) => service === undefined || one.services.includes(service)),
    }),
    get_availability: (input) => this.#availability(input),
    hold_slot: ({ service, date, time, staff }) =>
      this.#take({ service, date, time, staff }, (slot, view) => {
        const expiresAt = new Date(this.now.getTime() + holdMinutes * 60_000).toISOString();
        const { durationMinutes, price, currency } = view;
        return { kind: 'held', slot, service, durationMinutes, price, currency, expiresAt } satisfies HoldSlotOutput;
      }),
    book_appointment: ({ service, date, time, staff, name, phone, email }) =>
      this.#take({ service, date, time, staff }, (slot, view) => {
        const { durationMinutes, price, currency } = view;
        const code = `K7M2Q${this.booked.length + 1}`;
        const appointment: AppointmentView = {
          code,
          service,
          ...slot,
          durationMinutes,
          name,
          price,
          currency,
          status: 'confirmed',
        };
        this.booked.push({
          ...appointment,
          here: true,
          ...(phone === undefined ? {} : { phone }),
          ...(email === undefined ? {} : { email }),
        });
        return { kind: 'booked' as const, appointment, calendarUrl: `/calendar/${code}.ics` };
      }),
    find_appointments: ({ phone, email, code, name }) => {
      const open = this.booked.filter((one) => one.status === 'confirmed');
      const digits = (text: string | undefined) => text?.replaceAll(/\D/g, '').slice(-8);
      const same = (left: string | undefined, right: string | undefined) =>
        left !== undefined && left.toLowerCase() === right?.toLowerCase();
      const own = open.filter((one) => one.here || same(one.code, code));
      if (own.length > 0) return { kind: 'found', appointments: own.map(withoutContact) };
      const likely = open.filter(
        (one) => (same(digits(one.phone), digits(phone)) || same(one.email, email)) && same(one.name, name),
      );
      if (likely.length > 0) return { kind: 'code-needed', appointments: likely.map(({ date, time }) => ({ date, time })) };
      if (code !== undefined || ((phone ?? email) !== undefined && name !== undefined)) return { kind: 'found', appointments: [] };
      return { kind: 'not-enough', missing: (phone ?? email) === undefined ? ['contact'] : ['name-or-code'] };
    },
    reschedule_appointment: ({ code, date, time, staff }) => {
      const appointment = this.booked.find((one) => one.code === code && one.status === 'confirmed');
      if (appointment === undefined) return { kind: 'not-found' };
      return this.#take({ service: appointment.service, date, time, staff, moving: code }, (slot) => {
        const from = { date: appointment.date, time: appointment.time };
        Object.assign(appointment, slot);
        return { kind: 'moved' as const, appointment: withoutContact(appointment), from, calendarUrl: `/calendar/${code}.ics` };
      });
    },
    cancel_appointment: ({ code }) => {
      const appointment = this.booked.find((one) => one.code === code && one.status === 'confirmed');
      if (appointment === undefined) return { kind: 'not-found' };
      appointment.status = 'cancelled';
      return { kind: 'cancelled', appointment: withoutContact(appointment) };
    },
    escalate_to_human: () => ({ kind: 'escalated', message: 'A person will answer.' }),
  };

  #periods(date: string): OpeningPeriod[] {
    return this.plan.hours[weekdayOf(date)] ?? [];
  }

  #availability({
    service: name,
    from,
    to = from,
    timeFrom,
    timeTo,
    staff,
    moving,
  }: Tools['get_availability']['input']): GetAvailabilityOutput {
    const service = this.plan.services.find((one) => one.name === name);
    if (service === undefined) return { kind: 'unknown-service', services: this.plan.services.map((one) => one.name) };
    if (staff !== undefined && !service.staff.includes(staff)) return { kind: 'unknown-staff', staff: service.staff };
    const people = staff === undefined ? service.staff : [staff];
    const within = (time: string): boolean =>
      timeFrom === timeTo && timeFrom !== undefined
        ? time === timeFrom
        : (timeFrom === undefined || timeFrom <= time) && (timeTo === undefined || time < timeTo);
    const slots = this.#free(service, people, from, to, moving).filter((slot) => within(slot.time));
    const hours = from === to ? { hours: this.#periods(from) } : {};
    const { durationMinutes, price, currency } = service;
    if (slots.length > 0) {
      const days = [...Map.groupBy(slots, (slot) => slot.date).values()];
      const perDay = Math.max(3, Math.min(12, Math.floor(60 / days.length)));
      const some = days.flatMap((day) => day.slice(0, perDay)).slice(0, 60);
      return { kind: 'available', service: name, durationMinutes, ...hours, price, currency, slots: some };
    }
    const alternatives = this.#alternatives(service, people, from, timeFrom);
    return { kind: 'none', service: name, reason: this.#whyNone(service, from, to, timeFrom), ...hours, alternatives };
  }

  #alternatives(service: ServiceView, people: string[], date: string, time: string | undefined): Slot[] {
    const distance = (slot: Slot): number =>
      Math.abs(Date.parse(`${slot.date}T00:00Z`) - Date.parse(`${date}T00:00Z`)) / 60_000 +
      Math.abs(toMinutes(slot.time) - toMinutes(time ?? '00:00'));
    const { date: today } = localNow(this.now, this.plan.timeZone);
    return this.#free(service, people, today, addDays(today, horizonDays))
      .toSorted((left, right) => distance(left) - distance(right))
      .slice(0, 6)
      .sort((left, right) => `${left.date} ${left.time}`.localeCompare(`${right.date} ${right.time}`));
  }

  #whyNone(
    service: ServiceView,
    from: string,
    to: string,
    time: string | undefined,
  ): Extract<GetAvailabilityOutput, { kind: 'none' }>['reason'] {
    const { date: today, time: clock } = localNow(this.now, this.plan.timeZone);
    if (to < today || (to === today && time !== undefined && time < clock)) return 'past';
    if (from > addDays(today, horizonDays)) return 'too-far';
    const open = this.#starts(service, from, to).filter((slot) => time === undefined || slot.time === time);
    if (open.length === 0) return 'closed';
    return from === today && to === today && open.every((slot) => toMinutes(slot.time) < toMinutes(clock) + noticeMinutes)
      ? 'too-soon'
      : 'full';
  }

  /** Start times within the opening hours, free or not. */
  #starts(service: ServiceView, from: string, to: string): { date: string; time: string }[] {
    const starts: { date: string; time: string }[] = [];
    for (let date = from; date <= to; date = addDays(date, 1)) {
      for (const period of this.#periods(date)) {
        const last = toMinutes(period.to) - service.durationMinutes;
        for (let minutes = toMinutes(period.from); minutes <= last; minutes += gridMinutes)
          starts.push({ date, time: clockWithinDay(minutes) });
      }
    }
    return starts;
  }

  #free(service: ServiceView, people: string[], from: string, to: string, moving?: string): Slot[] {
    const { date: today, time: clock } = localNow(this.now, this.plan.timeZone);
    const earliest = toMinutes(clock) + noticeMinutes;
    return this.#starts(service, from, to).flatMap(({ date, time }) => {
      if (date < today || date > addDays(today, horizonDays) || (date === today && toMinutes(time) < earliest)) return [];
      if (this.taken.has(`${date} ${time}`)) return [];
      const staff = people.find((person) => !this.#isBusy(person, date, time, service.durationMinutes, moving));
      return staff === undefined ? [] : [{ date, time, staff }];
    });
  }

  #isBusy(person: string, date: string, time: string, duration: number, moving: string | undefined): boolean {
    const start = toMinutes(time);
    return this.booked.some(
      (one) =>
        one.status === 'confirmed' &&
        one.code !== moving &&
        one.staff === person &&
        one.date === date &&
        toMinutes(one.time) < start + duration &&
        start < toMinutes(one.time) + one.durationMinutes,
    );
  }

  /** Does `work` with the slot if it is free, else says what is. */
  #take<Done>(
    { service: name, date, time, staff, moving }: Wanted,
    work: (slot: Slot, service: ServiceView) => Done,
  ): Done | Exclude<HoldSlotOutput, { kind: 'held' }> {
    const service = this.plan.services.find((one) => one.name === name);
    const found = this.#availability({
      service: name,
      from: date,
      timeFrom: time,
      timeTo: time,
      ...(staff === undefined ? {} : { staff }),
      ...(moving === undefined ? {} : { moving }),
    });
    if (found.kind === 'available' && found.slots[0] !== undefined && service !== undefined) return work(found.slots[0], service);
    if (found.kind === 'available') return { kind: 'taken', alternatives: [] };
    return found.kind === 'none' && found.reason === 'full' ? { kind: 'taken', alternatives: found.alternatives } : found;
  }
}

function withoutContact({ phone: _phone, email: _email, here: _here, ...appointment }: Booked): AppointmentView {
  return appointment;
}

/** A day: a column for each person, free times that are booked by a click, and what is there. */
import { type CSSProperties, useEffect, useRef } from 'react';
import { longDate, weekdayOf } from '../../parts/days.ts';
import { useWords } from '../../words/language.ts';
import { Entry } from './entry.tsx';
import { ownPeriods, type Period, type Plan, timeOf, without, workPeriods } from './hours.ts';
import { type Appointment, type Day, type House, now, periodOf } from './house.ts';
import { bookingWords } from './words.ts';

/** Where an appointment would go; nothing is changed yet. */
export interface Proposal {
  id: string;
  minutes: number;
  staff: string;
}

const pixels = 1.2;

interface DayGridProps {
  date: string;
  house: House;
  day: Day;
  chosen: string | undefined;
  /** Whether the person books and moves. */
  books: boolean;
  proposal: Proposal | undefined;
  onOpen(id: string): void;
  onBook(time: string, staff: string): void;
  onPropose(proposal: Proposal | undefined): void;
  onConfirm(): void;
}

export function DayGrid({ date, house, day, chosen, books, proposal, onOpen, onBook, onPropose, onConfirm }: DayGridProps) {
  const words = useWords(bookingWords);
  const weekday = weekdayOf(date);
  const plan: Plan = { hours: house.hours, specials: day.specials };
  const usual: Plan = { hours: house.hours, specials: [] };
  const known = new Set(house.staff.map(({ name }) => name));
  // Who left has appointments still.
  const staff = [...known, ...new Set(day.appointments.map((each) => each.staff).filter((name) => !known.has(name)))];
  const { first, last } = shownHours(staff, day.appointments, [plan, usual], weekday);
  const topOf = (minutes: number) => (minutes - first) * pixels;
  const present = now();
  const line = present.date === date && present.minutes >= first && present.minutes <= last ? topOf(present.minutes) : undefined;

  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each day
  useEffect(() => {
    if (box.current !== null && line !== undefined) box.current.scrollTop = Math.max(0, line - 160);
  }, [date]);

  return (
    <div
      className="day"
      role="region"
      aria-label={words.dayOf(longDate(date))}
      tabIndex={0}
      ref={box}
      style={{ '--people': staff.length, '--hour': `${60 * pixels}px` } as CSSProperties}
    >
      <div className="day-head day-corner" />
      {staff.map((name) => (
        <h2 className="day-head cut" key={name} title={name}>
          {name}
        </h2>
      ))}
      <div className="day-hours" aria-hidden="true" style={{ height: topOf(last) }}>
        {Array.from({ length: (last - first) / 60 }, (_, at) => first + at * 60).map((minutes) => (
          <span key={minutes} style={{ top: topOf(minutes) }}>
            {timeOf(minutes)}
          </span>
        ))}
      </div>
      {staff.map((name) => {
        const work = workPeriods(plan, weekday, name);
        const entries = day.appointments.filter((each) => each.staff === name);
        const blocked = without(workPeriods(usual, weekday, name), work);
        const free = without(work, entries.map(periodOf));
        const left = proposal !== undefined && proposal.staff === name ? proposal : undefined;
        const moving = day.appointments.find(({ id }) => id === left?.id);
        return (
          <section className="day-column" key={name} data-staff={name} aria-label={name} style={{ height: topOf(last) }}>
            {free.map((period) => (
              <Free
                key={period.from}
                period={period}
                top={topOf(period.from)}
                staff={name}
                step={house.step}
                onBook={books ? onBook : undefined}
              />
            ))}
            {blocked.map(({ from, to }) => (
              <div key={from} className="blocked" style={{ top: topOf(from), height: (to - from) * pixels }}>
                {to - from >= 30 && <span>{reasonOf(plan, name) || words.blocked}</span>}
              </div>
            ))}
            {entries.map((appointment) => {
              const { from, to } = periodOf(appointment);
              return (
                <Entry
                  key={appointment.id}
                  appointment={appointment}
                  staff={staff}
                  step={house.step}
                  pixels={pixels}
                  first={first}
                  last={last}
                  top={topOf(from)}
                  height={Math.max(20, (to - from) * pixels - 1)}
                  chosen={appointment.id === chosen}
                  movable={books && Date.parse(appointment.startsAt) > Date.now()}
                  proposal={proposal}
                  onOpen={() => onOpen(appointment.id)}
                  onPropose={onPropose}
                  onConfirm={onConfirm}
                />
              );
            })}
            {left !== undefined && moving !== undefined && (
              <div className="ghost" aria-hidden="true" style={{ top: topOf(left.minutes), height: lengthOf(moving) * pixels - 1 }}>
                <span className="entry-name cut">{moving.name ?? words.someone}</span>
                <span>{timeOf(left.minutes)}</span>
              </div>
            )}
            {line !== undefined && <div className="day-now" aria-hidden="true" style={{ top: line }} />}
          </section>
        );
      })}
    </div>
  );
}

interface FreeProps {
  period: Period;
  top: number;
  staff: string;
  step: number;
  onBook: ((time: string, staff: string) => void) | undefined;
}

/** Free time: a click books where it is pointed at, Enter where it begins. */
function Free({ period: { from, to }, top, staff, step, onBook }: FreeProps) {
  const words = useWords(bookingWords);
  const place = { top, height: (to - from) * pixels, '--shift': `${-(from % 60) * pixels}px` } as CSSProperties;
  if (onBook === undefined) return <div className="free" style={place} />;
  return (
    <button
      type="button"
      className="free"
      style={place}
      aria-label={words.free(timeOf(from), timeOf(to), staff)}
      onClick={({ clientY, currentTarget, detail }) => {
        const down = detail === 0 ? 0 : (clientY - currentTarget.getBoundingClientRect().top) / pixels;
        onBook(timeOf(from + Math.floor(down / step) * step), staff);
      }}
    />
  );
}

function lengthOf(appointment: Appointment): number {
  const { from, to } = periodOf(appointment);
  return to - from;
}

function reasonOf({ specials }: Plan, staff: string): string | undefined {
  return (specials.find((each) => each.staff === staff) ?? specials.find((each) => each.staff === null))?.reason;
}

/** Whole hours around everything that there is, eight in the morning to eight in the evening where there is nothing. */
function shownHours(
  staff: readonly string[],
  appointments: readonly Appointment[],
  plans: readonly Plan[],
  weekday: number,
): { first: number; last: number } {
  const periods = [
    ...plans.flatMap((plan) => [null, ...staff].flatMap((each) => ownPeriods(plan, weekday, each))),
    ...appointments.map(periodOf),
  ];
  if (periods.length === 0) return { first: 8 * 60, last: 20 * 60 };
  const first = Math.floor(Math.min(...periods.map(({ from }) => from)) / 60) * 60;
  return { first, last: Math.ceil(Math.max(...periods.map(({ to }) => to)) / 60) * 60 };
}

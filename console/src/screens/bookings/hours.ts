/** Who works when on a day, by the rules of the agent: a special date replaces the week, a person's hours lie within the house's. Pure. */

/** Minutes since midnight on the clock of the workspace; `to` is at most 1440. */
export interface Period {
  from: number;
  to: number;
}

export interface OpeningHours {
  /** `null`: the house. */
  staff: string | null;
  /** Monday = 1 … Sunday = 7. */
  weekday: number;
  opens: string;
  closes: string;
}

export interface SpecialDate {
  id: string;
  version: number;
  date: string;
  staff: string | null;
  periods: readonly { from: string; to: string }[];
  reason: string;
}

/** Hours of the week, and the special dates of the one day that is looked at. */
export interface Plan {
  hours: readonly OpeningHours[];
  specials: readonly SpecialDate[];
}

export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

export function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Hours of a person before the house's are looked at; of the house for `null`. */
export function ownPeriods({ hours, specials }: Plan, weekday: number, staff: string | null): Period[] {
  const special = specials.find((each) => each.staff === staff);
  if (special !== undefined) return merged(special.periods.map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) })));
  if (staff !== null && !hours.some((each) => each.staff === staff)) return ownPeriods({ hours, specials }, weekday, null);
  const own = hours.filter((each) => each.staff === staff && each.weekday === weekday);
  return merged(own.map(({ opens, closes }) => ({ from: minutesOf(opens), to: minutesOf(closes) })));
}

export function workPeriods(plan: Plan, weekday: number, staff: string): Period[] {
  const house = ownPeriods(plan, weekday, null);
  return ownPeriods(plan, weekday, staff).flatMap((one) =>
    house.flatMap((other) => {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to, other.to);
      return from < to ? [{ from, to }] : [];
    }),
  );
}

/** What is left of periods without others. */
export function without(periods: readonly Period[], taken: readonly Period[]): Period[] {
  return taken.reduce<Period[]>(
    (left, { from, to }) =>
      left.flatMap((each) =>
        to <= each.from || from >= each.to
          ? [each]
          : [
              { from: each.from, to: from },
              { from: to, to: each.to },
            ].filter((part) => part.from < part.to),
      ),
    [...periods],
  );
}

function merged(periods: readonly Period[]): Period[] {
  const result: Period[] = [];
  for (const period of [...periods].filter(({ from, to }) => from < to).sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && period.from <= last.to) last.to = Math.max(last.to, period.to);
    else result.push({ ...period });
  }
  return result;
}

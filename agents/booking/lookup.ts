/** From a wish in words to free slots, or to a refusal with alternatives. */
import { type Database, normaliseCode, type ToolContext, type WorkspaceAccess } from '../../src/index.ts';
import {
  type Agenda,
  bookableDates,
  type FreeSlot,
  freeSlots,
  type NoSlotReason,
  nearestSlots,
  type SlotSearch,
  slotView,
  startWindow,
  whyNone,
} from './availability.ts';
import type { BusyRange, Catalogue, Service, StaffMember } from './catalogue.ts';
import { candidateStaff, findService, loadCatalogue } from './catalogue.ts';
import type { OpeningPeriod, Slot } from './contract.ts';
import { addDays, localDay, localTime } from './local-time.ts';
import { openingPeriods } from './opening.ts';

/** Longest range that is searched in one go, and how far around it alternatives are looked for at first, in days. */
const longestRange = 31;
const daysBefore = 3;
const daysAfter = 14;
const alternativesGiven = 6;

/** Beyond every horizon that a workspace can have: dates further away are searched as this one, and refused. */
const farthestDay = 800;

/** Where somebody books: a conversation with a tool at work in it, or the house itself. */
export type BookingPlace = WorkspaceAccess & Pick<ToolContext, 'conversationId' | 'contact' | 'artifacts' | 'links'>;

/** What a tool was asked for. */
export interface Wish {
  /** Name of the service, or the service itself where it is known already. */
  service: string | Service;
  from: string;
  to?: string | undefined;
  timeFrom?: string | undefined;
  timeTo?: string | undefined;
  staff?: string | undefined;
  /** Code of the appointment to be moved. */
  moving?: string | undefined;
  /** Comes first where nobody was asked for. */
  preferredStaffId?: string | undefined;
}

/** A wish that was understood. */
export interface Lookup {
  kind: 'found';
  catalogue: Catalogue;
  agenda: Agenda;
  search: SlotSearch;
  slots: FreeSlot[];
  wish: Wish;
}

export type Misunderstanding = { kind: 'unknown-service'; services: string[] } | { kind: 'unknown-staff'; staff: string[] };

/** Searches in one statement. */
export async function lookUp(database: Database, context: BookingPlace, wish: Wish): Promise<Lookup | Misunderstanding> {
  const today = localTime(context.now().getTime(), context.timeZone).date;
  const from = clamp(wish.from, addDays(today, -longestRange), addDays(today, farthestDay));
  const to = clamp(wish.to ?? wish.from, from, addDays(from, longestRange - 1));
  const agenda = await loadAgenda(database, context, wish, addDays(from, -daysBefore), addDays(to, daysAfter));
  const { catalogue } = agenda;
  const service = typeof wish.service === 'string' ? findService(catalogue, wish.service) : wish.service;
  if (service === undefined) return { kind: 'unknown-service', services: catalogue.services.map(({ name }) => name) };
  const candidates = candidateStaff(catalogue, service, wish.staff);
  if (candidates.kind === 'unknown-staff') return candidates;
  const staff = preferred(candidates.staff, wish.preferredStaffId);
  const search = { service, staff, from, to, ...startWindow(wish.timeFrom, wish.timeTo) };
  return { kind: 'found', catalogue, agenda, search, slots: freeSlots(agenda, search), wish };
}

/** Loads the catalogue with the busy periods of a range of local dates. */
async function loadAgenda(
  database: Database,
  context: BookingPlace,
  wish: Wish,
  from: string,
  to: string,
): Promise<Agenda & { catalogue: Catalogue }> {
  const { timeZone, conversationId } = context;
  const now = context.now().getTime();
  const range: BusyRange = {
    // A day more on both ends: buffers reach over midnight.
    from: localDay(addDays(from, -1), timeZone).start,
    to: localDay(addDays(to, 1), timeZone).end,
    conversationId,
    moving: wish.moving === undefined ? undefined : normaliseCode(wish.moving),
  };
  return { catalogue: await loadCatalogue(database, context, range), timeZone, now };
}

/** Why there is no such slot, and the nearest ones that there are. Looks up to the horizon where the days around have none. */
export async function refuse(
  database: Database,
  context: BookingPlace,
  lookup: Lookup,
): Promise<{ kind: 'none'; service: string; reason: NoSlotReason; hours?: OpeningPeriod[]; alternatives: Slot[] }> {
  const { search, agenda, wish } = lookup;
  let alternatives = alternativesIn(lookup, agenda, addDays(search.from, -daysBefore), addDays(search.to, daysAfter));
  if (alternatives.length === 0) {
    const { first, last } = bookableDates(agenda);
    const wider = await loadAgenda(database, context, wish, first, last);
    alternatives = alternativesIn(lookup, wider, first, last);
  }
  return {
    kind: 'none',
    service: search.service.name,
    reason: whyNone(agenda, search),
    ...hoursOf(lookup),
    alternatives: alternatives.map(slotView),
  };
}

/** When the house is open on the day that was asked for; nothing for a range of days. */
export function hoursOf({ search, catalogue, agenda }: Lookup): { hours?: OpeningPeriod[] } {
  return search.from === search.to ? { hours: openingPeriods(catalogue, localDay(search.from, agenda.timeZone)) } : {};
}

function alternativesIn({ search, catalogue, wish }: Lookup, agenda: Agenda, from: string, to: string): FreeSlot[] {
  const point = { date: search.from, minutes: search.earliest };
  const { service, staff } = search;
  // Somebody was asked for: others who are free at that very time are worth an offer too.
  const others = wish.staff === undefined ? undefined : candidateStaff(catalogue, service, undefined);
  const elsewhere = others?.kind === 'staff' ? nearestSlots(freeSlots(agenda, { ...search, staff: others.staff }), point, 2) : [];
  const count = alternativesGiven - elsewhere.length;
  const free = freeSlots(agenda, { service, staff, from, to });
  return [...nearestInWindow(free, search, point, count), ...elsewhere].sort((one, other) => one.start - other.start);
}

/**
 * Who asked for a part of the day ("a la tarde") is offered that part on other days, and little else of the day itself. One exact time
 * leaves the whole day open: the next half hour may do.
 */
function nearestInWindow(
  free: readonly FreeSlot[],
  { from, to, earliest = 0, latest = 24 * 60 }: SlotSearch,
  point: { date: string; minutes?: number | undefined },
  count: number,
): FreeSlot[] {
  const wholeDay = earliest === 0 && latest === 24 * 60;
  if (wholeDay || earliest === latest) return nearestSlots(free, point, count);
  const suits = (slot: FreeSlot) => earliest <= slot.minutes && slot.minutes <= latest;
  const thatDay = nearestSlots(
    free.filter((slot) => from <= slot.date && slot.date <= to),
    point,
    2,
  );
  const others = nearestSlots(free.filter(suits), point, count - thatDay.length);
  return others.length === 0 ? nearestSlots(free, point, count) : [...thatDay, ...others];
}

function preferred(staff: StaffMember[], id: string | undefined): StaffMember[] {
  return id === undefined ? staff : staff.toSorted((one, other) => Number(other.id === id) - Number(one.id === id));
}

function clamp(date: string, least: string, most: string): string {
  if (date < least) return least;
  return date > most ? most : date;
}

/** Who arrives, who leaves and who is there, of hotels that are kept here and of those that are kept in a system of somebody else. */
import { z } from 'zod';
import { type SQL, sql } from '../../src/database.ts';
import { type AnyRoute, defineRoute, type RouteContext } from '../../src/index.ts';
import { localMoment } from './calendar-dates.ts';
import { type House, loadHouses } from './house.ts';
import { PmsDown } from './pms/contract.ts';
import type { ForeignGuestStay } from './pms/foreign/contract.ts';
import { amountOf } from './stays.ts';
import { foreignFor, type PmsSystems } from './systems.ts';

const line = z.object({
  code: z.string().describe('Code of the stay; of one that is not known here its id in the system that keeps the hotel'),
  guest: z.string(),
  phone: z.string().nullable(),
  hotel: z.string(),
  rooms: z.array(z.string()),
  adults: z.number(),
  children: z.array(z.number()).describe('Ages, where they are known'),
  childrenCount: z.number(),
  checkIn: z.string(),
  checkOut: z.string(),
  arrivalTime: z.string().nullable(),
  lateUntil: z.string().nullable(),
  status: z.string().describe('not-there: booked here, and not found in the system that keeps the hotel'),
  balance: z.number().nullable(),
  source: z.string().describe('here, or the kind of the system that it was read from'),
});
type Line = z.infer<typeof line>;
type OwnLine = Line & { hotelId: string; external: string | null };

type Dated = Pick<ForeignGuestStay, 'status' | 'checkIn' | 'checkOut'>;

const lists = {
  arrivals: {
    summary: 'Who arrives on a day',
    which: (day: string) => sql`b.check_in = ${day}::date AND b.status IN ('confirmed', 'in_house')`,
    has: (day: string, { checkIn, status }: Dated) => checkIn === day && (status === 'confirmed' || status === 'in_house'),
  },
  departures: {
    summary: 'Who leaves on a day',
    which: (day: string) => sql`b.check_out = ${day}::date AND b.status IN ('confirmed', 'in_house', 'checked_out')`,
    has: (day: string, { checkOut, status }: Dated) => checkOut === day && status !== 'no_show',
  },
  'in-house': {
    summary: 'Who sleeps there in a night',
    which: (day: string) => sql`b.check_in <= ${day}::date AND b.check_out > ${day}::date AND b.status = 'in_house'`,
    // Not every system says who is there: those who came before the day are.
    has: (day: string, { checkIn, checkOut, status }: Dated) =>
      checkIn <= day && checkOut > day && (status === 'in_house' || (status === 'confirmed' && checkIn < day)),
  },
} as const;

export const deskLists = (systems: PmsSystems): readonly AnyRoute[] =>
  Object.entries(lists).map(([path, { summary, which, has }]) =>
    defineRoute({
      method: 'GET',
      path: `/${path}`,
      summary,
      description:
        'Hotels that are kept in a system of somebody else are asked there; one that does not answer is named in unreachable.',
      permission: 'hotel:read',
      query: z.object({ date: z.iso.date().optional().describe('Today by the clock of the workspace where absent') }),
      answer: z.object({
        date: z.string(),
        stays: z.array(line),
        unreachable: z.array(z.string()).describe('Hotels of which only what was booked here is told'),
        incomplete: z.array(z.string()).describe('Hotels whose system lists no more than its latest bookings'),
      }),
      async handle({ query }, context) {
        const day = query.date ?? localMoment(context.now(), context.timeZone).date;
        const own = await ownLines(context, which(day));
        const foreign = (await context.query((database) => loadHouses(database, context))).filter(({ system }) => system !== null);
        const unreachable: string[] = [];
        const incomplete: string[] = [];
        const read = (
          await Promise.all(
            foreign.map(async (house) => {
              const found = await askSystem(systems, context, house, day);
              if (found === undefined) unreachable.push(house.name);
              else if (!found.complete) incomplete.push(house.name);
              return found === undefined ? [] : [await merged(context, house, found, own, (stay) => has(day, stay))];
            }),
          )
        ).flat();
        const replaced = new Set(read.flatMap(({ replaces }) => replaces));
        const stays = [...own.filter((stay) => !replaced.has(stay)), ...read.flatMap(({ lines }) => lines)];
        return { date: day, stays: stays.map((stay) => line.parse(stay)), unreachable, incomplete };
      },
    }),
  );

async function askSystem(systems: PmsSystems, context: RouteContext, house: House, day: string) {
  try {
    return await foreignFor(systems, { access: context, house })?.staysOn(day);
  } catch (error) {
    if (error instanceof PmsDown) return undefined;
    throw error;
  }
}

/** Stays of a system, with what is known of them here; and the own lines that they stand for. */
async function merged(
  context: RouteContext,
  house: House,
  { stays, complete }: { stays: ForeignGuestStay[]; complete: boolean },
  own: readonly OwnLine[],
  belongs: (stay: ForeignGuestStay) => boolean,
): Promise<{ lines: Line[]; replaces: OwnLine[] }> {
  const kind = house.system?.kind ?? '';
  const here = own.filter(({ hotelId }) => hotelId === house.id);
  const wanted = stays.filter(belongs);
  const known = await ownLines(
    context,
    sql`b.hotel_id = ${house.id} AND EXISTS (SELECT FROM unnest(${sql.param(wanted.map(({ id }) => id))}::text[]) AS w(id)
      WHERE w.id = ANY(string_to_array(b.external, ',')))`,
  );
  const numbers = new Map(house.types.flatMap((type) => type.rooms.map((room) => [room.external, room.number] as const)));
  const ofSystem = wanted.map((stay): Line => {
    const match = known.find(({ external }) => external?.split(',').includes(stay.id));
    return {
      code: match?.code ?? stay.id,
      guest: stay.guest === '' ? (match?.guest ?? '') : stay.guest,
      phone: match?.phone ?? null,
      hotel: house.name,
      rooms: stay.rooms.flatMap((room) => numbers.get(room) ?? []),
      adults: stay.adults,
      children: match?.children ?? [],
      childrenCount: stay.children,
      checkIn: stay.checkIn,
      checkOut: stay.checkOut,
      arrivalTime: match?.arrivalTime ?? null,
      lateUntil: match?.lateUntil ?? null,
      status: stay.status,
      balance: stay.balance === undefined ? (match?.balance ?? null) : amountOf(stay.balance),
      source: kind,
    };
  });
  const there = new Set(stays.map(({ id }) => id));
  const missing = here.filter(({ external }) => external !== null && !external.split(',').some((id) => there.has(id)));
  // What the system has in its list is told from there; what it lacks is told as such, where the list is whole.
  const replaces = here.filter((stay) => complete || !missing.includes(stay));
  const lost = complete ? missing.map((stay) => ({ ...stay, status: 'not-there' })) : [];
  const pending = replaces.filter(({ external }) => external === null);
  return { lines: [...ofSystem, ...lost, ...pending], replaces };
}

async function ownLines(context: RouteContext, which: SQL): Promise<OwnLine[]> {
  const { rows } = await context.query((database) =>
    database.execute<{ line: OwnLine }>(sql`
      SELECT json_build_object('code', b.code, 'guest', coalesce(g.name, ''), 'phone', g.phone, 'hotel', h.name, 'hotelId', h.id,
        'external', b.external, 'adults', b.adults, 'children', b.children, 'childrenCount', cardinality(b.children),
        'checkIn', b.check_in, 'checkOut', b.check_out, 'arrivalTime', to_char(b.arrival_time, 'HH24:MI'),
        'lateUntil', to_char(b.late_until, 'HH24:MI'), 'status', b.status, 'source', 'here',
        'balance', (b.total - b.paid + coalesce((SELECT sum(c.amount) FROM hotel_charges c WHERE c.workspace_id = b.workspace_id
          AND c.booking_id = b.id), 0))::float8,
        'rooms', coalesce((SELECT json_agg(r.number ORDER BY r.number) FROM hotel_stays s
          JOIN hotel_rooms r ON r.workspace_id = s.workspace_id AND r.id = s.room_id
          WHERE s.workspace_id = b.workspace_id AND s.booking_id = b.id), '[]'::json)) AS line
      FROM hotel_bookings b JOIN hotel_hotels h ON h.workspace_id = b.workspace_id AND h.id = b.hotel_id
        LEFT JOIN hotel_guests g ON g.workspace_id = b.workspace_id AND g.id = b.guest_id
      WHERE b.workspace_id = ${context.workspaceId} AND ${which} ORDER BY b.arrival_time NULLS LAST, g.name LIMIT 500`),
  );
  return rows.map(({ line: each }) => each);
}

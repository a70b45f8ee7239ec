/** What the desk asks a hotel for: its fields, the hotel, the offer, and why it was refused. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type ResourceContext, rejectRow } from '../../src/index.ts';
import { type House, loadHouses } from './house.ts';
import { findNamed } from './names.ts';
import { type Pms, PmsDown, type PmsOffer, type RefusedReason, type StayRequest } from './pms/contract.ts';
import { readWish } from './search.ts';

export const stayFields = z.object({
  hotel: z.string().max(200).nullable().default(null).describe('Where the house has several'),
  checkIn: z.iso.date(),
  checkOut: z.iso.date(),
  type: z.string().trim().min(1).max(200).describe('Name of the room type, or its code'),
  adults: z.int().min(1).max(60),
  children: z.array(z.int().min(0).max(17)).default([]).describe('Age of each'),
  name: z.string().trim().min(2).max(200),
  phone: z.string().max(40).nullable().default(null),
  email: z.email().max(254).nullable().default(null),
  paid: z.number().min(0).max(9_999_999_999).default(0).describe('What arrived, as a person saw it'),
  arrivalTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .nullable()
    .default(null),
});

export async function houseNamed(context: ResourceContext, named: string | null): Promise<House> {
  const houses = await context.query((database) => loadHouses(database, context));
  const house = named === null ? (houses.length === 1 ? houses[0] : undefined) : findNamed(houses, named);
  if (house !== undefined) return house;
  throw rejectRow(`Say in "hotel" which one. There are: ${houses.map(({ name }) => name).join(', ')}.`);
}

/** The offer of a type for such a stay, by the system that speaks for its hotel. */
export async function offerOf(
  context: ResourceContext,
  house: House,
  pms: Pms,
  asked: Pick<z.infer<typeof stayFields>, 'checkIn' | 'checkOut' | 'type' | 'adults' | 'children'>,
  changing?: string,
): Promise<{ offer: PmsOffer; request: StayRequest }> {
  const types = await context.query((database) =>
    database.execute<{ name: string }>(sql`
      SELECT name FROM hotel_room_types WHERE workspace_id = ${context.workspaceId} AND hotel_id = ${house.id} AND code = ${asked.type}`),
  );
  const type = types.rows[0]?.name ?? asked.type;
  const { checkIn, checkOut, adults, children } = asked;
  const wish = readWish(house, { checkIn, checkOut, adults, children, type }, context.now());
  if ('kind' in wish) throw rejectRow(`Such a stay cannot be booked: ${JSON.stringify(wish)}.`);
  const request = { ...wish.request, changing };
  const [found] = await pms.offers([request]);
  const offer = found?.offers[0];
  if (offer === undefined) throw rejectRow(`There is no such room on these nights (${found?.nothing?.kind ?? 'sold-out'}).`, true);
  if (found?.asOf !== undefined) throw new PmsDown('it does not answer, and nothing is booked from what was known before.');
  return { offer, request };
}

export function reasonOf(answer: { kind: 'refused'; reason: RefusedReason } | { kind: 'unclear' }) {
  return rejectRow(
    answer.kind === 'unclear' ? 'It is not known whether it happened.' : `It was refused: ${answer.reason.kind}.`,
    true,
  );
}

/** The sample hotel kept by a system of somebody else that a server of the test speaks for. */
import { sql } from '../../../src/database.ts';
import type { Rows } from '../../../test/tool-workspace.ts';
import { houseById, loadHouses } from '../house.ts';
import type { Pms } from '../pms/contract.ts';
import type { ForeignSystem } from '../pms/foreign/contract.ts';
import { frontedPms } from '../pms/foreign/front.ts';
import { foreignFor, pmsFor } from '../systems.ts';
import { openHotel, type TestHotel } from './hotel-under-test.ts';
import { PretendHotel } from './pretend-hotel.ts';

export interface Speaker {
  kind: string;
  secret: string;
  property: string;
  /** It books a room that somebody else just took. */
  oversells: boolean;
  listen(hotel: PretendHotel): Promise<string>;
}

export interface ForeignHotel {
  hotel: TestHotel;
  there: PretendHotel;
  /** What a conversation calls; `through` puts something between the front and the adapter. */
  pms(conversationId?: string, through?: (system: ForeignSystem) => ForeignSystem): Promise<Pms>;
  /** Id of a room type here, by its name. */
  typeOf(name: string): Promise<string>;
  close(): Promise<void>;
}

const pricePerNight = 10_000_00;

export async function openForeignHotel(rows: Rows, { kind, secret, property, listen }: Speaker): Promise<ForeignHotel> {
  const hotel = await openHotel(rows);
  const { access, workspaceId } = hotel;
  const [house] = await access.query((database) => loadHouses(database, access));
  if (house === undefined) throw new Error('The sample has no hotel.');
  const types = house.types.map((type, index) => ({
    id: String(1001 + index),
    name: type.name,
    price: pricePerNight * (index + 1),
    rooms: type.rooms.map(({ number }) => ({ id: `9${number}`, number })),
  }));
  const there = new PretendHotel(types);
  const url = await listen(there);
  const id = access.newId();
  await access.query(async (database) => {
    for (const [index, type] of house.types.entries())
      await database.execute(
        sql`UPDATE hotel_room_types SET external = ${String(1001 + index)} WHERE workspace_id = ${workspaceId} AND id = ${type.id}`,
      );
    await database.execute(sql`UPDATE hotel_rooms SET external = '9' || number WHERE workspace_id = ${workspaceId}`);
    await database.execute(sql`
      INSERT INTO hotel_systems (workspace_id, id, hotel_id, kind, url, property, settings, secret)
      VALUES (${workspaceId}, ${id}, ${house.id}, ${kind}, ${url}, ${property}, ${JSON.stringify({ writeSeconds: '0.6', identityUrl: url })}::jsonb,
        ${access.secrets.seal(secret, id)})`);
  });
  const now = async () => {
    const current = await access.query((database) => houseById(database, access, house.id));
    if (current === undefined) throw new Error('The hotel is gone.');
    return current;
  };
  return {
    hotel,
    there,
    async pms(conversationId = access.newId(), through) {
      const place = { access, house: await now(), conversationId, offerRef: undefined };
      const system = foreignFor({}, place);
      if (through === undefined || system === undefined) return pmsFor({}, place);
      return frontedPms({ ...place, source: 'agent' }, through(system));
    },
    typeOf: async (name) => (await now()).types.find((type) => type.name === name)?.id ?? '',
    close: () => there.close(),
  };
}

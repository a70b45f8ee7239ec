/** Fills a fresh workspace with the sample hotel of `sample-hotel.ts`. */
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import { addDays, localMoment } from './calendar-dates.ts';
import type { HotelVocabulary } from './contract.ts';
import { sampleDesk, sampleHotel, sampleSeasons, sampleTexts, sampleTypes } from './sample-hotel.ts';

/** The sample hotel's words, for reading messages without a store. */
export const sampleVocabulary: HotelVocabulary = {
  hotels: [{ id: 'sample', name: sampleHotel.name, aliases: [...sampleHotel.aliases] }],
  types: sampleTypes.map(({ name, aliases }) => ({ id: name, name, aliases, hotel: 'sample' })),
};

/** For how long prices are known, in days. */
const seasonDays = 730;

/** Inserts the sample hotel, where the workspace has none yet: what is made up must not get among what is true. */
export async function sample(access: WorkspaceAccess): Promise<void> {
  const { workspaceId } = access;
  const hotelId = access.newId();
  const today = localMoment(access.now(), access.timeZone).date;
  const types = sampleTypes.map((type, position) => ({ ...type, id: access.newId(), position }));
  const rooms = types.flatMap(({ id, rooms: numbers }) =>
    numbers.map((number, position) => ({ id: access.newId(), type: id, number, position })),
  );
  const rates = types.flatMap((type) => ratesOf(type, today).map((rate) => ({ id: access.newId(), type: type.id, ...rate })));
  const texts = sampleTexts.map((text, position) => ({ ...text, id: access.newId(), position }));
  await access.query(async (database) => {
    const { rows } = await database.execute(sql`SELECT FROM hotel_hotels WHERE workspace_id = ${workspaceId} LIMIT 1`);
    if (rows.length > 0) return;
    const { name, aliases, currency, address, phone, email, latitude, longitude } = sampleHotel;
    await database.execute(sql`
      INSERT INTO hotel_hotels (workspace_id, id, name, aliases, currency, address, phone, email, latitude, longitude, desk, deposit_percent,
        deposit_text_es, deposit_text_en, late_free_until, late_until, sample)
      VALUES (${workspaceId}, ${hotelId}, ${name}, ${sql.param([...aliases])}::text[], ${currency}, ${address}, ${phone}, ${email},
        ${latitude}, ${longitude}, ${JSON.stringify(sampleDesk)}::jsonb, ${sampleHotel.depositPercent}, ${sampleHotel.depositTextEs},
        ${sampleHotel.depositTextEn}, ${sampleHotel.lateFreeUntil}::time, ${sampleHotel.lateUntil}::time, true)`);
    await database.execute(sql`
      INSERT INTO hotel_taxes (workspace_id, id, hotel_id, name, percent, included)
      VALUES (${workspaceId}, ${access.newId()}, ${hotelId}, 'IVA', 21, true)`);
    await database.execute(sql`
      INSERT INTO hotel_room_types (workspace_id, id, hotel_id, code, name, aliases, description, sleeps, adults, beds, features, position)
      SELECT ${workspaceId}, t.id, ${hotelId}, t.code, t.name, ARRAY(SELECT jsonb_array_elements_text(t.aliases)), t.description, t.sleeps, t.adults,
        t.beds, ARRAY(SELECT jsonb_array_elements_text(t.features)), t.position
      FROM jsonb_to_recordset(${JSON.stringify(types)}::jsonb) AS t(id uuid, code text, name text, aliases jsonb, description text, sleeps int,
        adults int, beds text, features jsonb, position int)`);
    await database.execute(sql`
      INSERT INTO hotel_rooms (workspace_id, id, type_id, number, position)
      SELECT ${workspaceId}, r.id, r.type, r.number, r.position
      FROM jsonb_to_recordset(${JSON.stringify(rooms)}::jsonb) AS r(id uuid, type uuid, number text, position int)`);
    await database.execute(sql`
      INSERT INTO hotel_rates (workspace_id, id, type_id, name, from_date, to_date, weekdays, price, guests_included, extra_adult, extra_child,
        min_nights)
      SELECT ${workspaceId}, r.id, r.type, r.name, r."from", r."to", ARRAY(SELECT jsonb_array_elements_text(r.weekdays)::smallint), r.price,
        r.included, r."extraAdult", r."extraChild", r."minNights"
      FROM jsonb_to_recordset(${JSON.stringify(rates)}::jsonb) AS r(id uuid, type uuid, name text, "from" date, "to" date, weekdays jsonb,
        price numeric, included int, "extraAdult" numeric, "extraChild" numeric, "minNights" int)`);
    await database.execute(sql`
      INSERT INTO hotel_texts (workspace_id, id, hotel_id, topic, title, text_es, text_en, words, position)
      SELECT ${workspaceId}, t.id, ${hotelId}, t.topic, t.title, t.es, t.en, ARRAY(SELECT jsonb_array_elements_text(t.words)), t.position
      FROM jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) AS t(id uuid, topic text, title text, es text, en text, words jsonb, position int)`);
  });
}

/** Friday and Saturday nights cost a tenth more out of season; in season every night costs the same. */
function ratesOf(type: (typeof sampleTypes)[number], today: string) {
  const { price, high, included, extraAdult, extraChild } = type;
  const guests = { included, extraAdult, extraChild };
  const from = addDays(today, -30);
  const to = addDays(today, seasonDays);
  const everyDay: number[] = [];
  const year = Number(today.slice(0, 4));
  const seasons = [year - 1, year, year + 1, year + 2].flatMap((each) =>
    sampleSeasons.map(({ name, from: first, to: last, minNights }) => ({
      name,
      from: `${each}-${first}`,
      to: `${last < first ? each + 1 : each}-${last}`,
      weekdays: everyDay,
      price: high,
      minNights,
      ...guests,
    })),
  );
  return [
    { name: 'Base', from, to, weekdays: everyDay, price, minNights: 1, ...guests },
    { name: 'Fin de semana', from, to, weekdays: [5, 6], price: Math.round(price * 1.1), minNights: 1, ...guests },
    ...seasons,
  ];
}

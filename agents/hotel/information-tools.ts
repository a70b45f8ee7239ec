/** What the house says of itself. */
import { sql } from '../../src/database.ts';
import { defineTool, foldName, type MediaPart, partOf } from '../../src/index.ts';
import {
  type HotelInformationOutput,
  hotelInformationInput,
  type InformationTopic,
  type RoomPhotoOutput,
  roomPhotoInput,
} from './contract.ts';
import { findNamed } from './names.ts';
import { houseOf } from './place.ts';

interface HouseText {
  topic: InformationTopic;
  title: string;
  es: string;
  en: string;
  words: string[];
}

export const hotelInformation = defineTool({
  name: 'hotel_information',
  description:
    'Services, hours, location, policies, house rules and payment, as the house words them; with a topic, or a word to look for. What is not in its ' +
    'answer is not known: offer to ask the desk.',
  input: hotelInformationInput,
  effect: 'read',
  async execute({ hotel, topic, about }, context): Promise<HotelInformationOutput> {
    const house = await houseOf(context, hotel);
    if ('kind' in house) return house;
    const { rows } = await context.query((database) =>
      database.execute<{ item: HouseText }>(sql`
        SELECT json_build_object('topic', topic, 'title', title, 'es', text_es, 'en', text_en, 'words', words) AS item
        FROM hotel_texts WHERE workspace_id = ${context.workspaceId} AND hotel_id = ${house.id} ORDER BY position, title`),
    );
    const texts = rows.map(({ item }) => item);
    const ofTopic = topic === undefined ? texts : texts.filter((text) => text.topic === topic);
    const chosen = about === undefined ? ofTopic : speakingOf(ofTopic, about);
    const { address, latitude, longitude, phone, email } = house;
    const weekdays = [1, 2, 3, 4, 5, 6, 7];
    const desk = weekdays.map((weekday) => ({
      weekday,
      periods: house.desk.filter((period) => period.weekday === weekday).map(({ from, to }) => ({ from, to })),
    }));
    return {
      kind: 'information',
      hotel: house.name,
      ...(topic === undefined ? {} : { topic }),
      texts: chosen.map(({ topic: of, title, es, en }) => ({ topic: of, title, text: { es, en: en === '' ? es : en } })),
      checkInFrom: house.checkInFrom,
      checkOutUntil: house.checkOutUntil,
      desk,
      timeZone: house.timeZone,
      ...(phone === null ? {} : { phone }),
      ...(email === null ? {} : { email }),
      ...(address === null ? {} : { address }),
      ...(latitude === null || longitude === null ? {} : { location: { latitude, longitude, name: house.name } }),
      cancellation: { freeHours: house.freeCancelHours, feePercentOfFirstNight: house.cancelFeePercent },
      depositPercent: house.depositPercent,
      currency: house.currency,
    };
  },
  /** A place on the map, where that is what was asked for. */
  attachments: (output) =>
    output.kind === 'information' && output.topic === 'location' && output.location !== undefined
      ? [{ type: 'location', ...output.location }]
      : [],
});

/** Texts that have the word: in their title or their words first, else anywhere. */
function speakingOf(texts: readonly HouseText[], about: string): HouseText[] {
  const named = findNamed(
    texts.map((text) => ({ ...text, name: text.title, aliases: text.words })),
    about,
  );
  if (named !== undefined) return texts.filter(({ title, topic }) => title === named.title && topic === named.topic);
  const words = foldName(about)
    .split(' ')
    .filter((word) => word.length > 3);
  return texts.filter(({ title, es, en, words: more }) => {
    const all = foldName([title, es, en, ...more].join(' '));
    return words.some((word) => all.includes(word));
  });
}

export const roomPhoto = defineTool({
  name: 'room_photo',
  description: 'Sends the photo of a room type along with the reply, where the house has one.',
  input: roomPhotoInput,
  effect: 'read',
  async execute({ hotel, type }, context): Promise<RoomPhotoOutput> {
    const house = await houseOf(context, hotel);
    if ('kind' in house) return house;
    const found = findNamed(house.types, type);
    if (found === undefined) return { kind: 'unknown-type', types: house.types.map(({ name }) => name) };
    const artifact = found.photo === null ? undefined : await context.artifacts.get(found.photo);
    if (artifact === undefined) return { kind: 'no-photo', type: found.name };
    return { kind: 'photo', type: found.name, photo: partOf(artifact) as MediaPart };
  },
  attachments: (output) => (output.kind === 'photo' ? [output.photo] : []),
});

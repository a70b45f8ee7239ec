/**
 * What the hotel agent's tools take and answer. Dates are calendar dates of the hotel, `YYYY-MM-DD`: a stay has the nights from check-in up to, and
 * without, check-out. Times are HH:MM of the hotel. Money is a decimal number in the hotel's currency, with two decimals at most; every total has its
 * taxes in it. Everything the domain can answer is a value here, never an exception.
 */
import { z } from 'zod';
import type { LocalizedText, MediaPart } from '../../src/index.ts';
import type {
  Alternatives,
  Misread,
  NoRoom,
  OfferView,
  RequestView,
  StayView,
  SystemDown,
  UnknownType,
  WhichHotel,
} from './views.ts';

export type * from './views.ts';

const date = z.iso.date().describe('Calendar date of the hotel, YYYY-MM-DD');
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .describe('Local time, HH:MM, 24 hours');
const hotel = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('Name of the hotel; only where the house has several and which-hotel was answered');
const code = z.string().trim().min(4).max(16).describe('Code of the stay');
const roomType = z.string().trim().min(1).max(200).describe('Name of the room type as list_room_types answers it');
const email = z.email().max(254);
const phone = z
  .string()
  .regex(/^\+?\d[\d\s().-]{5,24}$/)
  .describe('Phone number, with country code if known');
const ages = z.array(z.int().min(0).max(17)).max(20).describe('Age of each child, in years; 0 for babies');
const money = z.number().min(0).max(9_999_999_999);

export const searchRoomsInput = z.object({
  hotel,
  checkIn: date,
  checkOut: date,
  adults: z.int().min(0).max(60),
  children: ages.optional(),
  childrenWithoutAge: z.int().min(0).max(20).optional().describe('Children whose age was not said'),
  rooms: z.int().min(1).max(15).optional().describe('How many rooms, where they said it'),
  type: roomType.optional(),
});
export type SearchRoomsInput = z.infer<typeof searchRoomsInput>;
export type SearchRoomsOutput =
  | {
      kind: 'available';
      hotel: string;
      request: RequestView;
      /** Cheapest first. */
      offers: OfferView[];
      /** Instant of which this is, where the reservation system could not be asked now: never confirmed from, and said so. */
      asOf?: string;
    }
  | NoRoom
  | Misread;

export const listRoomTypesInput = z.object({ hotel, type: roomType.optional() });
export type RoomTypeView = {
  name: string;
  description: string;
  /** Most guests, and most adults among them. */
  sleeps: number;
  adults: number;
  beds: string;
  features: string[];
  /** Lowest price of a night from today on; absent where none is set. */
  priceFrom?: number;
  priceTo?: number;
  currency: string;
  hasPhoto: boolean;
};
export type ListRoomTypesOutput = { kind: 'types'; hotel: string; types: RoomTypeView[] } | WhichHotel | UnknownType | SystemDown;

const offerId = z.string().trim().min(6).max(40).describe('Id of an offer as search_rooms answers it');

export const holdRoomInput = z.object({ offer: offerId });
export type PriceChanged = { kind: 'price-changed'; before: number; offer: OfferView };
/** No such offer in this conversation, or it is too old: search again. */
export type UnknownOffer = { kind: 'unknown-offer' };
/** Sold in the meantime. */
export type Taken = { kind: 'taken'; hotel: string; alternatives: Alternatives };
export type HoldRoomOutput =
  | {
      kind: 'held';
      offer: OfferView;
      /** Instant, ISO 8601. */
      expiresAt: string;
      /** How often it can still be held for longer, by calling again. */
      extensionsLeft: number;
    }
  /** It was held for longer twice already; it still stands until `expiresAt`. */
  | { kind: 'not-extended'; expiresAt: string }
  | PriceChanged
  | UnknownOffer
  | Taken
  | SystemDown;

export const bookStayInput = z.object({
  offer: offerId,
  name: z.string().trim().min(2).max(200).describe('Name of the guest who books'),
  phone: phone.optional(),
  email: email.optional(),
  companions: z.array(z.string().trim().min(1).max(200)).max(60).optional().describe('Names of the others, where they said them'),
  arrivalTime: time.optional(),
  request: z.string().trim().max(500).optional().describe('A wish for the stay, in the words of the guest'),
});
export type BookStayOutput =
  | { kind: 'booked'; stay: StayView }
  /** The reservation system did not answer clearly. The guest is told once it is known; until then nothing is confirmed. */
  | { kind: 'unclear'; reference: string }
  | { kind: 'contact-needed' }
  | PriceChanged
  | UnknownOffer
  | Taken
  | SystemDown;

export const findStayInput = z.object({
  code: code.optional(),
  name: z.string().trim().min(2).max(200).optional(),
  phone: phone.optional(),
  email: email.optional(),
});
/**
 * Own stays: booked in this conversation, of a contact that the channel vouches for, or named by their code. Contact and name together are what
 * others can know too: they show dates only.
 */
export type FindStayOutput =
  | { kind: 'found'; stays: StayView[] }
  | { kind: 'code-needed'; stays: { checkIn: string; checkOut: string }[] }
  | { kind: 'not-enough'; missing: ('contact' | 'name-or-code' | 'code')[] };

/** No own stay that is still to come, or under way, has this code. */
export type NotFound = { kind: 'not-found' };

const changes = {
  code,
  checkIn: date.optional(),
  checkOut: date.optional(),
  adults: z.int().min(0).max(60).optional(),
  children: ages.optional(),
  type: roomType.optional(),
};
export const quoteChangeInput = z.object(changes);
export type ChangeQuote = {
  kind: 'quoted';
  stay: StayView;
  /** How it would be; its `offer` is what change_stay takes. */
  after: OfferView;
  /** New total less the present one; below zero it becomes cheaper. */
  difference: number;
};
export type QuoteChangeOutput =
  | ChangeQuote
  | NotFound
  /** Terms do not allow it: the rate cannot be changed, or the guest is there already. */
  | { kind: 'not-changeable'; reason: 'rate' | 'started' | 'several-rooms' }
  | { kind: 'nothing-changes'; stay: StayView }
  | NoRoom
  | Misread;

export const changeStayInput = z.object({ code, offer: offerId.describe('Id of the offer in what quote_change answered') });
export type ChangeStayOutput =
  | { kind: 'changed'; stay: StayView; from: { checkIn: string; checkOut: string; type: string; total: number } }
  | { kind: 'unclear'; reference: string }
  | { kind: 'not-changeable'; reason: 'rate' | 'started' | 'several-rooms' }
  | NotFound
  | PriceChanged
  | UnknownOffer
  | Taken
  | SystemDown;

export const quoteCancellationInput = z.object({ code });
export type QuoteCancellationOutput =
  | {
      kind: 'quoted';
      stay: StayView;
      fee: number;
      /** Of what was paid. */
      refund: number;
      currency: string;
      refundable: boolean;
      freeUntil?: string;
    }
  | NotFound
  | { kind: 'not-cancellable'; reason: 'started' | 'non-refundable' };

export const cancelStayInput = z.object({
  code,
  fee: money.describe('The fee that quote_cancellation answered and the guest agreed to; 0 where it is free'),
  reason: z.string().trim().max(500).optional(),
});
export type CancelStayOutput =
  | { kind: 'cancelled'; stay: StayView; fee: number; refund: number; currency: string }
  /** It costs something else by now: tell them, and ask again. */
  | { kind: 'fee-changed'; fee: number; currency: string }
  | { kind: 'unclear'; reference: string }
  | { kind: 'not-cancellable'; reason: 'started' | 'non-refundable' }
  | NotFound
  | SystemDown;

export type LateCheckoutRefused = {
  kind: 'refused';
  /** `sold`: somebody arrives in that room the same day. */
  reason: 'sold' | 'too-late' | 'not-offered' | 'not-needed';
  /** Latest hour that is offered at all. */
  latest?: string;
  checkOutUntil: string;
  /** Bags can be left at the desk. */
  luggage: boolean;
};
export const quoteLateCheckoutInput = z.object({ code, until: time });
export type QuoteLateCheckoutOutput =
  | { kind: 'offered'; code: string; date: string; until: string; fee: number; currency: string; free: boolean }
  | LateCheckoutRefused
  | NotFound
  | SystemDown;

export const lateCheckoutInput = z.object({
  code,
  until: time,
  fee: money.describe('The fee that quote_late_checkout answered and the guest agreed to; 0 where it is free'),
});
export type LateCheckoutOutput =
  | { kind: 'granted'; stay: StayView; until: string; fee: number; currency: string }
  | { kind: 'fee-changed'; fee: number; currency: string }
  | { kind: 'unclear'; reference: string }
  | LateCheckoutRefused
  | NotFound
  | SystemDown;

export const earlyArrivalInput = z.object({ code, at: time.describe('When they arrive, HH:MM') });
export type EarlyArrivalOutput =
  | {
      kind: 'noted';
      at: string;
      /** From when rooms are ready by the house's hours. */
      checkInFrom: string;
      /** `ready`: after that hour. `asked`: before it; the desk was told, and it is no promise. `too-early`: before anybody gets a room. */
      room: 'ready' | 'asked' | 'too-early';
      /** The room is empty the night before, so that it is likely. */
      likely: boolean;
      luggage: boolean;
    }
  | NotFound;

export const informationTopics = ['services', 'hours', 'location', 'policies', 'house-rules', 'payment', 'contact'] as const;
export type InformationTopic = (typeof informationTopics)[number];
export const hotelInformationInput = z.object({
  hotel,
  topic: z.enum(informationTopics).optional(),
  about: z.string().trim().max(200).optional().describe('A word to look for, e.g. "pool", "mascotas"'),
});
export type HotelInformationOutput =
  | {
      kind: 'information';
      hotel: string;
      topic?: InformationTopic;
      /** Texts of the house: of the topic, or those that have the word. */
      texts: { topic: InformationTopic; title: string; text: LocalizedText }[];
      checkInFrom: string;
      checkOutUntil: string;
      /** Hours of the people at the desk; no periods: nobody that day. Monday = 1 … Sunday = 7. */
      desk: { weekday: number; periods: { from: string; to: string }[] }[];
      timeZone: string;
      phone?: string;
      email?: string;
      address?: string;
      location?: { latitude: number; longitude: number; name: string };
      cancellation: { freeHours: number; feePercentOfFirstNight: number };
      depositPercent: number;
      currency: string;
    }
  | WhichHotel;

export const roomPhotoInput = z.object({ hotel, type: roomType });
export type RoomPhotoOutput =
  | { kind: 'photo'; type: string; photo: MediaPart }
  | { kind: 'no-photo'; type: string }
  | WhichHotel
  | UnknownType;

export const specialRequestInput = z.object({
  code: code.optional().describe('Code of the stay that it is for, where there is one'),
  text: z.string().trim().min(2).max(500),
});
/** The desk has it. It is no promise. */
export type SpecialRequestOutput = { kind: 'passed-on'; text: string; code?: string } | NotFound;

export const paymentProofInput = z.object({
  code: code.optional(),
  artifact: z.string().max(100).optional().describe('Id of the picture or file that they sent'),
  note: z.string().trim().max(500).optional(),
});
/** Always for a person to look at: nothing is marked as paid. */
export type PaymentProofOutput = DeskCalled;

export const callFrontDeskInput = z.object({
  reason: z.string().trim().min(1).max(500),
  urgent: z.boolean().optional().describe('Danger, health, locked out, or a complaint that cannot wait'),
});
/** A person was told. */
export type DeskCalled = {
  kind: 'called';
  /** Whether people are at the desk at this moment. */
  deskOpen: boolean;
  /** When they are back, local `YYYY-MM-DDTHH:MM`, where they are not there. */
  opensAt?: string;
  urgent: boolean;
  /** A number for emergencies, where the hotel gives one. */
  emergencyPhone?: string;
};
export type CallFrontDeskOutput = DeskCalled;

export const answerReviewInput = z.object({
  answer: z
    .enum(['good', 'bad', 'stop'])
    .describe('What they said of their stay; stop: they want no messages that they did not ask for'),
  text: z.string().trim().max(1_000).optional().describe('In their words'),
});
export type AnswerReviewOutput =
  /** Pages where they can say it to others; none where the house gives none. */
  | { kind: 'thanks'; links: string[] }
  /** A person has it. Call call_front_desk too, so that somebody answers. */
  | { kind: 'passed-on' }
  | { kind: 'stopped' };

/** What flows understand messages with: the names of the house. */
export type HotelVocabulary = {
  hotels: { id: string; name: string; aliases: string[] }[];
  types: { id: string; name: string; aliases: string[]; hotel: string }[];
};

import type {
  UnderstandingContext as ContextOf,
  NamedThing,
  Slots as SlotsOf,
  Understanding as UnderstandingOf,
} from '../../language/contract.ts';

/** What a customer may want of an agent that keeps appointments or reservations. */
export const intents = [
  'greeting',
  'services',
  'prices',
  'hours',
  'promotions',
  'availability',
  'book',
  'reschedule',
  'cancel',
  'find',
  'confirm',
  'deny',
  'handoff',
  'smalltalk',
  'other',
] as const;
export type Intent = (typeof intents)[number];

/** Slot names that an agent can wait for; a bare answer ("a las 5", "Ana") is read as an answer to it. */
export type Awaiting = 'service' | 'date' | 'time' | 'staff' | 'name' | 'contact' | 'confirmation' | 'appointment' | 'choice';

/** What can be reserved, and the people who work there. */
export type ReservationKind = 'service' | 'staff';

/** The workspace's own words. */
export type ReservationVocabulary = {
  services: readonly NamedThing[];
  staff: readonly NamedThing[];
};

export interface ReservationContext extends ContextOf<ReservationVocabulary> {
  awaiting?: Awaiting | undefined;
}

export type ReservationSlots = SlotsOf<ReservationKind>;

export interface ReservationUnderstanding extends UnderstandingOf<Intent, ReservationKind> {
  /** A service asked for that the vocabulary does not have, in the customer's words. */
  unknownService?: string;
}

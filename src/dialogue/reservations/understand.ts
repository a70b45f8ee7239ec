import { createUnderstanding } from '../../language/understanding.ts';
import type { Intent, ReservationContext, ReservationKind, ReservationUnderstanding, ReservationVocabulary } from './contract.ts';
import { reservations } from './domain.ts';

const understandReservation = createUnderstanding<Intent, ReservationKind, ReservationVocabulary>(reservations);

/**
 * Understands one message to an agent that keeps appointments or reservations. Reads its first 1,000 characters, keeps no state and never
 * throws.
 */
export function understand(text: string, context: ReservationContext): ReservationUnderstanding {
  const { unknownThing, ...understood } = understandReservation(text, context);
  // The domain has no other intents than its own.
  const { intent, alsoIntents } = understood as { intent: Intent; alsoIntents: Intent[] };
  return { ...understood, intent, alsoIntents, ...(unknownThing === undefined ? {} : { unknownService: unknownThing }) };
}

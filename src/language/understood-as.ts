import type { Understanding } from './contract.ts';

/** What flows understood that find an intent alone: no slots, and nothing to ask about. */
export function understoodAs({
  language,
  intent,
  confidence,
}: Pick<Understanding, 'language' | 'intent' | 'confidence'>): Understanding {
  return { language, intent, confidence, slots: {}, alsoIntents: [], ambiguous: {}, invalid: {}, correction: false, anyOf: {} };
}

/** What earlier calls showed: offers and stays, read out of answers of any shape. */
import type { CallRecord, JsonObject, JsonValue } from '../../src/index.ts';

export interface ShownOffer {
  offer: string;
  checkIn: string;
  checkOut: string;
  total: number;
}

export interface ShownStay {
  code: string;
  checkIn: string;
  checkOut: string;
}

/** Codes are told with or without spaces and dashes. */
export const normalised = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

function* objectsIn(value: JsonValue | undefined): Generator<JsonObject> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const one of value) yield* objectsIn(one);
  else {
    yield value;
    for (const one of Object.values(value)) yield* objectsIn(one);
  }
}

/** Offers in the answer of a call. */
export function offersIn({ output }: CallRecord): ShownOffer[] {
  return [...objectsIn(output)].flatMap(({ offer, checkIn, checkOut, total }) =>
    typeof offer === 'string' && typeof checkIn === 'string' && typeof checkOut === 'string' && typeof total === 'number'
      ? [{ offer, checkIn, checkOut, total }]
      : [],
  );
}

/** Stays in the answer of a call. */
export function staysIn({ output }: CallRecord): ShownStay[] {
  return [...objectsIn(output)].flatMap(({ code, checkIn, checkOut }) =>
    typeof code === 'string' && typeof checkIn === 'string' && typeof checkOut === 'string' ? [{ code, checkIn, checkOut }] : [],
  );
}

/** Codes of the stays that a call was answered with, normalised. */
export const codesIn = (record: CallRecord): string[] => staysIn(record).map(({ code }) => normalised(code));

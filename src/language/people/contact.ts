import type { FoundText } from './found.ts';
import type { IsOrdinaryWord } from './ordinary-words.ts';
import { findSpelledAddress } from './spelled-address.ts';
import { findSpokenPhone } from './spoken-phone.ts';

const localPart = /[\p{L}\p{N}._%+-]/u;
const domainPart = /[\p{L}\p{N}.-]/u;
const longestLocalPart = 64;
const longestDomain = 253;

/**
 * First e-mail address in the text, written or spelled out ("lucia arroba gmail punto com").
 * @param awaited the conversation asked for it.
 */
export function findEmail(text: string, awaited: boolean, isOrdinary: IsOrdinaryWord): FoundText | undefined {
  return findWritten(text) ?? findSpelledAddress(text, awaited, isOrdinary);
}

/** Expands around each "@", so a long text without one costs nothing. */
function findWritten(text: string): FoundText | undefined {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < longestLocalPart && localPart.test(text[start - 1] ?? '')) start--;
    let end = at + 1;
    while (end < text.length && end - at < longestDomain && domainPart.test(text[end] ?? '')) end++;
    while (end > at && '.-'.includes(text[end - 1] ?? ' ')) end--;
    while (start < at && '.-'.includes(text[start] ?? ' ')) start++;
    const value = text.slice(start, end);
    const domain = text.slice(at + 1, end);
    if (start < at && text[end] !== '@' && /^[^.@]+(\.[^.@]+)*\.\p{L}{2,}$/u.test(domain))
      return { value: value.toLowerCase(), start, end };
  }
  return undefined;
}

const digitRun = /\+?\(?\d[\d\s().\u2010-\u2015-]*\d/g;
/** Numbers that are something else: "DNI 12345678", "reserva 20391234". */
const otherNumber =
  /(?:dni|cuit|cuil|documento|pasaporte|passport|tarjeta|card|reserva|booking|reservation|codigo|código|code|pedido|order|factura|\$|#|[a-z]-)\s*(?:n[°ºo.]*|es|is|:|#)?\s*$/iu;
const phoneWord =
  /(?:tel|tel[eé]fono|cel|celu|celular|m[oó]vil|whatsapp|wsp|wpp|phone|mobile|number|n[uú]mero|llamame al)\s*(?:es|is|:|al)?\s*$/iu;
const isoDate = /^\d{4}-\d{2}-\d{2}/;

/** Options of {@link findPhone}. */
export interface PhoneOptions {
  /** The conversation waits for a phone number: shorter ones count too. */
  awaited: boolean;
  /** Spans that belong to something else (a time before the number, an e-mail address). */
  taken: readonly { start: number; end: number }[];
  /** Spans of addresses: numbers in them are theirs, also where they are said in words. */
  addresses: readonly { start: number; end: number }[];
}

/** First phone number in the text: digits, with the leading "+" where there was one. */
export function findPhone(text: string, options: PhoneOptions): FoundText | undefined {
  const spoken = findSpokenPhone(text, options.awaited);
  if (spoken !== undefined && !options.addresses.some((span) => span.start < spoken.end && span.end > spoken.start)) return spoken;
  for (const match of text.matchAll(digitRun)) {
    let start = match.index;
    const end = start + match[0].length;
    for (const span of options.taken) if (span.start < start && span.end > start) start = span.end;
    if (options.taken.some((span) => span.start <= start && span.end >= end && span.end - span.start > end - start)) continue;
    const run = text.slice(start, end);
    const before = text.slice(Math.max(0, start - 24), start);
    const digits = run.replace(/\D/g, '');
    const shortest = options.awaited || phoneWord.test(before) ? 6 : 8;
    if (digits.length < shortest || digits.length > 15 || isoDate.test(run.trim()) || otherNumber.test(before)) continue;
    return { value: (run.trimStart().startsWith('+') ? '+' : '') + digits, start, end };
  }
  return undefined;
}

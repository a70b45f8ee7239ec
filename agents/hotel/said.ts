/**
 * What a text states as fact: amounts, dates, codes, rooms. Read out of replies and out of what they may rest on, in both languages and both
 * ways to write a number, so that the two can be compared.
 */
import { foldText, statedDates } from '../../src/dialogue.ts';

export type FactKind = 'amount' | 'date' | 'code' | 'room';

export interface StatedFact {
  kind: FactKind;
  /** The fact in one form: `12500`, `2026-12-10`, `K7M2QX`, `205`. */
  value: string;
  /** As it was written. */
  text: string;
}

const currency = String.raw`(?:\$|US\$|U\$S|AR\$|R\$|€|£|ARS|USD|EUR|BRL|UYU|CLP|MXN)`;
const number = String.raw`\d{1,3}(?:[.,\s\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`;
const amounts = new RegExp(
  `${currency}\\s?(${number})|(${number})\\s?(?:${currency}(?![A-Za-z])|pesos|d[oó]lares|euros|dollars|reales|lucas|(?:mil )?pesos|%|por ?ciento|percent)|\\b(\\d{1,3}(?:[.,]\\d{3})+(?:[.,]\\d{1,2})?)\\b|\\b(\\d{4,7}[.,]\\d{2})\\b|(?<![\\d:/.-])\\b(\\d{5,7})\\b(?![\\d:/.-])`,
  'giu',
);
const spelled = /\b((?:\w+ )?(?:mil|thousand)(?: \w+)?)\s+(?:pesos|dolares|dollars|euros)\b/g;
const codes = /\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{2,}(?:-[A-Z0-9]{2,})*\b/g;
const announcedCodes =
  /\b(?:c[oó]digo|code|localizador|confirmation(?: number)?|n[uú]mero de reserva|booking number)\b\s*(?:es|is|:|#|n[°º.])?\s*[:#]?\s*([A-Z0-9][A-Z0-9-]{3,15})\b/g;
const rooms = /\b(?:habitaci[oó]n|hab\.?|cuarto|room)\s+(?:n[°º.]?\s*|number\s+|n[uú]mero\s+)?#?(\d{1,4}[A-Za-z]?)\b/giu;
const percentText = /%|por ?ciento|percent/i;

/** `12.500,50`, `12,500.50`, `12 500` and `12500` as one number; the last sign with one or two digits behind it is the decimal one. */
export function readAmount(written: string): string {
  const plain = written.replaceAll(/[\s\u00a0\u202f]/g, '');
  const decimals = /[.,](\d{1,2})$/.exec(plain)?.[1];
  const whole = (decimals === undefined ? plain : plain.slice(0, -decimals.length - 1)).replaceAll(/[.,]/g, '');
  const value = Number(`${whole}.${decimals ?? '0'}`);
  return String(Math.round(value * 100) / 100);
}

/** Facts of a text. @param now that relative dates ("mañana") count from */
export function statedIn(text: string, now: { date: string; time: string }): StatedFact[] {
  const found: StatedFact[] = [];
  for (const match of text.matchAll(amounts)) {
    const written = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5];
    if (written === undefined) continue;
    const percent = percentText.test(match[0]);
    found.push({ kind: 'amount', value: `${readAmount(written)}${percent ? '%' : ''}`, text: match[0].trim() });
  }
  for (const match of foldText(text).matchAll(spelled)) found.push({ kind: 'amount', value: match[1] ?? '', text: match[0] });
  for (const match of text.matchAll(codes)) {
    if (!/^\d+(?:ST|ND|RD|TH|HS|AM|PM|H|KM|M2)$/.test(match[0]) && match[0].length >= 5)
      found.push({ kind: 'code', value: match[0], text: match[0] });
  }
  for (const match of text.matchAll(announcedCodes))
    if (match[1] !== undefined && /^[A-Z0-9-]+$/.test(match[1])) found.push({ kind: 'code', value: match[1], text: match[0] });
  for (const match of text.matchAll(rooms)) found.push({ kind: 'room', value: (match[1] ?? '').toUpperCase(), text: match[0] });
  for (const { date, text: said } of statedDates(text, now)) found.push({ kind: 'date', value: date, text: said });
  return found;
}

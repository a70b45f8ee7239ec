/** A piece of the text that was understood. */
export interface Found {
  value: string;
  start: number;
  end: number;
}

const localPart = /[\p{L}\p{N}._%+-]/u;
const domainPart = /[\p{L}\p{N}.-]/u;
const longestLocalPart = 64;
const longestDomain = 253;

/** First e-mail address in the text, written or spelled out ("lucia arroba gmail punto com"). */
export function findEmail(text: string): Found | undefined {
  return findWritten(text) ?? findSpelled(text);
}

/** Expands around each "@", so a long text without one costs nothing. */
function findWritten(text: string): Found | undefined {
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

const word = String.raw`[\p{L}\p{M}\p{N}]+`;
const dot = String.raw`(?:\s*\.\s*|\s+(?:punto|dot)\s+)`;
const joint = String.raw`(?:${dot}|\s*[_-]\s*|\s+(?:gui[oó]n\s+bajo|underscore|gui[oó]n(?:\s+(?:medio|al\s+medio))?|dash|hyphen)\s+|\s+(?=\p{N}))`;
const spelled = new RegExp(
  String.raw`(?<![\p{L}\p{M}\p{N}])(${word}(?:${joint}${word}){0,6})\s*[([]?\s*(?<![\p{L}\p{N}])(arroba|at|@)(?![\p{L}\p{N}])\s*[)\]]?\s*(${word}(?:-${word})?)((?:${dot}${word}){1,3})?`,
  'giu',
);
/** Hosts that are said without what follows. */
const hosts: Readonly<Record<string, string>> = { gmail: '.com', icloud: '.com', outlook: '.com' };
/** "See you at noon. Ok": what follows a plain "at" has to end as addresses do. */
const endings = new Set(
  'com net org edu gov gob info io co me app dev biz eu ar es mx cl uy pe py bo br us uk ca de fr it pt'.split(' '),
);

/** An address as it is told on the phone, or typed by somebody who does not find the "@". */
function findSpelled(text: string): Found | undefined {
  if (!/arroba|\bat\b|@/i.test(text)) return undefined;
  for (const match of text.matchAll(spelled)) {
    const [whole, local = '', at = '', host = '', rest = ''] = match;
    const ending = compact(rest) || hosts[host.toLowerCase()];
    const last = ending?.split('.').at(-1) ?? '';
    if (ending === undefined || !/^\p{L}{2,}$/u.test(last)) continue;
    if (at.toLowerCase() === 'at' && !(endings.has(last) && (/\s(?:dot|punto)\s/i.test(rest) || !/\s/.test(rest)))) continue;
    return { value: `${compact(local)}@${compact(host)}${ending}`, start: match.index, end: match.index + whole.length };
  }
  return undefined;
}

/** "Ana guion bajo paz" as it stands in an address: `ana_paz`. Addresses have no accents. */
function compact(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\s+(?:guion\s+bajo|underscore)\s+/g, '_')
    .replaceAll(/\s+(?:guion(?:\s+(?:al\s+)?medio)?|dash|hyphen)\s+/g, '-')
    .replaceAll(/\s+(?:punto|dot)\s+/g, '.')
    .replaceAll(/\s+/g, '');
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
}

/** First phone number in the text: digits, with the leading "+" where there was one. */
export function findPhone(text: string, options: PhoneOptions): Found | undefined {
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

/**
 * The text that a request came as, and how another model is put into it: to write the whole of it anew costs ten times as much, and a
 * conversation is long.
 */
import type { RequestBody } from './contract.ts';

/**
 * The request with another value for one member, and with one that it has not yet.
 * @param text the JSON that `body` was parsed from, where it is at hand.
 * @param added a member with its name, as JSON.
 * @returns `undefined` where the text is not at hand, or where it is not certain which part of it is meant.
 */
export function changedText(
  text: string | undefined,
  body: RequestBody,
  name: string,
  value: string,
  added?: string,
): string | undefined {
  const place = text === undefined ? undefined : memberPlaceOf(text, name);
  // A member that is written twice counts once here and perhaps another time there: what was checked, priced and cached must be what is sent.
  if (text === undefined || place === undefined || place.members !== membersOf(body, 0)) return undefined;
  const { start, end } = place;
  const head = `${text.slice(0, start)}${JSON.stringify(value)}`;
  if (added === undefined) return `${head}${text.slice(end)}`;
  // There is a member before it at least: the one that was found.
  const close = text.lastIndexOf('}');
  return `${head}${text.slice(end, close)},${added}}`;
}

/**
 * How many members a value has, with those of its members. Not a number, which nothing is equal to, where it is nested too deep to tell, or
 * has numbers that were rounded when they were read.
 */
function membersOf(value: unknown, depth: number): number {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? Number.NaN : 0;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > deepest) return Number.NaN;
  let members = 0;
  if (Array.isArray(value)) for (const each of value) members += membersOf(each, depth + 1);
  else for (const name in value) members += 1 + membersOf((value as Readonly<Record<string, unknown>>)[name], depth + 1);
  return members;
}

const deepest = 200;

interface Place {
  /** Of the value. */
  start: number;
  end: number;
  /** How many members are written in the whole text, at any depth. */
  members: number;
}

/**
 * Where the value of a member stands in the text of an object, which is valid JSON.
 * @returns `undefined` where it is not there once only, or where names are written with escapes.
 */
export function memberPlaceOf(text: string, name: string): Place | undefined {
  let found: Place | undefined;
  const count = { members: 0 };
  let at = afterBlanks(text, text.indexOf('{') + 1);
  while (text.charCodeAt(at) === quote) {
    const close = endOfString(text, at);
    const named = text.slice(at + 1, close - 1);
    if (named.includes('\\')) return undefined;
    const start = afterBlanks(text, text.indexOf(':', close) + 1);
    const end = endOfValue(text, start, count);
    count.members++;
    if (named === name) {
      if (found !== undefined) return undefined;
      found = { start, end, members: 0 };
    }
    at = afterBlanks(text, end);
    if (text.charCodeAt(at) === comma) at = afterBlanks(text, at + 1);
  }
  return found === undefined ? undefined : { ...found, members: count.members };
}

const quote = 34;
const comma = 44;
const colon = 58;
const backslash = 92;

function afterBlanks(text: string, from: number): number {
  let at = from;
  for (let unit = text.charCodeAt(at); unit === 32 || unit === 10 || unit === 13 || unit === 9; unit = text.charCodeAt(at)) at++;
  return at;
}

/** @param open where its first quote is. @returns behind its last one. */
function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close - 1;
    while (text.charCodeAt(before) === backslash) before--;
    // Backslashes in pairs stand for themselves.
    if ((close - before) % 2 === 1) return close + 1;
  }
  return text.length;
}

/** @param count is added what members are written within the value. */
function endOfValue(text: string, start: number, count: { members: number }): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    const opens = unit === 123 || unit === 91;
    const closes = unit === 125 || unit === 93;
    if (opens) depth++;
    else if (unit === colon) count.members++;
    // A number or a word ends with what follows it.
    else if (depth === 0 && (closes || unit === comma || unit <= 32)) return at;
    else if (closes && --depth === 0) return at + 1;
    at++;
  }
  return text.length;
}

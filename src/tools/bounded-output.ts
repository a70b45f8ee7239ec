/**
 * What a tool answered, as it is stored and shown to planners: plain JSON of at most so many bytes. The walk stops at the bound, so that an
 * answer of any size costs what the bound costs; of what is longer the beginning and the end are kept, with a note of what was left out.
 */
import type { JsonValue } from '../vocabulary.ts';

/** Bytes of JSON that a tool's answer may have where the tool says nothing else. */
export const defaultOutputBytes = 65_536;

/** Deeper levels are left out: what reads JSON by recursion has a stack to keep. */
const deepest = 100;

/** Room for a note and for what stands around it. */
const noteBytes = 120;

/**
 * Never throws: an effect that happened is recorded, whatever its answer is. What JSON lacks is treated as `JSON.stringify` does (dates become
 * texts, absent members vanish), but big integers become texts, and what cannot be read or contains itself a note.
 */
export function boundedOutput(value: unknown, maxBytes = defaultOutputBytes): JsonValue {
  return withinBytes(value, maxBytes).output;
}

/** The same, with whether something was left out. */
export function withinBytes(value: unknown, maxBytes: number): { output: JsonValue; cut: boolean } {
  const walk: Walk = { left: maxBytes, inside: new Set(), depth: 0 };
  try {
    return { output: copy(value, walk) ?? null, cut: false };
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    const kept = cut(value, maxBytes, new Set()) ?? null;
    // Notes in many places may be more than there is room for.
    return { output: jsonBytes(kept) <= maxBytes ? kept : cutText(JSON.stringify(kept), maxBytes), cut: true };
  }
}

interface Walk {
  /** Bytes that may still be used. */
  left: number;
  /** Objects that the walk is inside of. */
  inside: Set<object>;
  depth: number;
}

class TooLong extends Error {}
/** One for all: a stack trace for each would cost more than the walk. */
const tooLong = new TooLong();

function use(walk: Walk, bytes: number): void {
  walk.left -= bytes;
  if (walk.left < 0) throw tooLong;
}

/** The value as JSON. `undefined` where JSON has no such value. @throws TooLong */
function copy(given: unknown, walk: Walk): JsonValue | undefined {
  const value = plain(given);
  if (typeof value === 'string') {
    // Each character takes a byte at least, so that a text that is far too long is not even read.
    if (value.length + 2 > walk.left) throw tooLong;
    use(walk, jsonBytes(value));
    return value;
  }
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) use(walk, String(value).length);
    return value;
  }
  if (walk.inside.has(value)) return copy('[cut: it contains itself]', walk);
  if (walk.depth >= deepest) throw tooLong;
  walk.inside.add(value);
  walk.depth += 1;
  try {
    use(walk, 2);
    if (Array.isArray(value)) {
      const items: JsonValue[] = [];
      for (let at = 0; at < value.length; at += 1) {
        use(walk, 1);
        items.push(copy(memberOf(value, at), walk) ?? null);
      }
      return items;
    }
    const members: { [key: string]: JsonValue } = {};
    for (const key of Object.keys(value)) {
      const item = copy(memberOf(value, key), walk);
      if (item === undefined) continue;
      use(walk, jsonBytes(key) + 2);
      set(members, key, item);
    }
    return members;
  } finally {
    walk.inside.delete(value);
    walk.depth -= 1;
  }
}

/** The value cut to so many bytes. */
function cut(given: unknown, bytes: number, inside: Set<object>): JsonValue | undefined {
  const whole = tryCopy(given, bytes, inside);
  if (whole !== tooLong) return whole as JsonValue | undefined;
  const value = plain(given);
  if (typeof value === 'string') return cutText(value, bytes);
  if (typeof value !== 'object' || value === null) return value;
  if (inside.size >= deepest || bytes < 2 * noteBytes) return Array.isArray(value) ? '[cut: a list]' : '[cut: an object]';
  inside.add(value);
  try {
    return Array.isArray(value) ? cutList(value, bytes, inside) : cutObject(value, bytes, inside);
  } finally {
    inside.delete(value);
  }
}

function tryCopy(value: unknown, bytes: number, inside: Set<object>): JsonValue | undefined | TooLong {
  try {
    return copy(value, { left: bytes, inside: new Set(inside), depth: inside.size });
  } catch (error) {
    if (error instanceof TooLong) return tooLong;
    throw error;
  }
}

/** The first items and the last ones; the first and the last themselves cut where they alone are too long. */
function cutList(list: readonly unknown[], bytes: number, inside: Set<object>): JsonValue[] {
  const room = bytes - noteBytes;
  const take = (from: number, step: 1 | -1, most: number, share: number): JsonValue[] => {
    const taken: JsonValue[] = [];
    let left = share;
    for (let at = from; taken.length < most; at += step) {
      const item = tryCopy(memberOf(list, at), left, inside);
      const fits = item !== tooLong;
      if (!fits && taken.length > 0) break;
      const kept = fits ? ((item as JsonValue | undefined) ?? null) : (cut(memberOf(list, at), left, inside) ?? null);
      left -= jsonBytes(kept) + 1;
      taken.push(kept);
      if (!fits || left <= 0) break;
    }
    return taken;
  };
  const head = take(0, 1, list.length, Math.floor((room * 2) / 3));
  const tail = take(list.length - 1, -1, list.length - head.length, Math.floor(room / 3)).reverse();
  const omitted = list.length - head.length - tail.length;
  return omitted === 0 ? [...head, ...tail] : [...head, leftOut(omitted, list.length, 'items'), ...tail];
}

/** All members where they are few: short ones whole, the others cut to equal shares. Of many the first ones and the last ones. */
function cutObject(value: object, bytes: number, inside: Set<object>): JsonValue {
  const keys = Object.keys(value);
  const most = Math.max(2, Math.floor(bytes / noteBytes));
  const headCount = Math.ceil((most * 2) / 3);
  const kept = keys.length <= most ? keys : [...keys.slice(0, headCount), ...keys.slice(headCount - most)];
  const names = new Map(kept.map((key) => [key, key.length > 200 ? (cutText(key, 200) as string) : key]));
  let left = bytes - noteBytes - [...names.values()].reduce((sum, name) => sum + jsonBytes(name) + 2, 0);
  const share = Math.floor(Math.max(0, left) / kept.length);
  const whole = new Map<string, JsonValue | undefined>();
  const long = kept.filter((key) => {
    const item = tryCopy(memberOf(value, key), share, inside);
    if (item === tooLong) return true;
    whole.set(key, item as JsonValue | undefined);
    left -= jsonBytes((item as JsonValue | undefined) ?? null);
    return false;
  });
  const members: { [key: string]: JsonValue } = {};
  for (const key of kept) {
    const item = whole.has(key) ? whole.get(key) : cut(memberOf(value, key), Math.floor(Math.max(0, left) / long.length), inside);
    if (item !== undefined) set(members, names.get(key) ?? key, item);
    if (key === kept[headCount - 1] && kept.length < keys.length)
      set(members, '…', leftOut(keys.length - kept.length, keys.length, 'members'));
  }
  return members;
}

/** The beginning and the end of a text, without half a character. */
function cutText(text: string, bytes: number): JsonValue {
  const room = bytes - noteBytes;
  if (room < 0) return leftOut(text.length, text.length, 'characters');
  const head = within(text.slice(0, Math.floor((room * 2) / 3)), Math.floor((room * 2) / 3), false);
  const tail = within(text.slice(-Math.max(1, Math.floor(room / 3))), Math.floor(room / 3), true);
  const omitted = text.length - head.length - tail.length;
  return `${head}\n… ${leftOut(omitted, text.length, 'characters')} …\n${tail}`;
}

/** As much of a text as has so many bytes in JSON, from its beginning or from its end. */
function within(text: string, bytes: number, fromEnd: boolean): string {
  const part = (length: number) => {
    const piece = fromEnd ? text.slice(text.length - length) : text.slice(0, length);
    return fromEnd ? piece.replace(/^[\uDC00-\uDFFF]/, '') : piece.replace(/[\uD800-\uDBFF]$/, '');
  };
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (jsonBytes(part(middle)) <= bytes) least = middle;
    else most = middle - 1;
  }
  return part(least);
}

function leftOut(omitted: number, all: number, what: string): string {
  const count = new Intl.NumberFormat('en');
  return `[cut: ${count.format(omitted)} of ${count.format(all)} ${what} left out]`;
}

function jsonBytes(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** What JSON makes of a value before it looks inside. */
export function plain(value: unknown): JsonValue | object | undefined {
  if (typeof value === 'bigint') return String(value);
  // JSON has one zero: the sum makes it of the negative one.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return undefined;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    try {
      const made: unknown = toJSON.call(value);
      // What gives itself back is taken as it is.
      return made === value ? value : plain(made);
    } catch {
      return '[cut: it cannot be read]';
    }
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return plain(value.valueOf());
  return value;
}

export function memberOf(value: object, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[key];
  } catch {
    return '[cut: it cannot be read]';
  }
}

/** An own member, also where its name is `__proto__`. */
function set(members: { [key: string]: JsonValue }, key: string, value: JsonValue): void {
  Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * What may enter the record. PostgreSQL holds no U+0000 in a text, no lone surrogate in JSON, and nests JSON no deeper than its stack; tools and
 * models give all three. They are replaced here, and nowhere else, so that no answer of a tool and no sentence of a model loses its record.
 */

/** Members below this depth are replaced: deeper than anything that is meant, shallower than what the embedded store's stack takes. */
const deepest = 200;
const tooDeep = '[nested too deeply to be stored]';

/** How U+0000 and lone surrogates look in JSON; a text that only speaks of them is cleaned in vain. */
const escaped = /\\u(?:0000|d[89a-f])/;

/** The text with U+FFFD in place of each U+0000 and each half of a surrogate pair. */
export function storableText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\ufffd') : whole;
}

/** A value of a statement; written JSON is left as it is, since it holds no such character but escaped. */
export function storableValue(value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}

/** A JSON value with storable texts and names; the value itself where nothing has to be replaced. */
export function storable<Value>(value: Value): Value {
  return cleaned(value, 0) as Value;
}

/** As {@link storable}, written. For what enters a statement. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return escaped.test(text) ? JSON.stringify(storable(JSON.parse(text))) : text;
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return tooDeep;
  if (Array.isArray(value)) {
    let changed = false;
    const items = value.map((item: unknown) => {
      const clean = cleaned(item, depth + 1);
      changed ||= clean !== item;
      return clean;
    });
    return changed ? items : value;
  }
  // Dates and the like write themselves.
  if ('toJSON' in value && typeof value.toJSON === 'function') return value;
  let changed = false;
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
    const clean = [storableText(name), cleaned(member, depth + 1)] as const;
    changed ||= clean[0] !== name || clean[1] !== member;
    return clean;
  });
  // fromEntries defines members: one that is called __proto__ stays one.
  return changed ? Object.fromEntries(members) : value;
}

/** Rooms that a text asks for: how many, of which types. */
import type { NamedThing } from '../../language/contract.ts';
import { foldText } from '../../language/text.ts';
import type { WantedRooms } from './contract.ts';
import { quantity, readQuantity } from './quantity.ts';

const roomWord = '(?:habitacion(?:es)?|hab|habs|cuartos?|piezas?|rooms?|dormitorios?|unidades)';

/** Expressions of the types of one vocabulary, longest words first. */
interface TypeReader {
  expression: RegExp;
  nameOf: ReadonlyMap<string, string>;
}

const readers = new WeakMap<readonly NamedThing[], TypeReader>();

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** "Doble" also as "dobles", "single" as "singles", "habitación triple" also as "triple". */
function readerOf(types: readonly NamedThing[]): TypeReader {
  const known = readers.get(types);
  if (known !== undefined) return known;
  const nameOf = new Map<string, string>();
  for (const { name, aliases = [] } of types) {
    // "Para tres" says how many come, whatever room is called so.
    for (const word of [name, ...aliases].map((each) => foldText(each).trim()).filter((each) => !/^(?:para|for) /.test(each))) {
      for (const form of [word, word.replace(/^(?:habitacion|cuarto|room) /, ''), word.replace(/(?<!^family) room$/, '')]) {
        const plural = form
          .split(' ')
          .map((part) => (/[aeiou]$/.test(part) ? `${part}s` : /[lnr]$/.test(part) ? `${part}es` : part))
          .join(' ');
        for (const each of [form, plural, `${form}s`]) if (!nameOf.has(each)) nameOf.set(each, name);
      }
    }
  }
  const words = [...nameOf.keys()].toSorted((left, right) => right.length - left.length).map(escaped);
  const source =
    words.length === 0
      ? '(?!)'
      : `(?<!\\b(?:camas?|beds?) )\\b(?:(${quantity}) (?:${roomWord} )?)?(?:de )?(${words.join('|')})\\b(?! (?:camas?|beds?|vidrio|glazing))`;
  const reader = { expression: new RegExp(source, 'g'), nameOf };
  readers.set(types, reader);
  return reader;
}

const counted = new RegExp(`\\b(${quantity}) ${roomWord}\\b`, 'g');

/** @param text folded, with the dates blanked */
export function readRooms(text: string, types: readonly NamedThing[]): WantedRooms[] | undefined {
  const { expression, nameOf } = readerOf(types);
  const wanted = new Map<string, number | undefined>();
  for (const [, count, word = ''] of text.matchAll(expression)) {
    const name = nameOf.get(word) ?? word;
    const number = count === undefined ? undefined : readQuantity(count);
    wanted.set(name, number === undefined ? wanted.get(name) : (wanted.get(name) ?? 0) + number);
  }
  const rooms = [...text.matchAll(counted)].map(([, count = '']) => readQuantity(count)).find((count) => count > 0);
  if (wanted.size === 0) return rooms === undefined ? undefined : [{ count: rooms }];
  const [first] = wanted;
  if (wanted.size === 1 && first !== undefined) return [{ type: first[0], count: first[1] ?? rooms ?? 1 }];
  return [...wanted].map(([type, count]) => ({ type, count: count ?? 1 }));
}

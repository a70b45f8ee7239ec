/** The customer's name where it comes without the words that announce one: whole answers, corrections, beside a phone number. */
import type { NamedThing, Understanding } from '../language/contract.ts';
import { foldText } from '../language/text.ts';
import type { BaseState } from './state.ts';

const word = String.raw`\p{L}[\p{L}'’]+`;
const capital = String.raw`\p{Lu}[\p{L}'’]+`;
const wholeName = new RegExp(`^${capital}(?: (?:(?:de|del|la|los|y) )*${capital}){1,3}$`, 'u');
const beforeContact = new RegExp(`(?<!\\p{L})(${capital}(?: ${capital}){1,3})[,;:]?\\s+(?=\\+?\\d[\\d\\s().-]{6,}|\\S+@\\S)`, 'u');
const opening =
  /^(?:(?:no|si|ay|uy|perdon|disculpa|mejor|es|soy|era|digo|pone|anota|anotalo|en realidad|a nombre de|con|sorry|actually|it'?s|its|i'?m|my name is|put|the name is)[,.:]?\s+)+/u;
const insteadOf = new RegExp(`^(${word}(?: ${word}){0,3}),? (?:y )?(?:no|not) (${word}(?: ${word}){0,3})$`, 'u');
const notThat = new RegExp(`^(${word}) no,? (?:es )?(${word}(?: ${word}){0,3})$`, 'u');

/**
 * A name that the general understanding did not hear. Careful: what shares nothing with a name that is known is one only in answer to the
 * question for it.
 * @param given the text, what was heard, the state, and the things of the vocabulary, which are no customers
 */
export function overheardName(...given: Parameters<typeof findName>): string | undefined {
  const name = findName(...given);
  return name === name?.toLowerCase() ? name?.replaceAll(/(?<!\p{L})\p{Ll}/gu, (letter) => letter.toUpperCase()) : name;
}

function findName(
  text: string,
  heard: Understanding,
  { awaiting, customer }: BaseState,
  things: readonly NamedThing[],
): string | undefined {
  const plain = text
    .trim()
    .replaceAll(/[.!?¡¿]+/gu, '')
    .trim();
  const { name } = heard.slots;
  if (awaiting === 'name' && wholeName.test(plain) && (name === undefined || plain.startsWith(name))) return plain;
  if (name !== undefined) return undefined;
  const beside = beforeContact.exec(text)?.[1];
  const theirs = things.some((thing) =>
    [thing.name, ...(thing.aliases ?? [])].some((known) => foldText(known) === foldText(beside ?? '')),
  );
  if (beside !== undefined && !theirs && customer.name === undefined) return beside;
  const told = Object.keys(heard.slots).length > 0;
  return told || customer.name === undefined ? undefined : corrected(plain, customer.name);
}

/** "No, Marino, no Mario", "Ana María Torres", said of "Mario" and "Ana Torres". */
function corrected(plain: string, known: string): string | undefined {
  const start = opening.exec(foldText(plain))?.[0].length ?? 0;
  // Folding keeps the length of composed letters, so that the position holds in the text as well.
  const rest = plain.normalize('NFC').slice(start).replace(/^,\s*/u, '').trim();
  const instead = insteadOf.exec(rest);
  const other = notThat.exec(rest);
  const [right, wrong] = instead === null ? [other?.[2], other?.[1]] : [instead[1], instead[2]];
  if (right !== undefined && wrong !== undefined) return replaced(known, wrong, right);
  const words = rest.split(/\s+/);
  const allNames = words.length <= 4 && words.every((one) => new RegExp(`^${word}$`, 'u').test(one));
  if (!allNames || foldText(rest) === foldText(known)) return undefined;
  const similar = words.some((one) => known.split(' ').some((part) => isSimilar(foldText(one), foldText(part))));
  return similar ? (words.length === 1 ? replaced(known, closest(known, rest), rest) : rest) : undefined;
}

/** The name with one part of it, or all of it, put right. */
function replaced(known: string, wrong: string, right: string): string | undefined {
  const parts = known.split(' ');
  const at = parts.findIndex((part) => foldText(part) === foldText(wrong));
  if (foldText(known) === foldText(wrong)) return right;
  return at < 0 ? undefined : parts.with(at, right).join(' ');
}

function closest(known: string, text: string): string {
  return known.split(' ').find((part) => isSimilar(foldText(part), foldText(text))) ?? known;
}

/** The same, or one slip of the fingers apart. */
function isSimilar(one: string, other: string): boolean {
  if (one === other) return one.length > 2;
  if (Math.abs(one.length - other.length) > 1 || Math.min(one.length, other.length) < 4) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return Math.max(one.length, other.length) - start - end <= 1;
}

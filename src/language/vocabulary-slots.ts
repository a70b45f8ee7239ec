import type { NamedThing } from './contract.ts';
import { isRejected } from './rejection.ts';
import { findThings, type ThingMention } from './vocabulary.ts';
import { significantTokens, type ThingIndex } from './vocabulary-index.ts';
import type { Word } from './words.ts';

/** What a message says about one list of the vocabulary. */
export interface ThingReading {
  /** As the slot has it: one name, or several with " + ". */
  value: string | undefined;
  /** Readings to ask about; absent where the message is clear. */
  ambiguous: string[] | undefined;
  /** All mentions, also the refused ones, to keep other readers away from their words. */
  mentions: ThingMention[];
  /** Something was refused or replaced ("Juan no, con Carlos"). */
  corrected: boolean;
}

const joining =
  /^(?:\s|,|\+|&|\/|\by\b|\be\b|\bcon\b|\band\b|\bwith\b|\bm[aá]s\b|\bplus\b|\btambi[eé]n\b|\badem[aá]s\b|\balso\b|\bun[ao]?s?\b|\bel\b|\bl[ao]s?\b|\ba\b|\ban\b|\bthe\b|\bde\b|\bmi\b|\bmy\b|\bhacer(?:me)?\b|\bque\b|\bme\s+\p{L}{3,}n\b|\bme\b|\bha[gc]an?\b|\bdone\b){1,12}$/iu;
const choosing = /^[\s,]*(?:o|u|ó|or)\s+(?:(?:un|una|el|la|a|an|the|con|with|de|tal vez|quiz[aá]s|maybe)\s+)*$/iu;
const replacing = /\b(?:mejor|sino|no|perd[oó]n|digo|en realidad|prefiero|actually|instead|rather|i mean|not)\b/iu;

const textBetween = (text: string, words: Word[], left: ThingMention, right: ThingMention): string =>
  text.slice(words[left.next - 1]?.end ?? 0, words[right.first]?.start ?? 0);

const nameOf = (things: NamedThing[]): string => things[0]?.name ?? '';

/** Things that are named together ("corte y barba") as one value. */
function joinNames(group: ThingMention[], index: ThingIndex): string {
  const distinct = [...new Map(group.map((mention) => [mention.things[0]?.id ?? '', nameOf(mention.things)])).entries()];
  const [single] = distinct;
  if (distinct.length === 1 && single !== undefined) return single[1];
  const key = distinct
    .map(([id]) => id)
    .toSorted()
    .join('\n');
  return index.combinations.get(key)?.name ?? distinct.map(([, name]) => name).join(' + ');
}

/** Splits mentions into groups that belong together and reads each as one value. */
function readGroups(
  text: string,
  words: Word[],
  mentions: ThingMention[],
  index: ThingIndex,
): { value: string; mentions: ThingMention[] }[] {
  const groups: ThingMention[][] = [];
  for (const mention of mentions) {
    const group = groups.at(-1);
    const previous = group?.at(-1);
    if (group !== undefined && previous !== undefined && !index.people && joining.test(textBetween(text, words, previous, mention)))
      group.push(mention);
    else groups.push([mention]);
  }
  return groups.map((group) => ({ value: joinNames(group, index), mentions: group }));
}

/** True where every word of one name is part of the other: "corte" said again after "corte y barba". */
const contains = (whole: string, part: string): boolean => {
  const tokens = significantTokens(whole);
  return significantTokens(part).some((token) => tokens.includes(token));
};

/** Reads the services or the staff that a message names. */
export function readThings(text: string, words: Word[], index: ThingIndex, isFree: (index: number) => boolean): ThingReading {
  const mentions = findThings(words, index, isFree);
  const standing = mentions.filter((mention) => !isRejected(words, mention.first, mention.next));
  const groups = readGroups(text, words, standing, index);
  const corrected = standing.length < mentions.length;
  const [first] = groups;
  if (first === undefined) return { value: undefined, ambiguous: undefined, mentions, corrected };

  let chosen = first;
  let options = [first.value];
  let replaced = false;
  for (const group of groups.slice(1)) {
    const previous = groups[groups.indexOf(group) - 1] ?? first;
    const left = previous.mentions.at(-1);
    const right = group.mentions[0];
    if (left === undefined || right === undefined || options.includes(group.value)) continue;
    const between = textBetween(text, words, left, right);
    if (!index.people && contains(chosen.value, group.value)) continue;
    if (choosing.test(between)) options.push(group.value);
    else if (replacing.test(between)) {
      chosen = group;
      options = [group.value];
      replaced = true;
    } else options.push(group.value);
  }
  const own = chosen.mentions.length === 1 ? (chosen.mentions[0]?.things.map((thing) => thing.name) ?? []) : [];
  const readings = [...new Set([...(own.length > 1 ? own : [chosen.value]), ...options])];
  return { value: readings[0], ambiguous: readings.length > 1 ? readings : undefined, mentions, corrected: corrected || replaced };
}

/** Who comes: adults, children and their ages, from a folded text in which dates are blanked. */
import { quantity, readQuantity } from './quantity.ts';

/** What a text says of the guests. */
export interface PartyReading {
  adults?: number;
  children?: number;
  ages?: number[];
  guests?: number;
  guestsMore?: number;
}

const adultWord = '(?:adult(?:os?|as?|s)?|mayores|grown[ -]?ups?)';
const personWord = '(?:personas?|pers|pax|huespedes|huesped|guests?|people|persons?|pasajeros|viajeros|travell?ers)';
const babyWord = '(?:bebes?|bebitos?|bebitas?|bab(?:y|ies)|infants?|recien nacidos?|newborns?)';
const childWord =
  '(?:chic[oa]s?|chiquit[oa]s?|nin[oa]s?|ninit[oa]s?|nen[eao]s?|hij[oa]s?|hijit[oa]s?|menor(?:es)?|peques?|pequen[oa]s|kids?|child(?:ren)?|toddlers?|teenagers?|adolescentes?|sons?|daughters?|boys?|girls?)';

const adultsSaid = new RegExp(`\\b(${quantity}) ${adultWord}\\b`, 'g');
const childrenSaid = new RegExp(
  `\\b(${quantity}|mis?|my|our|nuestr[oa]s?) (?:(?:small|little|young) )?(${childWord}|${babyWord})\\b`,
  'g',
);
const personsSaid = new RegExp(`\\b(${quantity}) (?:${personWord}|de nosotros|of us)\\b`, 'g');
const partyOf =
  /\b(?:somos|seremos|seriamos|vamos a ser|vamos|viajamos|iriamos|we are|we're|we will be|there are|there will be|party of|group of|grupo de|familia de|family of|fam de)(?: (?:solo|just|a ser|only|un total de|en total))? (\d{1,3}|\w+)\b(?! (?:noches?|nights?|dias?|days?))/g;
const forCount = new RegExp(
  `\\b(?:para|pa|for|p/) ?(${quantity})(?=$|[.,;:!?)]| (?:¤|del?|desde|el|en|por|y|con|from|on|in|at|next|this|and|with|the|please|porfa|gracias|nosotr[oa]s|todos)\\b| ¤)`,
  'g',
);
const morePeople = new RegExp(
  `\\b(?:(?:agreg|sum|anad)\\w* (?:a )?(${quantity}) ${personWord}|(${quantity}) ${personWord}? ?mas\\b|(${quantity}) more(?: ${personWord})?\\b|add (${quantity}) (?:more )?${personWord})`,
);

const agesSaid =
  /\b(?:de|con|edad(?:es)?:?|tienen?|aged?|ages|of|are|is|who are) (?:edad(?:es)? )?((?:\d{1,2})(?:(?:\s*,\s*|\s+(?:y|e|and|&|de)\s+|\s*\/\s*)(?:\d{1,2}))*)(?: (anos?|anitos|meses|mes|years?|yrs?|months?|yo|y\/o))?/g;
const bracketed =
  /\(\s*((?:\d{1,2})(?:(?:\s*,\s*|\s+(?:y|e|and|&)\s+|\s*\/\s*)(?:\d{1,2}))*)\s*(anos?|meses|years?(?: old)?|months?|yo|y\/o)?\s*\)/g;
const withUnit =
  /\b(\d{1,2})(?:(?:\s*,\s*|\s+(?:y|e|and|&|to)\s+)(\d{1,2}))*[ -]?(anos|anitos|meses|years?[ -]old|months?[ -]old|yo|y\/o|year[ -]old|month[ -]old)s?\b/g;
const aged = /\b(?:an? )?(?:\d|1[0-7])[ -]year[ -]olds?\b/g;
const couples = new RegExp(`\\b(${quantity}) (?:parejas|matrimonios|couples)\\b`);
const anotherOf =
  /\b(?:un[oa]?|otr[oa]|one|another|the other|el otro|la otra|el mayor|el menor) (?:(?:is|tiene) )?(?:de |of |aged )?(\d{1,2})\b(?! (?:noche|habitaci|night|room))/g;

const two =
  /\b(?:pareja|matrimonio|(?:mi|con mi|my|with my) (?:esposa|esposo|mujer|marido|novi[oa]|pareja|senora|wife|husband|girlfriend|boyfriend|partner|fiancee?)|couple(?! of)|los dos|both of us|us two|two of us|nosotros dos)\b/;
const one =
  /\b(?:para mi sol[oa]|para mi\b(?! (?:espos|mujer|marid|novi|famil|hij|pareja|mama|papa))|solo yo|yo sol[oa]|viajo sol[oa]|voy sol[oa]|ando sol[oa]|just me|only me|by myself|for myself|for me\b(?! and)|on my own|travell?ing alone|solo travell?er|just one|(?:una|1) sola persona)\b/;
const friends = new RegExp(`\\b(?:con|with) (${quantity}|mis|my) (?:amig[oa]s?|friends?|colegas?|colleagues?|companer[oa]s?)\\b`);

const numbersIn = (text: string): number[] => (text.match(/\d{1,2}/g) ?? []).map(Number);

const last = (text: string, expression: RegExp): RegExpExecArray | undefined =>
  [...text.matchAll(expression)].at(-1) as RegExpExecArray | undefined;

/** Guests of one room at most that a bare number is believed of. */
const mostGuests = 500;

/** Ages of children in years: those given in months are 0. */
export function readAges(text: string, asked: boolean): number[] {
  const found: { at: number; years: number[] }[] = [];
  for (const [expression, unitAt] of [
    [bracketed, 2],
    [agesSaid, 2],
    [withUnit, 3],
  ] as const) {
    for (const match of text.matchAll(expression)) {
      const months = /^(mes|month)/.test(match[unitAt] ?? '');
      const numbers = numbersIn(expression === withUnit ? match[0] : (match[1] ?? ''));
      if (numbers.some((age) => age > 17 && !months)) continue;
      if (found.some(({ at }) => Math.abs(at - match.index) < match[0].length + 4)) continue;
      found.push({ at: match.index, years: numbers.map((age) => (months ? Math.floor(age / 12) : age)) });
    }
  }
  const singly = [...text.matchAll(anotherOf)].map((match) => Number(match[1]));
  const years = found.toSorted((left, right) => left.at - right.at).flatMap((each) => each.years);
  const best = singly.length > years.length ? singly : years;
  if (best.length > 0 || !asked) return best.filter((age) => age <= 17);
  return numbersIn(text).filter((age) => age <= 17);
}

/** @param asked what the guest was asked for, where that was the guests or the ages */
export function readParty(text: string, asked: 'guests' | 'ages' | undefined): PartyReading {
  const reading: PartyReading = {};
  const adults = [...text.matchAll(adultsSaid)];
  if (adults.length > 0)
    reading.adults = adults.length === 1 || !correcting(text) ? sum(adults) : readQuantity(adults.at(-1)?.[1] ?? '');
  let babies = 0;
  let children = 0;
  let childAt: number | undefined;
  for (const match of text.matchAll(childrenSaid)) {
    const [, count = '', word = ''] = match;
    const plural = word.endsWith('s') || word === 'children';
    const own = /^(?:mi|my|our|nuestr)/.test(count);
    const number = own ? (plural ? Number.NaN : 1) : readQuantity(count);
    if (new RegExp(`^${babyWord}$`).test(word)) babies += number;
    else children += number;
    childAt ??= match.index;
  }
  // "A 7 year old" is a child without the word.
  const olds = childAt === undefined ? [...text.matchAll(aged)] : [];
  if (olds.length > 0) {
    children = olds.length;
    childAt = olds[0]?.index;
  }
  const total = children + babies;
  if (childAt !== undefined && !Number.isNaN(total)) reading.children = total;
  else if (
    /\b(sin|no) (?:chicos|ninos|menores|hijos|kids|children)\b|\bno kids\b|\bwithout (?:kids|children)\b|\b(?:todos|todas) (?:somos )?(?:adultos|mayores|grandes)\b|\ball adults\b|\bsolo adultos\b|\bonly adults\b/.test(
      text,
    )
  )
    reading.children = 0;
  const ages =
    childAt === undefined && asked !== 'ages' ? [] : readAges(childAt === undefined ? text : text.slice(childAt), asked === 'ages');
  const known = [...ages, ...(babies > 0 && ages.length < total ? new Array<number>(babies).fill(0) : [])];
  if (known.length > 0) reading.ages = known;
  if (childAt !== undefined && Number.isNaN(total) && known.length > 0) reading.children = known.length;
  readTotal(text, asked, reading, childAt);
  const more = morePeople.exec(text);
  if (more !== null && reading.adults === undefined) {
    delete reading.guests;
    reading.guestsMore = readQuantity(more[1] ?? more[2] ?? more[3] ?? more[4] ?? '1');
  }
  return reading;
}

const sum = (matches: readonly RegExpExecArray[]): number => matches.reduce((all, match) => all + readQuantity(match[1] ?? ''), 0);

const correcting = (text: string): boolean => /\b(?:perdon|digo|mejor|sorry|i mean|rather|en realidad|actually|no)\b/.test(text);

/** Everybody together, as far as adults were not told apart. */
function readTotal(text: string, asked: 'guests' | 'ages' | undefined, reading: PartyReading, childAt: number | undefined): void {
  if (reading.adults !== undefined) return;
  const said = [last(text, personsSaid), lastNumbered(text), last(text, forCount)].find(
    (match) => match !== undefined && isCount(match[1]),
  );
  const each = new RegExp(
    `\\b(?:una?|one) (?:para|for|de) (${quantity}),? (?:y|and) (?:la |el |the )?(?:otr[oa]|other|una?|one) (?:para|for|de) (${quantity})\\b`,
  ).exec(text);
  if (each !== null) {
    reading.guests = readQuantity(each[1] ?? '') + readQuantity(each[2] ?? '');
    return;
  }
  const companions = friends.exec(text);
  const family = /\b(?:familia|family|grupo|group|somos|seremos|total|party)\b/.test(text);
  let guests = said === undefined ? undefined : readQuantity(said[1] ?? '');
  // "Quiero hablar con una persona" counts nobody.
  if (guests === 1 && said !== undefined && /^un|^an?\b/.test(said[0]) && !/\b(?:para|for|somos) $/.test(text.slice(0, said.index)))
    guests = undefined;
  if (guests === undefined && companions !== null)
    guests = 1 + (/^m/.test(companions[1] ?? '') ? Number.NaN : readQuantity(companions[1] ?? ''));
  const paired = couples.exec(text);
  if (paired !== null && readQuantity(paired[1] ?? '') > 0) guests = 2 * readQuantity(paired[1] ?? '');
  if (guests === undefined && two.test(text)) {
    reading.adults = 2;
    return;
  }
  if (guests === undefined && one.test(text)) guests = 1;
  if (guests === undefined && asked === 'guests') {
    const bare = new RegExp(`^\\D{0,14}?\\b(${quantity})\\b\\W*(?:nomas|solo|only|just|personas|noma)?\\W*$`).exec(text)?.[1];
    if (bare !== undefined) guests = readQuantity(bare);
  }
  if (guests === undefined || Number.isNaN(guests) || guests < 1 || guests > mostGuests) {
    if (reading.children !== undefined && reading.children > 0 && /\b(?:con|with) (?:mi|my) (?:hij|son|daughter|nen)/.test(text))
      reading.adults = 1;
    return;
  }
  if (reading.children === undefined || childAt === undefined) {
    reading.guests = guests;
    return;
  }
  const between = said === undefined ? '' : text.slice(said.index + said[0].length, childAt);
  // "2 personas y un niño" adds; "somos 4, 2 son chicos" tells them apart.
  const adds = /^\s*(?:y|e|mas|\+|and|plus|con|with|&)\s*(?:tambien )?$/.test(between) && !(family && /con|with/.test(between));
  reading.adults = adds ? guests : guests - reading.children;
  if (reading.adults < 1) {
    reading.guests = guests;
    delete reading.adults;
  }
}

const isCount = (text: string | undefined): boolean => text !== undefined && readQuantity(text) > 0;

/** "Somos tres": a word of which only numbers count. */
function lastNumbered(text: string): RegExpExecArray | undefined {
  return [...text.matchAll(partyOf)].findLast((match) => readQuantity(match[1] ?? '') > 0) as RegExpExecArray | undefined;
}

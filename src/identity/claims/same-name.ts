/** Whether a name that somebody gives is the one that is known of a customer. */

/** Lower case, no accents, words separated by one space. */
export function foldName(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Parts of a name that thousands have: they tell nobody from anybody. */
const particles = new Set('de del la las los el y e i da do dos das di du van von der den ter le san santa'.split(' '));

/** Words by which a claimed name may exceed the one that is known: a second name, a second surname. */
const wordsBeyond = 2;

const tellingWords = (name: string): string[] =>
  foldName(name)
    .split(' ')
    .filter((word) => word.length >= 2 && !particles.has(word));

/**
 * True when a claimed name is the one that is known: every word of the shorter is in the longer. Particles count for nothing. Where the known
 * name has a given name and a family name, a word of each is needed; what stands between the first and the last counts for either. A claim
 * that is much longer than the name is a list of names, and is none.
 */
export function sameName(known: string, claimed: string): boolean {
  const knownWords = tellingWords(known);
  const claimedWords = [...new Set(tellingWords(claimed))];
  if (knownWords.length === 0 || claimedWords.length === 0) return false;
  if (tellingWords(claimed).length > knownWords.length + wordsBeyond) return false;
  const [shorter, longer] = claimedWords.length <= knownWords.length ? [claimedWords, knownWords] : [knownWords, claimedWords];
  if (!shorter.every((word) => longer.includes(word))) return false;
  if (knownWords.length === 1) return true;
  const given = knownWords.slice(0, -1);
  const family = knownWords.slice(1);
  return claimedWords.some((one) => given.includes(one) && claimedWords.some((other) => other !== one && family.includes(other)));
}

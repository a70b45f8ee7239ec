import { fold as foldCase } from '../text.ts';

const stretched = /([a-z])\1{2,}/g;
/** No word that matters ends in these twice; "free" and "too" keep theirs. */
const stretchedEnd = /([aiu])\1+\b/g;

/** Folded text in which letters that are drawn out ("holaaa", "sii") stand once. */
export function fold(text: string): string {
  return foldCase(text).replace(stretched, '$1').replace(stretchedEnd, '$1');
}

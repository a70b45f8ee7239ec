import { fold as foldCase } from '../text.ts';

const stretched = /([a-z])\1{2,}/g;

/** Folded text in which letters that are said three times or more ("holaaa") stand once. */
export function fold(text: string): string {
  return foldCase(text).replace(stretched, '$1');
}

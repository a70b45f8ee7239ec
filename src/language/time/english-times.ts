import type { Grammar } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';
export function addEnglishTimes(_grammar: Grammar, _lexicon: () => Lexicon): void {}

import type { Grammar } from './grammar.ts';
export function addEnglishSpans(_grammar: Grammar): void {}

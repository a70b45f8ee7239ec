import type { Grammar } from './grammar.ts';
export function addEnglishDates(_grammar: Grammar): void {}

import { basename } from 'node:path';
import { type Case, readCases } from '../../bench/language/cases.ts';
import type { Vocabulary } from '../../src/language/contract.ts';
import type { Domain } from '../../src/language/domain.ts';
import { featuresOf } from '../../src/language/likelihood.ts';
import { createReader } from '../../src/language/understanding.ts';
import { type Example, expand } from './learn.ts';

const now = { date: '2026-11-18', time: '12:00' };
/** Sentences taken from one line with choices. More of them teach little that is new. */
const mostPerLine = 30;

/**
 * Labelled sentences of a file. Lines of `patterns-*.txt` stand for many sentences each.
 * @param intents of the domain that is trained; those of reservations where it is absent
 */
export function readTrainingCases(path: string, intents?: readonly string[]): Case[] {
  const cases = readCases(path, intents).filter(({ accepted }) => accepted.length > 0);
  if (!basename(path).startsWith('patterns')) return cases;
  return cases.flatMap((entry) => expand(entry.text, mostPerLine).map((text) => ({ ...entry, text })));
}

/** What the model sees of labelled sentences. */
export function examplesOf(cases: readonly Case[], domain: Domain, vocabulary: Vocabulary): Example[] {
  const read = createReader(domain);
  return cases.map(({ text, language, accepted }) => {
    const { words, familiesOf } = read(text, { now, vocabulary, language: language.startsWith('en') ? 'en' : 'es' });
    return { features: featuresOf(words, familiesOf), accepted };
  });
}

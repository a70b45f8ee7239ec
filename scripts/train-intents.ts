/**
 * Trains the models that the domains weigh their cues with and writes their weights: `node scripts/train-intents.ts [reservations|hotel]`
 *
 * They learn from the sentences in `scripts/language` only, so cases from elsewhere stay an honest test. Same sentences, same weights.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hotelDomain } from '../agents/hotel/language/domain.ts';
import { sampleTypes } from '../bench/language/hotel-vocabulary.ts';
import { vocabulary } from '../bench/language/vocabulary.ts';
import { intents } from '../src/dialogue/reservations/contract.ts';
import { reservations } from '../src/dialogue/reservations/domain.ts';
import type { Vocabulary } from '../src/language/contract.ts';
import type { Domain } from '../src/language/domain.ts';
import { examplesOf, readTrainingCases } from './language/examples.ts';
import { learn } from './language/learn.ts';

const folder = join(import.meta.dirname, 'language');
const filesOf = (name: string): string[] =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => join(folder, name, file));

function train(
  domain: Domain,
  known: readonly string[],
  words: Vocabulary,
  cases: ReturnType<typeof readTrainingCases>,
  target: string,
): void {
  const { weights, scale } = learn(examplesOf(cases, domain, words), known);
  const text = Buffer.from(weights.buffer).toString('base64');
  const about = 'Made by scripts/train-intents.ts from scripts/language. Train again instead of editing.';
  writeFileSync(join(import.meta.dirname, '..', target), `${JSON.stringify({ about, scale, weights: text }, null, 2)}\n`);
  console.log(`${target}: ${cases.length} sentences, ${Math.round(text.length / 1000)} kB of weights.`);
}

const [which = 'reservations'] = process.argv.slice(2);
const sentences = filesOf('sentences');
if (which === 'reservations') {
  const cases = sentences.flatMap((path) => readTrainingCases(path));
  train(reservations as unknown as Domain, intents, vocabulary, cases, 'src/dialogue/reservations/weights.json');
} else {
  // Courtesies, yes and no, and calls for a person are the same in every trade.
  const shared = new Set<string>(['greeting', 'confirm', 'deny', 'handoff']);
  const general = sentences
    .flatMap((path) => readTrainingCases(path))
    .filter(({ accepted }) => accepted.length === 1 && accepted.every((intent) => shared.has(intent)));
  const own = filesOf('hotel').flatMap((path) => readTrainingCases(path, hotelDomain.intents));
  train(hotelDomain, hotelDomain.intents, sampleTypes, [...general, ...own], 'agents/hotel/language/weights.json');
}

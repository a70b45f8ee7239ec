/**
 * Trains the model that the domain of reservations weighs its cues with and writes its weights: `node scripts/train-intents.ts`
 *
 * It learns from the sentences in `scripts/language/sentences` only, so cases from elsewhere stay an honest test. Same sentences, same
 * weights.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesOf, readTrainingCases } from './language/examples.ts';
import { learn } from './language/learn.ts';

const folder = join(import.meta.dirname, 'language/sentences');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const cases = files.toSorted().flatMap((name) => readTrainingCases(join(folder, name)));
const { weights, scale } = learn(examplesOf(cases));
const text = Buffer.from(weights.buffer).toString('base64');
const target = join(import.meta.dirname, '../src/dialogue/reservations/weights.json');
const about = 'Made by scripts/train-intents.ts from scripts/language/sentences. Train again instead of editing.';
writeFileSync(target, `${JSON.stringify({ about, scale, weights: text }, null, 2)}\n`);
console.log(`${cases.length} sentences, ${Math.round(text.length / 1000)} kB of weights.`);

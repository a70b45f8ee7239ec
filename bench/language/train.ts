/**
 * Trains the model behind `src/language/intents/likelihood.ts` and writes its weights: `node bench/language/train.ts`
 *
 * It learns from the sentences in `sentences/` only, so cases from elsewhere stay an honest test. Same sentences, same weights.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesOf, readTrainingCases } from './examples.ts';
import { learn } from './learn.ts';

const folder = join(import.meta.dirname, 'sentences');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const cases = files.toSorted().flatMap((name) => readTrainingCases(join(folder, name)));
const { weights, scale } = learn(examplesOf(cases));
const text = Buffer.from(weights.buffer).toString('base64');
const target = join(import.meta.dirname, '../../src/language/intents/likelihood-weights.ts');
writeFileSync(
  target,
  `// Made by bench/language/train.ts from the sentences beside it. Train again instead of editing.\n\nexport const scale = ${scale};\n\nexport const weights =\n  '${text}';\n`,
);
console.log(`${cases.length} sentences, ${Math.round(text.length / 1000)} kB of weights.`);

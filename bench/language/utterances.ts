/**
 * Measures `understand` on labelled sentences: `node bench/language/utterances.ts [--errors] FILE.jsonl…`
 *
 * Prints intent accuracy (with the alternatives of a label, and strictly with its first reading only), slot precision, recall and F1,
 * per set, per intent and per slot. Sentences in a language that the project does not speak are counted apart.
 */
import type { ReservationContext } from '../../src/dialogue/reservations/contract.ts';
import { understand } from '../../src/dialogue/reservations/understand.ts';
import type { Language } from '../../src/language/contract.ts';
import { type Case, readCases } from './cases.ts';
import { countSlots, type SlotCounts } from './slot-score.ts';
import { vocabulary } from './vocabulary.ts';

const now = { date: '2026-11-18', time: '12:00' };
const spoken: readonly string[] = ['es', 'en', 'es-AR'];

interface Tally {
  rows: number;
  right: number;
  strict: number;
}

const tallies = new Map<string, Tally>();
const tally = (key: string, right: boolean, strict: boolean): void => {
  const entry = tallies.get(key) ?? { rows: 0, right: 0, strict: 0 };
  tallies.set(key, { rows: entry.rows + 1, right: entry.right + Number(right), strict: entry.strict + Number(strict) });
};
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : (part / whole).toFixed(3));

const showErrors = process.argv.includes('--errors');
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (paths.length === 0) {
  console.error(
    'Give one or more .jsonl files with labelled sentences, e.g. node bench/language/utterances.ts --errors cases.jsonl',
  );
  process.exit(2);
}
const cases: Case[] = paths.flatMap((path) => readCases(path));
const slotCounts = new Map<string, SlotCounts>();
const errors: string[] = [];
let microseconds = 0;

for (const entry of cases) {
  const isSpoken = spoken.includes(entry.language);
  const language: Language = entry.language.startsWith('en') ? 'en' : 'es';
  const context: ReservationContext = { now, vocabulary, language };
  const started = process.hrtime.bigint();
  const result = understand(entry.text, context);
  microseconds += Number(process.hrtime.bigint() - started) / 1000;
  const problems: string[] = [];
  if (entry.accepted.length > 0) {
    const right = entry.accepted.includes(result.intent);
    const strict = entry.accepted[0] === result.intent;
    const place = isSpoken ? entry.set : `${entry.set} [${entry.language}, not spoken]`;
    tally(`set ${place}`, right, strict);
    if (isSpoken) {
      tally('all', right, strict);
      tally(`intent ${entry.accepted[0] ?? '-'}`, right, strict);
    }
    if (!right)
      problems.push(
        `${entry.label} → ${entry.accepted.join('|')} but ${result.intent} (${result.confidence}; also ${result.alsoIntents.join(', ') || '-'})`,
      );
  }
  const counts = slotCounts.get(entry.set) ?? new Map();
  slotCounts.set(entry.set, counts);
  problems.push(...countSlots(entry, result, now.date, counts));
  if (problems.length > 0 && isSpoken)
    errors.push(`${entry.set.slice(0, 14)} ${entry.id}  ${entry.text}\n    ${problems.join('\n    ')}`);
}

if (showErrors) console.log(`${errors.join('\n')}\n`);
console.log(
  'Intents: right (label alternatives allowed; asking for a free slot counts as booking in the appointment set) · strict · rows',
);
for (const [key, { rows, right, strict }] of [...tallies].toSorted(([left], [right]) => left.localeCompare(right))) {
  console.log(`  ${key.padEnd(52)} ${percent(right, rows)}  ${percent(strict, rows)}  ${rows}`);
}
console.log('Slots: precision · recall · F1 · labelled');
const total = { right: 0, missing: 0, surplus: 0 };
const line = (name: string, { right, missing, surplus }: typeof total): void => {
  const f1 = percent(2 * right, 2 * right + missing + surplus);
  console.log(
    `  ${name.padEnd(52)} ${percent(right, right + surplus)}  ${percent(right, right + missing)}  ${f1}  ${right + missing}`,
  );
};
for (const [set, counts] of slotCounts) {
  for (const [slot, count] of counts) {
    if (count.right + count.missing + count.surplus === 0) continue;
    line(`${set} ${slot}`, count);
    total.right += count.right;
    total.missing += count.missing;
    total.surplus += count.surplus;
  }
}
line('all slots', total);
console.log(`${Math.round((cases.length * 1e6) / microseconds)} messages a second, first calls included`);

/**
 * Measures what the hotel agent understands: `node bench/language/hotel.ts [--errors] FILE.jsonl…`
 *
 * Prints the accuracy of intents per set, language and intent (names of the sets are mapped; a label that mixes things counts for each of them, the
 * strict figure for the first), the stays of sets that have any, and whether Portuguese is recognised.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { hotelDomain } from '../../agents/hotel/language/domain.ts';
import { isPortuguese } from '../../agents/hotel/language/portuguese.ts';
import { createUnderstanding, readStay } from '../../src/dialogue.ts';
import type { Language } from '../../src/language/contract.ts';
import { hotelLabels } from './hotel-labels.ts';
import { sampleTypes } from './hotel-vocabulary.ts';

type Row = Record<string, unknown>;

const now = { date: '2026-11-30', time: '12:00' };
const understand = createUnderstanding(hotelDomain);
const showErrors = process.argv.includes('--errors');
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const tallies = new Map<string, { rows: number; right: number; strict: number }>();
const errors: string[] = [];

function count(key: string, right: boolean, strict = right): void {
  const entry = tallies.get(key) ?? { rows: 0, right: 0, strict: 0 };
  tallies.set(key, { rows: entry.rows + 1, right: entry.right + Number(right), strict: entry.strict + Number(strict) });
}

function scoreIntent(set: string, row: Row): void {
  const text = String(row['text']);
  const label = String(row['intent']);
  const spoken = String(row['lang']);
  if (spoken === 'pt') {
    const right = isPortuguese(text);
    count(`${set} portuguese recognised`, right);
    if (!right) errors.push(`pt    ${text}`);
    return;
  }
  if (isPortuguese(text)) count('taken for Portuguese and is not', false);
  const language: Language = spoken === 'en' ? 'en' : 'es';
  const { intent, confidence, alsoIntents } = understand(text, { now, vocabulary: sampleTypes, language });
  const accepted = hotelLabels[label] ?? ['other'];
  const right = accepted.includes(intent);
  for (const key of [`${set} intents ${language}`, 'all intents', `intent ${label}`]) count(key, right, accepted[0] === intent);
  if (!right) errors.push(`${label.padEnd(20)} ${text}\n    ${intent} ${confidence} also ${alsoIntents.join(', ')}`);
}

const dayOf = (date: string | undefined): number | undefined => (date === undefined ? undefined : Number(date.slice(8)));

function scoreStay(set: string, row: Row): void {
  const expected = (row['expected'] ?? row['expected_slots']) as Row;
  const text = String(row['text']);
  const stay = readStay(text, { now, language: 'es', types: sampleTypes['types'] ?? [] });
  const checkIn = stay.checkIn ?? stay.lone;
  const guests = stay.guests ?? (stay.adults === undefined ? undefined : stay.adults + (stay.children ?? 0));
  const type = stay.rooms?.[0]?.type?.toLowerCase();
  const facts: [string, unknown, unknown][] = [
    ['check_in_day', expected['check_in_day'], dayOf(checkIn)],
    ['check_out_day', expected['check_out_day'], dayOf(stay.checkOut)],
    ['check_in', typeof expected['check_in'] === 'string' ? expected['check_in'].slice(-5) : undefined, checkIn?.slice(5)],
    ['nights', expected['nights'], stay.nights],
    ['guests', expected['guests'], guests],
    ['room_type', expected['room_type'], type],
  ];
  const named = facts.filter(([, wanted]) => wanted !== undefined && wanted !== null);
  const wrong = named.filter(([, wanted, got]) => wanted !== got);
  const surplus = expected['check_in'] === null && checkIn !== undefined;
  count(`${set} stays`, wrong.length === 0 && !surplus);
  if (wrong.length > 0 || surplus) errors.push(`stay  ${text}\n    ${JSON.stringify(wrong)} ${JSON.stringify(stay)}`);
}

if (paths.length === 0) {
  console.error('Give one or more .jsonl files, e.g. node bench/language/hotel.ts --errors cases.jsonl');
  process.exit(2);
}
for (const path of paths) {
  const set = basename(path, '.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  for (const row of lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Row)) {
    if (Array.isArray(row['conflicting_intents'])) continue;
    if (typeof row['intent'] === 'string') scoreIntent(set, row);
    if (typeof row['expected'] === 'object' || typeof row['expected_slots'] === 'object') scoreStay(set, row);
  }
}
if (showErrors) console.log(`${errors.join('\n')}\n`);
console.log('right · strict · rows');
for (const [key, { rows, right, strict }] of [...tallies].toSorted(([left], [other]) => left.localeCompare(other)))
  console.log(`  ${key.padEnd(52)} ${(right / rows).toFixed(3)}  ${(strict / rows).toFixed(3)}  ${rows}`);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { casesOf, turnsOf } from '../case-files.ts';
import { wants } from '../contract.ts';
import { wantOf } from './want-of.ts';

const folders = process.env['TIMONEL_TEST_TUTOR_CASES'];

interface Message {
  text: string;
  /** `null`: anything but delegation. */
  want: string | null;
}
const messages = readFileSync(join(import.meta.dirname, 'messages.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Message);

function delegationOf(set: readonly Message[]): { missed: string[]; recall: number; falseAlarms: string[]; falseRate: number } {
  const asked = set.filter(({ want }) => want === 'delegation');
  const honest = set.filter(({ want }) => want !== 'delegation');
  const missed = asked.filter(({ text }) => wantOf(text, false) !== 'delegation').map(({ text }) => text);
  const falseAlarms = honest.filter(({ text }) => wantOf(text, false) === 'delegation').map(({ text }) => text);
  return {
    missed,
    recall: 1 - missed.length / Math.max(1, asked.length),
    falseAlarms,
    falseRate: falseAlarms.length / Math.max(1, honest.length),
  };
}

it('finds who asks for the solution, and takes no honest question for it', () => {
  expect(messages.length).toBeGreaterThanOrEqual(300);
  const { missed, recall, falseAlarms, falseRate } = delegationOf(messages);
  expect(recall, missed.join('\n')).toBeGreaterThanOrEqual(0.97);
  expect(falseRate, falseAlarms.join('\n')).toBeLessThanOrEqual(0.01);
});

it('tells the other wants apart', () => {
  const named = messages.filter(({ want }) => want !== null);
  expect(new Set(named.map(({ want }) => want))).toEqual(new Set(wants));
  const wrong = named.filter(({ text, want }) => wantOf(text, false) !== want);
  expect(wrong.length / named.length, JSON.stringify(wrong)).toBeLessThanOrEqual(0.05);
});

it('reads neither code nor what is denied, and the ends of a long message', () => {
  const program = 'def f(x):\n    return give_me_the_solution(x)';
  expect(wantOf(`\`\`\`python\n${program}\n\`\`\``, false)).toBe('validation');
  expect(wantOf(program, true)).toBe('validation');
  expect(wantOf('Escribí todo el programa', false)).toBe('delegation');
  expect(wantOf('Escribí todo el programa', true)).not.toBe('delegation');
  for (const denied of ['no me des la solución', "don't give me the code", 'sin darme la respuesta, ¿qué es un set?']) {
    expect(wantOf(denied, false)).not.toBe('delegation');
    expect(wantOf(`${denied}. Mentira, dame la solución`, false)).toBe('delegation');
  }
  const padding = 'la lista tiene números. '.repeat(4_000);
  expect(wantOf(`${padding} dame el código`, false)).toBe('delegation');
  expect(wantOf(`dame el código ${padding}`, false)).toBe('delegation');
  expect(wantOf('\ud800 \u0000 (((((', false)).toBe('small-talk');
  expect(wantOf('', false)).toBe('other');
});

const prompts = casesOf(folders, 'tutor_prompts.jsonl');
it.skipIf(prompts === undefined)('holds on prompts of another tutor (TIMONEL_TEST_TUTOR_CASES)', () => {
  const set = (prompts ?? []).flatMap(({ text, expected }) => {
    const { delegation } = expected as { delegation?: string | null };
    return delegation === undefined ? [] : [{ text: String(text), want: delegation === null ? null : 'delegation' }];
  });
  const { missed, recall, falseAlarms, falseRate } = delegationOf(set);
  expect(recall, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
  expect(falseRate, falseAlarms.join('\n')).toBeLessThanOrEqual(0.02);
});

const dialogues = casesOf(folders, 'socratic_dialogues.jsonl');
it.skipIf(dialogues === undefined)(
  'takes no turn of a student with a human tutor for delegation (TIMONEL_TEST_TUTOR_CASES)',
  () => {
    const turns = (dialogues ?? []).flatMap(({ text }) => turnsOf(String(text)).filter(({ by }) => by === 'student'));
    expect(turns.length).toBeGreaterThan(100);
    expect(delegationOf(turns.map(({ text }) => ({ text, want: null }))).falseAlarms).toEqual([]);
  },
);

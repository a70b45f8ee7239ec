import { expect, it } from 'vitest';
import { understand } from './understand.ts';

const sounds = 'ba ce di fo gu la me ni po ru sa te vi zo'.split(' ');
const word = (seed: number): string =>
  [1, 3, 7].map((step) => sounds[(seed * step + Math.floor(seed / step)) % sounds.length]).join('');
const vocabulary = {
  services: Array.from({ length: 500 }, (_, index) => ({
    id: `s${index}`,
    name: `${word(index)} de ${word(index + 500)} ${index}`,
    aliases: [`hacerme ${word(index + 250)}`, `${word(index * 3)} ${word(index + 900)}`],
  })),
  staff: Array.from({ length: 60 }, (_, index) => ({ id: `p${index}`, name: `${word(index + 40)} ${word(index + 77)}` })),
};
const now = { date: '2026-11-18', time: '12:00' };

/** Milliseconds of this thread's processor that each repetition takes; what else the machine does is not counted. */
function processorTime(times: number, work: (round: number) => void): number {
  for (let round = 0; round < 3; round++) work(round);
  const before = process.threadCpuUsage();
  for (let round = 0; round < times; round++) work(round);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / times;
}

it('takes less than a millisecond for a message where 500 services and 60 people are known', () => {
  const messages = [
    `quiero ${word(7)} con ${word(45)} el viernes a las 5 de la tarde`,
    'hola, ¿cuánto sale un corte y tenés lugar mañana?',
    `I'd like ${word(250)} next Tuesday at 3 pm, my name is Ana Gil`,
    'no, mejor el jueves, mi teléfono es 11 5555 1234',
  ];
  const took = processorTime(40, (round) => understand(messages[round % messages.length] ?? '', { now, vocabulary }));
  // Ten times the goal: a test says when something grows with the vocabulary, not how fast the machine is.
  expect(took).toBeLessThan(10);
});

it.each([
  ['letters', 'a'.repeat(16_000)],
  ['numbers', '5 '.repeat(8_000)],
  ['days and joiners', 'el lunes y el martes o '.repeat(700)],
  ['marks', '¿?¡!,.;:'.repeat(2_000)],
  ['addresses', 'a@b.c arroba punto com '.repeat(700)],
  ['names', 'Ana de la Cruz i Roca y '.repeat(700)],
  ['wishes', 'quiero un turno no quiero cancelar el turno '.repeat(400)],
  ['stories', 'mi hermano viene el jueves y quiero ir mañana, '.repeat(350)],
  ['services', `${word(7)} ${word(8)} ${word(9)} `.repeat(800)],
])('reads 16,000 characters of %s in a bounded time', (_kind, text) => {
  const took = processorTime(5, () => understand(text, { now, vocabulary }));
  expect(took).toBeLessThan(200);
});

/** One message never stops everybody: the longest text that is accepted costs the thread that serves all others a few milliseconds. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { longestMessageText } from '../src/http/schemas.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** Milliseconds of the thread's CPU for one turn, everything included. */
const mostMilliseconds = 20;
/** The clock of the thread moves in steps of some milliseconds, and garbage is collected when it is: the best of several counts. */
const tries = 4;

const filled = (piece: string): string => piece.repeat(Math.ceil(longestMessageText / piece.length)).slice(0, longestMessageText);

const found: [string, string][] = [
  ['days before letters that fold slowly', 'hoy '.repeat(1000) + 'ΐ'.repeat(12_000)],
  ['letters that fold slowly before days', `${'ΐ'.repeat(900)}${filled(' hoy').slice(900)}`],
  ['fractions before letters that fold slowly', '3/4 '.repeat(1000) + 'ΐ'.repeat(12_000)],
  ['fractions', filled('3/4 ')],
  ['numbers and letters without space', filled('5a')],
  ['two days without end', filled('hoy mañana ')],
  ['slashes', filled('1/1/')],
  ['one word', filled('a')],
  ['digits', filled('1')],
  ['spaces', filled(' ')],
  ['signs of addresses', filled('a@')],
  ['dots of addresses', filled('a@b.')],
  ['services', filled('corte y barba ')],
  ['names', filled('Ana ')],
  ['particles of names', `soy Ana ${filled('de la ')}`.slice(0, longestMessageText)],
  ['times', filled('a las 5 y media ')],
  ['ranges', filled('desde el lunes hasta el martes a las 5 ')],
  ['refusals', filled('el lunes no puedo ')],
  ['questions', filled('¿cuánto sale? ')],
  ['spelled addresses', filled('lucia arroba gmail punto com ')],
  ['marks on one letter', `a${'\u0301'.repeat(longestMessageText - 1)}`],
];

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'hoy ',
      'mañana ',
      'el 5 ',
      '3/4 ',
      'a las 5 ',
      'de 9 a 11 ',
      'lunes ',
      'en 3 días ',
      '5 pm ',
      'half past ',
      'next ',
      '1/1/',
    ],
    ...[
      'no puedo ',
      'mejor ',
      'corte ',
      'Ana ',
      'de la ',
      'arroba ',
      ' punto ',
      '@',
      '.',
      '¿',
      '?',
      '\n',
      'ΐ',
      'ﷺ',
      'é',
      '\u0301',
      '👍',
    ],
  ),
  fc.nat({ max: 99_999 }).map(String),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.stringMatching(/^[a-záéñ]{1,40}$/),
);
/** Some pieces, repeated to the longest text that is accepted, or mixed. */
const longText = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.array(piece, { maxLength: 6 }), fc.nat({ max: longestMessageText }))
  .map(([first, second, at]) => {
    const rest = second.length === 0 ? first : second;
    return (filled(first.join('')).slice(0, at) + filled(rest.join(''))).slice(0, longestMessageText).toWellFormed();
  })
  .filter((text) => text.trim() !== '');

const openings: readonly string[][] = [
  [],
  ['corte el martes a las 15'],
  ['corte el martes a las 15', 'Ana Paz'],
  ['cancelar mi turno'],
];

describe('the longest message', () => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [booking] }, { now: () => new Date('2026-11-20T12:00:00-03:00') });
    // What is compiled at its first use is not the message's cost.
    for (let round = 0; round < 5; round++) for (const opening of openings) await cost('mañana a las 5', opening);
  });
  afterAll(() => timonel.close());

  async function cost(text: string, opening: readonly string[]): Promise<number> {
    const conversation = await timonel.converse('booking');
    for (const line of opening) await timonel.say(conversation, line);
    const before = process.threadCpuUsage();
    const status = (await timonel.call('POST', `/api/v1/conversations/${conversation}/messages`, { text })).status;
    const { user, system } = process.threadCpuUsage(before);
    expect(text.includes('\0') ? [400] : [200, 422]).toContain(status);
    return (user + system) / 1000;
  }

  async function least(text: string, opening: readonly string[]): Promise<number> {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < tries && best > mostMilliseconds; round++) best = Math.min(best, await cost(text, opening));
    return best;
  }

  it.each(found)('of %s', async (_name, text) => {
    for (const opening of openings) expect(await least(text, opening), opening.join(', ')).toBeLessThanOrEqual(mostMilliseconds);
  });

  it('of anything', async () => {
    await fc.assert(
      fc.asyncProperty(longText, fc.constantFrom(...openings), async (text, opening) => {
        expect(await least(text, opening)).toBeLessThanOrEqual(mostMilliseconds);
      }),
      { numRuns: 100 },
    );
  });

  it('is stored whole', async () => {
    const conversation = await timonel.converse('booking');
    const text = filled('hola ').trim();
    await timonel.say(conversation, text);
    const rows = await timonel.timonel.store.pool.executeText<{ text: string }>(
      `SELECT text FROM messages WHERE conversation_id = '${conversation}' AND role = 'user'`,
    );
    expect(rows[0]?.text).toBe(text);
  });
}, 120_000);

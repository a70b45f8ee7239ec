import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, scriptedModel } from '../../test/scripted-model.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { unfounded } from './guard.ts';
import { readAmount } from './said.ts';

const noon = new Date('2026-11-30T12:00:00-03:00');
const now = { date: '2026-11-30', time: '12:00' };
const zone = 'America/Argentina/Buenos_Aires';
const answer = {
  kind: 'available',
  offers: [
    {
      type: 'Doble',
      checkIn: '2026-12-10',
      checkOut: '2026-12-12',
      total: 159600,
      averageNight: 79800.5,
      code: 'K7M2QX',
      room: '205',
    },
  ],
};
const call = { callId: '1', tool: 'search_rooms', args: {}, status: 'completed' as const, output: answer };
const foundIn = (reply: string, said: readonly string[] = []): string[] =>
  unfounded(reply, [call], said, now, zone).map(({ kind, value }) => `${kind} ${value}`);

describe('facts of a reply', () => {
  it.each([
    ['12.500,50', '12500.5'],
    ['12,500.50', '12500.5'],
    ['12.500', '12500'],
    ['12 500', '12500'],
    ['79,5', '79.5'],
  ])('reads the amount %s', (written, value) => {
    expect(readAmount(written)).toBe(value);
  });

  it.each([
    'Son $ 159.600 en total, del jueves 10 al sábado 12 de diciembre.',
    'It is $159,600 in total ($79,800.50 a night), from December 10 to December 12.',
    'Código K7M2QX, habitación 205.',
    'Hola, ¿en qué te ayudo?',
  ])('passes "%s"', (reply) => {
    expect(foundIn(reply)).toEqual([]);
  });

  it.each([
    ['Son $ 150.000 en total.', 'amount 150000'],
    ['It is 99 USD a night.', 'amount 99'],
    ['Tenés un 15 % de descuento.', 'amount 15%'],
    ['Te espero el 13 de diciembre.', 'date 2026-12-13'],
    ['Tu código es ABC123.', 'code ABC123'],
    ['Vas a la habitación 301.', 'room 301'],
  ])('finds what "%s" invents', (reply, fact) => {
    expect(foundIn(reply)).toContain(fact);
  });

  it('lets the guest be told their own words', () => {
    expect(foundIn('Entonces el 20 de enero, con $ 90.000 como máximo.', ['llego el 20 de enero, tengo $ 90.000'])).toEqual([]);
  });
});

describe('a model that invents', () => {
  let timonel: TestTimonel;
  let lines: Line[] = [];
  beforeAll(async () => {
    const model = scriptedModel(() => lines.shift() ?? new Error('the script is over'));
    timonel = await startTimonel('embedded', { agents: [hotel], models: { default: model } }, { now: () => noon });
  });
  afterAll(() => timonel.close());

  it('writes once more what no tool said, and then a template is sent', async () => {
    lines = ['La doble sale $ 10.000.', 'La doble sale $ 11.000.'];
    const { reply } = await timonel.say(await timonel.converse('hotel'), '¿cuánto sale la doble?');
    expect(reply.text).toMatch(/no puedo verificar/);
    expect(lines).toEqual([]);
  });

  it('sends what it mends, with what a tool says', async () => {
    const list = { calls: [{ tool: 'list_room_types', args: { type: 'Doble' } }] };
    lines = [list, 'La doble sale $ 10.000.', 'La doble sale desde $ 76.000 la noche.'];
    const { reply } = await timonel.say(await timonel.converse('hotel'), '¿cuánto sale la doble?');
    expect(reply.text).toBe('La doble sale desde $ 76.000 la noche.');
  });
});

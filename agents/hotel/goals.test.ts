/** Guests with a goal, in both languages and without a model: they get what they want, are asked little and nothing twice, and are told what is so. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { figuresOf, type Played, playGoal } from './rehearsal/goal-guest.ts';
import { goals } from './rehearsal/goals.ts';
import { type FrontDoor, untrue } from './rehearsal/truth.ts';

let timonel: TestTimonel;
let door: FrontDoor;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [hotel] }, { now: () => new Date('2026-11-30T12:00:00-03:00') });
  const { converse, say } = timonel;
  const rows: FrontDoor['rows'] = (statement, values = []) => timonel.timonel.store.pool.executeText(statement, [...values]);
  door = { converse, say: say as FrontDoor['say'], rows };
});
afterAll(() => timonel.close());

it('reach their goal, with few questions, none of them twice, and nothing that is not so', { timeout: 120_000 }, async () => {
  const all: Played[] = [];
  // A third of them, of each kind; `npm run bench:hotel` plays them all.
  for (const goal of goals.filter((_, index) => index % 3 === 1)) all.push(await playGoal(door, goal));
  const told = all.flatMap(({ untrue: faults, transcript }) => (faults.length === 0 ? [] : [...faults, ...transcript]));
  expect(told).toEqual([]);
  expect(all.flatMap(({ repeated }) => repeated)).toEqual([]);
  const { reached, clarifying } = figuresOf(all);
  const missed = all.filter((each) => !each.reached).map(({ transcript }) => transcript.join('\n'));
  expect(reached, missed.join('\n\n')).toBeGreaterThanOrEqual(0.95);
  expect(clarifying).toBeLessThanOrEqual(1.2);
});

it('find a mistake that a reply makes', async () => {
  const conversation = await timonel.converse('hotel');
  const { reply } = await timonel.say(conversation, 'una doble del 10 al 12 de abril para 2');
  const said = ['una doble del 10 al 12 de abril para 2'];
  expect(await untrue(door, conversation, reply.text, said)).toEqual([]);
  for (const wrong of [
    'Son $ 159.601 en total.',
    'Te espero el 13 de abril.',
    'Código K7M2QX9: Doble.',
    'Tenés la habitación 205.',
  ])
    expect(await untrue(door, conversation, wrong, said), wrong).toHaveLength(1);
  await timonel.timonel.store.pool.executeText(`UPDATE hotel_offers SET offer = jsonb_set(offer, '{total}', '1')`);
  expect(await untrue(door, conversation, 'Hola', said)).not.toEqual([]);
});

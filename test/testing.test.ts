/** The package's test kit, used as a program that installed Timonel would use it. */
import { existsSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../src/index.ts';
import { scriptedModel, startTimonel, testClock } from '../src/testing.ts';
import { storeEnvironment } from './store-environment.ts';

const clockTool = defineTool({
  name: 'tell_time',
  description: 'Tells the time.',
  input: z.object({}),
  effect: 'read',
  execute: async (_input, context) => ({ now: context.now().toISOString() }),
});

const agent = defineAgent({
  name: 'desk',
  version: '1.0.0',
  description: 'Tells the time',
  prompt: 'You tell the time.',
  tools: [clockTool],
  policy: [],
});

it('runs a turn with a scripted model and a clock that the test moves', async () => {
  const clock = testClock('2026-11-20T12:00:00-03:00');
  const model = scriptedModel([{ calls: [{ tool: 'tell_time', args: {} }] }, 'It is noon.']);
  await using timonel = await startTimonel({ agents: [agent], models: { default: model } }, { now: clock.now });
  clock.advance(60_000);
  const turn = await timonel.say(await timonel.converse('desk'), 'What time is it?');
  expect(turn).toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'It is noon.' } });
  expect(JSON.stringify(model.asked[1]?.prompt)).toContain('2026-11-20T15:01:00.000Z');
  expect(model.left).toBe(0);
});

it('ends the turn as failed where the script has no line left, and says what was asked', async () => {
  const model = scriptedModel([]);
  await using timonel = await startTimonel({ agents: [agent], models: { default: model } });
  const turn = await timonel.say(await timonel.converse('desk'), 'Hello?');
  expect(turn.run).toMatchObject({ outcome: 'failed', error: { message: expect.stringContaining('Unexpected model call') } });
});

it('listens where a test wants a socket, and leaves nothing behind', async () => {
  const timonel = await startTimonel({ agents: [agent] });
  const url = await timonel.listen();
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await timonel.close();
  await timonel.close();
  await expect(fetch(`${url}/health/live`)).rejects.toThrow();
});

it.skipIf(inject('postgresUrl') === '')('runs on a PostgreSQL that it is given', async () => {
  const { environment, remove } = await storeEnvironment(inject('postgresUrl'));
  const databaseUrl = environment['DATABASE_URL'] ?? '';
  const first = await startTimonel({ agents: [agent], models: { default: scriptedModel(['Hello!']) } }, { databaseUrl });
  const conversation = await first.converse('desk');
  await first.say(conversation, 'Hi');
  await first.close();
  // The database is the test's: what was said is still there.
  await using second = await startTimonel({ agents: [agent] }, { databaseUrl });
  expect((await second.call('GET', `/api/v1/conversations/${conversation}`)).status).toBe(200);
  await second.close();
  await remove();
  expect(existsSync(environment['TIMONEL_HOME'] ?? '')).toBe(false);
});

it('says what a clock takes', () => {
  expect(() => testClock('noon')).toThrow('2026-11-20T12:00:00-03:00');
  expect(() => testClock('2026-11-20T12:00:00Z').advance(-1)).toThrow('0 milliseconds or more');
});

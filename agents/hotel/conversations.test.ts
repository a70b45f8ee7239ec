/** The quality cases of `evals/` by the front door, and what holds in all of them: no reply states what no tool said, no question comes twice running. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { hotel } from './agent.ts';
import { guardTemplate } from './guard.ts';

interface Turn {
  user: string;
  expect: { outcome?: string; awaiting?: string; replyMatches?: string };
}

const folder = new URL('./evals/', import.meta.url);
const cases = readdirSync(folder)
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'))
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as { id: string; turns: Turn[] });

describe('conversations without a model', () => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [hotel] }, { now: () => new Date('2026-11-30T12:00:00-03:00') });
  });
  afterAll(() => timonel.close());

  it.each(cases.map((one) => [one.id, one] as const))('%s', async (_id, { turns }) => {
    await timonel.timonel.store.pool.executeText('DELETE FROM hotel_bookings');
    const conversation = await timonel.converse('hotel');
    let before = '';
    for (const { user, expect: wanted } of turns) {
      const { run, reply } = await timonel.say(conversation, user);
      if (wanted.replyMatches !== undefined) expect(reply.text, user).toMatch(new RegExp(wanted.replyMatches, 'is'));
      if (wanted.outcome !== undefined) expect(run.outcome, user).toBe(wanted.outcome);
      expect(reply.text, user).not.toBe(guardTemplate.text);
      expect(reply.text, user).not.toBe(before);
      before = reply.text;
    }
  });
});

import { describe, expect, inject, it } from 'vitest';
import { drills } from '../../src/operations/drill/catalogue.ts';
import { commandHere } from '../command.ts';
import { storeKinds } from '../stores.ts';
import { played, withouts } from './drills/played.ts';

/** `all`, or their names with commas between them; CI plays those that a start or two of a process are enough for. */
const asked = process.env['TIMONEL_TEST_DRILLS'] ?? 'database-stopped,redis-stopped,models-down,process-killed';
const names = asked === 'all' ? drills.map(({ name }) => name) : asked.split(',');
const kinds = process.env['TIMONEL_TEST_DRILLS'] === undefined ? (['embedded'] as const) : storeKinds;
const longestMs = 900_000;
/** What is not found within this time without its protection is not found. */
const patienceMs = process.env['TIMONEL_TEST_DRILLS'] === undefined ? 6_000 : 30_000;

describe.each(kinds)('a drill on the %s store', (kind) => {
  const databaseUrl = kind === 'postgres' ? inject('postgresUrl') : undefined;
  const where = databaseUrl === undefined ? {} : { databaseUrl };

  it.each(names)(
    '%s passes, and fails where the protection is taken out',
    async (name) => {
      const lacking = await drills.find((drill) => drill.name === name)?.lacks({ databaseUrl });
      const whole = await played(name, where);
      if (lacking !== undefined) {
        expect(whole).toMatchObject({ verdict: 'inconclusive', fault: null, said: expect.stringContaining(lacking) });
        return;
      }
      expect(whole, JSON.stringify(whole, undefined, 2)).toMatchObject({ verdict: 'pass', store: kind, seed: 7 });
      expect(whole.probes.every(({ ok }) => ok)).toBe(true);
      const { only, ...without } = withouts[name] ?? {};
      if (withouts[name] === undefined || (only !== undefined && only !== kind)) return;
      const broken = await played(name, { ...where, without, patienceMs });
      expect(broken, JSON.stringify(broken, undefined, 2)).toMatchObject({ verdict: 'fail' });
    },
    longestMs,
  );
});

it('lists the drills with why one cannot be played here, and knows a name that is nearly right', async () => {
  const drill = commandHere('', 'drill');
  const listed = JSON.parse((await drill('--json')).out) as { name: string; summary: string; lacks: string | null }[];
  expect(listed.map(({ name }) => name)).toEqual(drills.map(({ name }) => name));
  expect(listed.find(({ name }) => name === 'connections-exhausted')?.lacks).toMatch(/Give --database-url/);
  expect(await drill('models-dwon')).toMatchObject({ code: 2, err: expect.stringContaining('models-down') });
  expect(await drill('models-down', '--seed', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--seed 7') });
});

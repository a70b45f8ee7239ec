import { expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import { readSettings } from '../config.ts';
import { ServerKeys } from './secrets.ts';

const first = '3f9c1a7be2d04586917fc3aa52b8e06d4c1f7b9325ae8d60f1429b7e05c3d8fa';
const second = 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=';

const ids = (keys: ServerKeys, purpose: string) => keys.all(purpose).map(({ kid }) => kid);

onEachStore('the keys of an installation', (open) => {
  it('are other ones for each purpose, and the same ones in each process', async () => {
    const { pool } = await open();
    const settings = readSettings({ TIMONEL_SECRET: first });
    const [one, other] = await Promise.all([ServerKeys.open(settings, pool), ServerKeys.open(settings, pool)]);
    expect(one.current('access-token')).toEqual(other.current('access-token'));
    expect(one.current('access-token').key).toHaveLength(32);
    expect(one.current('access-token').key).not.toEqual(one.current('csrf').key);
    expect(one.current('access-token').kid).not.toBe(one.current('csrf').kid);
    expect(one.development).toBe(false);
  });

  it('keep what was valid before a rotation valid, and sign with the new secret', async () => {
    const { pool } = await open();
    const before = await ServerKeys.open(readSettings({ TIMONEL_SECRET: first }), pool);
    const during = await ServerKeys.open(readSettings({ TIMONEL_SECRET: second, TIMONEL_SECRET_PREVIOUS: first }), pool);
    const after = await ServerKeys.open(readSettings({ TIMONEL_SECRET: second }), pool);
    expect(during.current('access-token')).toEqual(after.current('access-token'));
    expect(ids(during, 'access-token')).toEqual([...ids(after, 'access-token'), ...ids(before, 'access-token')]);
  });

  it('come from one secret that the database keeps, however many processes start at once without one', async () => {
    const { pool } = await open();
    const processes = await Promise.all(Array.from({ length: 20 }, () => ServerKeys.open(readSettings({}), pool)));
    expect(new Set(processes.map((keys) => keys.current('access-token').kid)).size).toBe(1);
    expect(processes.every(({ development }) => development)).toBe(true);
    expect(await pool.executeText('SELECT 1 FROM development_secret')).toHaveLength(1);
  });

  it('are out of reach for the work of a workspace', async () => {
    const { pool } = await open();
    await ServerKeys.open(readSettings({}), pool);
    const seen = await pool
      .inWorkspace('default', async (_, client) => (await client.query('SELECT secret FROM development_secret')).rows.length)
      .catch((error: { code?: string }) => error.code);
    // Not granted to the role; where it was granted, no row of it.
    expect(['42501', 0]).toContain(seen);
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { channels, type Fault } from '../src/diagnostics.ts';
import { KeptCopy } from '../src/store/kept-copy.ts';
import { Notices } from '../src/store/notices.ts';
import { onEachStore } from './stores.ts';

onEachStore('what a process keeps a copy of', (open, kind) => {
  /** A copy of the name of a workspace, and how often it was read. */
  async function kept() {
    const { pool } = await open();
    const id = crypto.randomUUID();
    await pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ($1, 'before', 'UTC')`, [id]);
    const faults: unknown[] = [];
    const hear = (message: unknown) => void faults.push((message as Fault).error);
    channels.fault.subscribe(hear);
    const notices = new Notices<{ kind: string }>(pool);
    await notices.open();
    const seen = { reads: 0, name: '', afterwards: async () => {} };
    const copy = new KeptCopy({
      async read() {
        seen.reads += 1;
        const [row] = await pool.executeText<{ name: string }>('SELECT name FROM workspaces WHERE workspace_id = $1', [id]);
        seen.name = row?.name ?? '';
        await seen.afterwards();
      },
      notices,
      kind: 'names',
    });
    await copy.open();
    const rename = (name: string, about: string[] = ['names']) =>
      notices.change(async (client, tell) => {
        await client.query('UPDATE workspaces SET name = $2 WHERE workspace_id = $1', [id, name]);
        for (const each of about) tell({ kind: each });
      });
    return {
      copy,
      seen,
      faults,
      rename,
      async close() {
        copy.close();
        await notices.close();
        channels.fault.unsubscribe(hear);
      },
    };
  }

  it('has what this process changed once it has settled, read once for it', async () => {
    const { copy, seen, faults, rename, close } = await kept();
    expect(seen).toMatchObject({ reads: 1, name: 'before' });
    await rename('something else', ['others']);
    await copy.settled();
    expect(seen).toMatchObject({ reads: 1, name: 'before' });
    await rename('after');
    await copy.settled();
    expect(seen.name).toBe('after');
    // PostgreSQL tells also those who told, and then it is read again.
    if (kind === 'embedded') expect(seen.reads).toBe(2);
    else expect(seen.reads).toBeLessThanOrEqual(3);
    await close();
    expect(faults).toEqual([]);
  });

  it('misses no change, however many come while it is being read', async () => {
    const { copy, seen, rename, close } = await kept();
    for (let round = 0; round < 40; round++) {
      const read = copy.read();
      const changes = Promise.all(Array.from({ length: round % 3 }, (_, index) => rename(`${round}.${index}`)));
      await Promise.all([read, changes]);
      await rename(`${round}`);
      await copy.settled();
      expect(seen.name).toBe(`${round}`);
    }
    await close();
  });

  it('is read anew for whoever asks just when a reading ends', async () => {
    const { copy, seen, close } = await kept();
    for (let later = 0; later < 10; later++) {
      const before = seen.reads;
      let asked: Promise<void> | undefined;
      seen.afterwards = async () => {
        seen.afterwards = async () => {};
        const ask = (moments: number) =>
          queueMicrotask(() => {
            if (moments === 0) asked = copy.read();
            else ask(moments - 1);
          });
        ask(later);
      };
      await copy.read();
      await nextTurn();
      expect(asked).toBeInstanceOf(Promise);
      await asked;
      expect([later, seen.reads - before]).toEqual([later, 2]);
    }
    await close();
  });
});

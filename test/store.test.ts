import { expect, it } from 'vitest';
import { onEachStore } from './stores.ts';

onEachStore('the store', (open, kind) => {
  it('says whether it can search by meaning, and works without', async () => {
    const store = await open();
    const [available] = await store.pool.executeText(`SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`);
    expect(store.vectors).toBe(available !== undefined);
    if (kind === 'embedded') expect(store.vectors).toBe(true);
  });

  it('shows a workspace only its own rows, also to statements that forget to ask', async () => {
    const store = await open();
    await store.pool.executeText(
      `INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('first', 'First', 'UTC'), ('second', 'Second', 'UTC')`,
    );
    const seen = await store.pool.inWorkspace('first', async (_database, client) => {
      const { rows } = await client.query('SELECT workspace_id FROM workspaces');
      return rows;
    });
    expect(seen).toEqual([{ workspace_id: 'first' }]);
    await expect(
      store.pool.inWorkspace('first', (_database, client) =>
        client.query(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('third', 'Third', 'UTC')`),
      ),
    ).rejects.toThrow(/row-level security/);
  });
});

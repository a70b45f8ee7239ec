/** Two versions on one schema: the next one migrates while this one serves, both serve, and this one comes back after it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/cli/api-client.ts';
import { readCredentials } from '../../src/cli/credentials.ts';
import { needs } from '../needs.ts';
import { start } from '../starts/start.ts';
import { freshStoreEnvironment } from '../stores.ts';

const root = new URL('../../', import.meta.url).pathname;

/** This tree with one more migration of the core and one more of an agent, as the next version will have them. */
function nextVersion(folder: string): string {
  const tree = join(folder, 'next');
  mkdirSync(tree);
  for (const part of ['bin', 'src', 'agents', 'package.json', '.cache', 'tsconfig.json'])
    cpSync(join(root, part), join(tree, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const migrations = join(tree, 'src/store/migrations');
  writeFileSync(
    join(migrations, '9999_next.sql'),
    "ALTER TABLE runs ADD COLUMN next_mark text NOT NULL DEFAULT 'x';--> statement-breakpoint\nCREATE TABLE next_things (id uuid PRIMARY KEY);",
  );
  const journal = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8')) as { entries: object[] };
  const entry = { idx: journal.entries.length, version: '7', when: 1_795_000_009_999, tag: '9999_next', breakpoints: true };
  writeFileSync(join(migrations, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
  writeFileSync(
    join(tree, 'agents/booking/migrations/9999_next.sql'),
    'CREATE TABLE booking_next (workspace_id text NOT NULL, id uuid NOT NULL, PRIMARY KEY (workspace_id, id));',
  );
  const declared = join(tree, 'agents/booking/personal-data.ts');
  const text = readFileSync(declared, 'utf8');
  const changed = text.replace('tables: [', "tables: [{ table: 'booking_next', personal: false, because: 'Nothing.' },");
  expect(changed).not.toBe(text);
  writeFileSync(declared, changed);
  return tree;
}

interface Turn {
  run: { outcome: string | null } | null;
  reply: { text: string } | null;
}

const texts = ['hola', '¿qué servicios tienen?', 'quiero un corte', 'mañana a las 10', 'gracias'];

/** Turns of one conversation, answered in turn by each of the processes. */
async function talk(clients: readonly ApiClient[]): Promise<void> {
  const [first] = clients;
  const { id } = (await first?.post<{ id: string }>('/api/v1/conversations', { agent: 'booking' })) ?? { id: '' };
  for (const text of texts) {
    for (const client of clients) {
      const turn = await client.post<Turn>(`/api/v1/conversations/${id}/messages`, { text });
      expect(turn.reply?.text, `${text}: ${JSON.stringify(turn)}`).toBeTruthy();
      expect(turn.run?.outcome).not.toBe('failed');
    }
  }
}

describe.runIf(needs('PostgreSQL'))('two versions', () => {
  it('answer on one schema, and the former one comes back after the next', { timeout: 240_000 }, async () => {
    const store = await freshStoreEnvironment('postgres');
    const folder = mkdtempSync(join(tmpdir(), 'timonel-versions-'));
    const running: { stop(): Promise<number | null> }[] = [];
    const begin = async (tree: string, name: string) => {
      const home = join(folder, name);
      const begun = await start({
        folder: tree,
        bin: join(tree, 'bin/timonel.mjs'),
        environment: { ...store.environment, TIMONEL_HOME: home, TIMONEL_POOL_SIZE: '5', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' },
      });
      running.push(begun);
      expect(begun.ready, begun.said).toBeDefined();
      return { client: new ApiClient(readCredentials(home)), stop: () => begun.stop() };
    };
    try {
      const now = await begin(root, 'now');
      const next = await begin(nextVersion(folder), 'next');
      await talk([now.client, next.client]);
      expect(await now.stop()).toBe(0);
      await talk([next.client]);
      const back = await begin(root, 'back');
      await talk([next.client, back.client]);
      // It cannot know whose data the next version keeps, and says so in place of leaving it out.
      await expect(back.client.post('/api/v1/privacy/export', { email: 'a@example.com' })).rejects.toThrow(/9999_next/);
    } finally {
      await Promise.all(running.map((each) => each.stop()));
      await store.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

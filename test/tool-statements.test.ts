import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../src/index.ts';
import type { ToolContext } from '../src/tools/contract.ts';
import { newWorkspace } from './new-workspace.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';
import { attacks, pastTheScreen } from './tool-attacks.ts';

const secret = 'of-another-workspace';

/** What a statement gave, and where the transaction was afterwards. */
interface Attempt {
  answer: string;
  after: string;
}

describe.each(storeKinds)('statements of tools (%s)', (kind) => {
  let timonel: TestTimonel;
  let conversation: string;
  /** What the tool does when it is called next. */
  let work: (context: ToolContext) => Promise<unknown> = async () => undefined;

  beforeAll(async () => {
    const tool = (name: string, effect: 'read' | 'write') =>
      defineTool({
        name,
        description: 'Works with the database.',
        input: z.object({}),
        effect,
        ...(effect === 'write' ? { target: 'database' as const } : {}),
        retries: 0,
        execute: async (_input, context) => {
          await work(context);
          return 'done';
        },
      });
    const agent = defineAgent({
      name: 'clerk',
      version: '1.0.0',
      description: 'Asks the database.',
      prompt: 'You ask the database.',
      limits: { money: 100 },
      tools: [tool('read_rows', 'read'), tool('write_rows', 'write')],
      policy: [],
      jobs: [{ name: 'later', run: async () => {} }],
    });
    const model = scriptedModel(({ prompt }) => {
      const [last] = prompt.slice(-1);
      if (last?.role !== 'user') return 'Done.';
      const [part] = last.content;
      return { calls: [{ tool: part?.type === 'text' ? part.text : '', args: {} }] };
    });
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
    await newWorkspace(timonel, 'other');
    await timonel.timonel.views.createConversation('other', {
      id: crypto.randomUUID(),
      agent: 'clerk',
      agentVersion: '1.0.0',
      arm: 'stable',
      channel: 'api',
      contact: { name: secret },
    });
    conversation = await timonel.converse('clerk', { name: 'own' });
  });
  afterAll(() => timonel.close());

  async function call(tool: 'read_rows' | 'write_rows', does: typeof work): Promise<void> {
    work = does;
    await timonel.say(conversation, tool);
  }

  async function attempt(tool: 'read_rows' | 'write_rows', text: string): Promise<Attempt> {
    const seen: Attempt = { answer: 'not asked', after: '' };
    await call(tool, (context) =>
      context.query(async (database) => {
        try {
          seen.answer = JSON.stringify((await database.execute(sql.raw(text))).rows);
        } catch (error) {
          const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
          seen.answer = `refused: ${String(cause)}`;
        }
        const where = `SELECT current_user AS role, current_setting('timonel.workspace') AS workspace, array_agg(contact->>'name') AS names FROM conversations`;
        seen.after = await database.execute(sql.raw(where)).then(
          ({ rows }) => JSON.stringify(rows[0]),
          (error: Error) => `undone: ${String(error.cause)}`,
        );
      }),
    );
    return seen;
  }

  const inPlace = JSON.stringify({ role: 'timonel_member', workspace: 'default', names: ['own'] });

  it('see their own workspace as the role of members', async () => {
    const own = await attempt('read_rows', "SELECT contact->>'name' AS name FROM conversations");
    expect(own).toEqual({ answer: '[{"name":"own"}]', after: inPlace });
  });

  describe.each(Object.entries(attacks))('do not %s', (_aim, texts) => {
    it.each(texts.map((text) => [text]))('%j', async (text) => {
      for (const tool of ['read_rows', 'write_rows'] as const) {
        const { answer, after } = await attempt(tool, text);
        expect(answer).toMatch(/^refused: /);
        expect(answer).not.toContain(secret);
        // Refused before it was sent, a statement leaves the transaction as it was.
        if (answer.startsWith('refused: StatementRefused')) expect(after).toBe(inPlace);
        else expect(after).toMatch(/^undone: /);
      }
    });
  });

  it.each(pastTheScreen.map((text) => [text]))('may not do it as their role either: %s', async (text) => {
    const { pool } = timonel.timonel.store;
    const past = pool.inWorkspace('default', (_database, client) => client.query(text));
    await expect(past).rejects.toThrow(/permission denied/);
  });

  it('may nest transactions, which end nothing but themselves', async () => {
    const id = () => `${crypto.randomUUID()}${crypto.randomUUID()}`;
    const insert = (name: string) =>
      sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${id()}, 'default', ${name}, 'text/plain', '')`;
    await call('write_rows', (context) =>
      context.query(async (database) => {
        await database.transaction(async (outer) => {
          await outer.execute(insert('kept'));
          await outer.transaction((inner) => inner.execute(insert('kept too')));
          await outer
            .transaction(async (inner) => {
              await inner.execute(insert('undone'));
              throw new Error('no');
            })
            .catch(() => {});
        });
        await database
          .transaction(async (outer) => {
            await outer.execute(insert('undone as well'));
            throw new Error('no');
          })
          .catch(() => {});
      }),
    );
    const rows = await timonel.timonel.store.pool.executeText('SELECT name FROM files ORDER BY name');
    expect(rows).toEqual([{ name: 'kept' }, { name: 'kept too' }]);
    const effects = await timonel.timonel.store.pool.executeText("SELECT output FROM effects WHERE tool = 'write_rows' LIMIT 1");
    expect(effects).toEqual([{ output: 'done' }]);
  });

  it('stay in their role while the runtime adds a job for them', async () => {
    const roles: unknown[] = [];
    const role = sql`SELECT current_user AS role`;
    await call('write_rows', async (context) => {
      const at = new Date(Date.now() + 3_600_000);
      await Promise.all([
        context.schedule('later', {}, { at }),
        ...[1, 2, 3].map(() => context.query(async (database) => roles.push(...(await database.execute(role)).rows))),
        context.schedule('later', {}, { at }),
        context.query(async (database) => roles.push(...(await database.execute(role)).rows)),
      ]);
    });
    expect(roles).toEqual(Array(4).fill({ role: 'timonel_member' }));
  });

  it('take over no statement of the runtime, whatever name they give theirs', async () => {
    await call('read_rows', (context) =>
      context.query(async (database) => {
        const prepared = (database as unknown as { $client: { query(q: object): Promise<unknown> } }).$client;
        await prepared.query({ name: 'run-accept', text: 'SELECT 1' });
      }),
    );
    await call('read_rows', async () => {});
  });
});

/** A run that ends while its parent goes on and waits anew is told to the wait that there is by then. No look of a process finds it here. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../../src/index.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';
import { patient, runOf } from './desk.ts';

it.skipIf(!storeKinds.includes('postgres'))('a child that ends late resumes the parent that waits for it by then', async () => {
  const gates = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() };
  const ids: string[] = [];
  const agent = defineAgent({
    name: 'parent',
    version: '1.0.0',
    description: 'Waits for one run after the other.',
    prompt: 'You wait.',
    tools: [
      defineTool({
        name: 'join_in_turn',
        description: 'Joins two runs, one after the other.',
        input: z.object({}),
        effect: 'read',
        async execute(_input, { runs }) {
          for (const name of ['first', 'second']) {
            const id = await runs.start({ agent: 'parent', input: name, key: name });
            if (!ids.includes(id)) ids.push(id);
          }
          for (const id of ids) await runs.join([id]);
          return { joined: ids.length };
        },
      }),
    ],
    policy: [],
  });
  const model = scriptedModel(async ({ prompt }) => {
    const said = prompt.find(({ role }) => role === 'user');
    const text = said?.role === 'user' ? said.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))[0] : '';
    if (text === 'first' || text === 'second') {
      await gates[text].promise;
      return `${text} is done.`;
    }
    return prompt.at(-1)?.role === 'tool' ? 'Both are done.' : { calls: [{ tool: 'join_in_turn', args: {} }] };
  });
  const { environment, remove } = await freshStoreEnvironment('postgres');
  // Looks come minutes apart: what is not told is not found.
  const timonel = await startTimonel(
    'postgres',
    { agents: [agent], models: { default: model } },
    { environment: { ...environment, TIMONEL_LEASE_MS: '600000' } },
  );
  try {
    const { pool } = timonel.timonel.store;
    const conversation = await timonel.converse('parent');
    const asking = timonel.say(conversation, 'Go.');
    const runId = await runOf(timonel, conversation);
    const waiting = () =>
      pool.executeText<{ position: number }>(
        `SELECT w.position FROM waits w JOIN runs r ON r.id = w.run_id WHERE r.id = $1 AND r.status = 'waiting' ORDER BY w.position DESC LIMIT 1`,
        [runId],
      );
    await expect.poll(waiting, patient).toEqual([{ position: 1 }]);
    await pool.inTransaction(async (client) => {
      // The end of the second run begins, sees its parent wait for the first one, and is held up.
      await client.query('SELECT FROM runs WHERE id = $1 FOR UPDATE', [ids[1]]);
      gates.second.resolve();
      const held = () =>
        pool.executeText(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
      await expect.poll(async () => (await held()).length, patient).toBe(1);
      gates.first.resolve();
      await expect.poll(waiting, patient).toEqual([{ position: 2 }]);
    });
    expect(await asking).toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'Both are done.' } });
  } finally {
    await timonel.close();
    await remove();
  }
});

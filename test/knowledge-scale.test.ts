/** What searches find in collections of very different sizes beside each other, and that a warm one costs the same whatever there is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InventedKnowledge, search } from './invented-knowledge.ts';
import { ask, putDocument } from './knowledge-client.ts';
import { newWorkspace } from './new-workspace.ts';
import { notes } from './notes-agent.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** A hundred in the nightly run. */
const workspaces = Number(process.env['TIMONEL_TEST_WORKSPACES'] ?? 6);

describe.each(storeKinds)('collections of all sizes (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [notes] });
  });
  afterAll(() => timonel.close());

  it('finds the nearest in each, also among random vectors, and nothing of another', { timeout: 60_000 }, async () => {
    const invented = new InventedKnowledge({ tiny: 10, small: 60, large: 900 }, 64);
    const { send } = await invented.prepare(timonel.timonel);
    await send();
    const questions = await invented.giveVectors(timonel.timonel, 20);
    for (const collection of ['tiny', 'small', 'large'])
      expect(await invented.recall(timonel.timonel, collection, questions)).toEqual({ recall: 1, foreign: 0 });
    // Warm: which collections are open, and the passages; nothing is read of what is not answered.
    const { roundTrips } = timonel.timonel.store.pool;
    for (const collection of ['tiny', 'large']) {
      await search(timonel.timonel, collection, questions[0]?.text ?? '', 'mmr', 5);
      const before = roundTrips.count;
      await search(timonel.timonel, collection, questions[0]?.text ?? '', 'mmr', 5);
      expect(roundTrips.count - before).toBeLessThan(2 + 3);
    }
  });

  it(`keeps ${workspaces} workspaces apart`, { timeout: 600_000 }, async () => {
    const houses = await Promise.all(
      Array.from({ length: workspaces }, async (_, at) => ({
        canary: `canario${at}zz`,
        headers: await newWorkspace(timonel, `house-${at}`),
      })),
    );
    for (const { canary, headers } of houses) {
      await timonel.call('POST', '/api/v1/knowledge/collections', { name: 'house' }, headers);
      const text = `La contraseña del portón de la casa es ${canary}.`;
      await putDocument(timonel, 'house', 'secret.txt', text, { type: 'text/plain', headers });
    }
    for (const { canary, headers } of houses) {
      for (const other of houses) {
        const found = await ask(timonel, `¿Cuál es la contraseña del portón? ${other.canary}`, {}, headers);
        expect(found.passages.map(({ text }) => text)).toEqual([expect.stringContaining(canary)]);
        expect(JSON.stringify(found).match(/canario\d+zz/g)).toEqual([canary]);
      }
    }
  });
});

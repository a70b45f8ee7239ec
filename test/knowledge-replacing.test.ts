/** A document is as it was or as it is: for those who read while it is replaced, and after a transaction that never ended. */
import { describe, expect, it } from 'vitest';
import { ask, makeCollection, putDocument } from './knowledge-client.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel } from './timonel.ts';

/** Every paragraph of a version says which one it is. */
const versionOf = (version: number) =>
  Array.from(
    { length: 12 },
    (_, at) => `## Parte ${at}\n\nTarifa vigente de la edición numero${version}: ${'precio '.repeat(20)}`,
  ).join('\n\n');

describe.each(storeKinds)('replacing documents (%s)', (kind) => {
  it('shows readers one version at a time, in every process', { timeout: 120_000 }, async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const writer = await startTimonel(kind, { agents: [notes] }, { environment });
    // The embedded store has one process.
    const reader = kind === 'embedded' ? writer : await startTimonel(kind, { agents: [notes] }, { environment });
    try {
      await makeCollection(writer, 'rates');
      await putDocument(writer, 'rates', 'rates.md', versionOf(0));
      let done = false;
      const writing = (async () => {
        for (let version = 1; version <= 12; version++) await putDocument(writer, 'rates', 'rates.md', versionOf(version));
        done = true;
      })();
      let reads = 0;
      while (!done || reads < 5) {
        const { passages } = await ask(reader, 'tarifa vigente precio', { limit: 50 });
        const versions = new Set(passages.map(({ text }) => /numero(\d+)/.exec(text)?.[1]));
        expect([passages.length, versions.size]).toEqual([12, 1]);
        reads++;
      }
      await writing;
      const { passages } = await ask(reader, 'tarifa vigente precio', { limit: 50 });
      expect(passages.every(({ text }) => text.includes('numero12'))).toBe(true);
      const [counts] = await writer.timonel.store.pool.executeText(
        `SELECT count(*)::int AS chunks, count(DISTINCT ordinal)::int AS places, (SELECT count(*)::int FROM knowledge_documents) AS documents FROM knowledge_chunks`,
      );
      expect(counts).toEqual({ chunks: 12, places: 12, documents: 1 });
    } finally {
      if (reader !== writer) await reader.close();
      await writer.close();
      await remove();
    }
  });
});

/** Processes are killed while documents are replaced: each document is one version, whole, found by its passages and by nothing else. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileCache } from '../compile-cache.ts';
import { ask } from '../knowledge-client.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';

const program = fileURLToPath(new URL('./channel-process.ts', import.meta.url));
const kills = Number(process.env['TIMONEL_TEST_KNOWLEDGE_KILLS'] ?? 2);
const keys = ['a.md', 'b.md', 'c.md'];
const base = '/api/v1/knowledge/collections';

interface Started {
  child: ChildProcess;
  url: string;
  apiKey: string;
}

async function start(environment: Record<string, string>): Promise<Started> {
  const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, TIMONEL_PORT: '0', ...environment };
  const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  for await (const text of lines) {
    const line = JSON.parse(text) as { url?: string; apiKey?: string };
    if (line.url !== undefined && line.apiKey !== undefined) return { child, url: line.url, apiKey: line.apiKey };
  }
  throw new Error('It ended before it listened.');
}

/** The version is in every paragraph; some are alike in all, and keep their passages. */
const textOf = (key: string, version: number) =>
  Array.from({ length: 160 }, (_, at) => {
    const what = at % 2 === 0 ? `edición${version}x de ${key}` : `igual en todas`;
    return `## Parte ${at}\n\nTarifa ${at}, ${what}: ${'importe '.repeat(40)}`;
  }).join('\n\n');

describe.each(storeKinds)('documents under kills (%s)', (kind) => {
  it(`leaves no half of a document over ${kills} kills`, { timeout: 120_000 + kills * 60_000 }, async () => {
    const store = await freshStoreEnvironment(kind);
    let version = 0;
    try {
      for (let kill = 0; kill < kills; kill++) {
        const { child, url, apiKey } = await start(store.environment);
        const send = (method: string, path: string, body: string, type: string) =>
          fetch(`${url}${path}`, { method, body, headers: { authorization: `Bearer ${apiKey}`, 'content-type': type } });
        if (kill === 0) await send('POST', base, '{"name": "rates", "language": "es"}', 'application/json');
        let over = false;
        const writing = keys.map(async (key) => {
          for (; !over; version++)
            await send('PUT', `${base}/rates/documents?key=${key}`, textOf(key, version), 'text/markdown').catch(() => undefined);
        });
        // Once something is there, at another place of the work each time.
        await expect.poll(() => version, { timeout: 60_000 }).toBeGreaterThan(kill * 5 + 2);
        await sleep(kill * 37);
        child.kill('SIGKILL');
        over = true;
        await Promise.all([once(child, 'exit'), ...writing]);
      }
      const timonel = await startTimonel(kind, { agents: [notes] }, { environment: store.environment });
      for (const key of keys) {
        const { body } = await timonel.call<string>('GET', `${base}/rates/documents/text?key=${key}`);
        const [marker = '', ...others] = [...new Set(body.match(/edición\d+x/g))];
        expect([key, others]).toEqual([key, []]);
        expect(body).toBe(textOf(key, Number(/\d+/.exec(marker)?.[0])));
        const { passages } = await ask(timonel, `${marker} de ${key}`, { limit: 50 });
        expect(passages.filter(({ citation, text }) => citation.key === key && !body.includes(text))).toEqual([]);
        expect(passages[0]?.text).toContain(marker);
      }
      const wrong = await timonel.timonel.store.pool.executeText(
        `SELECT d.key, d.chunks, count(c.id)::int AS found, count(DISTINCT c.ordinal)::int AS places FROM knowledge_documents d
         LEFT JOIN knowledge_chunks c ON c.document_id = d.id GROUP BY d.id HAVING count(c.id) <> d.chunks OR count(DISTINCT c.ordinal) <> d.chunks
         UNION ALL SELECT c.id::text, 0, 0, 0 FROM knowledge_chunks c WHERE NOT EXISTS (SELECT FROM knowledge_documents d WHERE d.id = c.document_id)
         UNION ALL SELECT d.key, 1, 1, 1 FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
           WHERE c.text <> substring(d.text FROM c.starts_at + 1 FOR c.ends_at - c.starts_at)`,
      );
      expect(wrong).toEqual([]);
      await timonel.close();
    } finally {
      await store.remove();
    }
  });
});

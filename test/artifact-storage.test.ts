import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download, upload } from './artifact-client.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from './stores.ts';
import { startTimonel } from './timonel.ts';

const directory = mkdtempSync(join(tmpdir(), 'timonel-artifacts-'));
const s3 = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: join(directory, 's3'),
  configureBuckets: [{ name: 'timonel', configs: [] }],
});
let s3Url: string;
beforeAll(async () => {
  const { port } = await s3.run();
  s3Url = `http://127.0.0.1:${port}/timonel/a-prefix`;
});
afterAll(async () => {
  await s3.close();
  rmSync(directory, { recursive: true, force: true });
});

const filesIn = (path: string) => globSync('**/*', { cwd: path, withFileTypes: true }).filter((entry) => entry.isFile());
const s3Settings = (changes: Record<string, string> = {}) => ({
  TIMONEL_ARTIFACT_S3_URL: s3Url,
  TIMONEL_ARTIFACT_S3_KEY_ID: 'S3RVER',
  TIMONEL_ARTIFACT_S3_SECRET: 'S3RVER',
  ...changes,
});

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened.reverse()) await close();
});

async function started(kind: StoreKind, settings: Record<string, string>, environment?: Record<string, string>) {
  const fresh = environment === undefined ? await freshStoreEnvironment(kind) : undefined;
  const base = environment ?? fresh?.environment ?? {};
  const timonel = await startTimonel(
    kind,
    { agents: [notes] },
    { environment: { ...base, TIMONEL_ARTIFACT_DATABASE_BYTES: '1000', ...settings } },
  );
  let open = true;
  const close = async () => {
    if (open) await timonel.close();
    open = false;
  };
  opened.push(async () => {
    await close();
    await fresh?.remove();
  });
  return { timonel, base, close };
}

/** Bytes that no compression makes smaller, the same for a seed. */
function noise(bytes: number, seed: string): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 32)
    data.set(
      createHash('sha256')
        .update(`${seed}${at}`)
        .digest()
        .subarray(0, bytes - at),
      at,
    );
  return data;
}

describe.each(storeKinds)('artifacts in S3 (%s)', (kind) => {
  it('are stored, read whole and in part, and removed', async () => {
    const { timonel } = await started(kind, s3Settings());
    const data = noise(300_000, 'whole');
    const { status, body } = await upload(timonel, { data, name: 'ruido.bin' });
    expect(status).toBe(201);
    const [row] = await timonel.timonel.store.pool.executeText('SELECT storage, content FROM artifacts');
    expect(row).toEqual({ storage: 's3', content: null });
    const url = `/api/v1/artifacts/${body.id}/content`;
    expect((await download(timonel, url)).bytes.equals(data)).toBe(true);
    const part = await download(timonel, url, { range: 'bytes=-100' });
    expect([part.status, part.bytes.equals(data.subarray(-100))]).toEqual([206, true]);
    await timonel.call('DELETE', `/api/v1/artifacts/${body.id}`);
    const again = await upload(timonel, { data, name: 'ruido.bin' });
    const { location } = (
      await timonel.timonel.store.pool.executeText<{ location: string }>('SELECT location FROM artifacts')
    )[0] as { location: string };
    expect(filesIn(join(directory, 's3')).filter(({ name, parentPath }) => join(parentPath, name).includes(location))).not.toEqual(
      [],
    );
    await timonel.call('DELETE', `/api/v1/artifacts/${again.body.id}`);
    expect(filesIn(join(directory, 's3')).filter(({ name, parentPath }) => join(parentPath, name).includes(location))).toEqual([]);
  });

  // What is told of S3 does not depend on the store.
  it.skipIf(kind !== storeKinds.at(-1))('say what is wrong when the key is, or nobody answers, and store nothing', async () => {
    for (const [changes, reason] of [
      [{ TIMONEL_ARTIFACT_S3_SECRET: 'wrong' }, /403 SignatureDoesNotMatch/],
      [{ TIMONEL_ARTIFACT_S3_URL: 'http://127.0.0.1:9/timonel' }, /ECONNREFUSED/],
      [{ TIMONEL_ARTIFACT_S3_URL: s3Url.replace('/timonel/', '/missing/') }, /404 NoSuchBucket/],
    ] as const) {
      const { timonel, close } = await started(kind, s3Settings(changes));
      const { status, body } = await upload(timonel, { data: noise(5_000, 'x') });
      expect([status, body.code]).toEqual([503, 'artifact_storage_unavailable']);
      expect(body.detail).toMatch(reason);
      expect(await timonel.timonel.store.pool.executeText('SELECT FROM artifacts')).toEqual([]);
      await close();
    }
  });

  it('come after a folder without losing what is in it; without either, larger ones are refused', async () => {
    const folder = join(directory, `folder-${kind}`);
    const before = await started(kind, { TIMONEL_ARTIFACT_FOLDER: folder });
    const data = noise(5_000, 'folder');
    const { body } = await upload(before.timonel, { data });
    await before.close();
    const both = await started(kind, s3Settings({ TIMONEL_ARTIFACT_FOLDER: folder }), before.base);
    expect((await download(both.timonel, `/api/v1/artifacts/${body.id}/content`)).bytes.equals(data)).toBe(true);
    await upload(both.timonel, { data });
    const kinds = await both.timonel.timonel.store.pool.executeText('SELECT storage FROM artifacts ORDER BY created_at');
    expect(kinds).toEqual([{ storage: 'disk' }, { storage: 's3' }]);
    await both.close();
    if (kind === 'embedded') return;
    const neither = await started(kind, {}, before.base);
    expect(await upload(neither.timonel, { data })).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining('TIMONEL_ARTIFACT_FOLDER') },
    });
    expect((await download(neither.timonel, `/api/v1/artifacts/${body.id}/content`)).status).toBe(503);
  });
});

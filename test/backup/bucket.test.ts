/** Backups in a bucket of S3, by the front door; the server is s3rver. What is told of a bucket does not depend on the store. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DiskStorage } from '../../src/artifacts/storage/disk.ts';
import { S3Client } from '../../src/artifacts/storage/s3-client.ts';
import { readSettings } from '../../src/config.ts';
import { Backups } from '../../src/operations/backup/backups.ts';
import { BackupsInBucket } from '../../src/operations/backup/bucket.ts';
import { restoreBackup } from '../../src/operations/backup/restore.ts';
import { pruneBackups } from '../../src/operations/backup/retention.ts';
import { openStore } from '../../src/store/open.ts';
import { upload } from '../artifact-client.ts';
import { notes } from '../notes-agent.ts';
import { type S3Server, s3Account, startS3 } from '../s3-server.ts';
import type { StoreEnvironment } from '../store-environment.ts';
import { emptyStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { mutantsOf } from './mutants.ts';

interface Listed {
  underWay: boolean;
  backups: { name: string; bytes: number; verifiedAt: string | null }[];
}

const kind = storeKinds.at(-1) ?? 'embedded';
const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'timonel-bucket-'));
const stores: StoreEnvironment[] = [];
let s3: S3Server;
let timonel: TestTimonel;
let bucket: Record<string, string>;
let small: string;

beforeAll(async () => {
  s3 = await startS3(join(folder, 's3'), 'copies');
  bucket = {
    TIMONEL_BACKUP_S3_URL: `${s3.bucketUrl}/timonel/production`,
    TIMONEL_BACKUP_S3_KEY_ID: s3Account,
    TIMONEL_BACKUP_S3_SECRET: s3Account,
  };
  const store = await emptyStoreEnvironment(kind);
  stores.push(store);
  timonel = await startTimonel(
    kind,
    { agents: [notes] },
    {
      environment: { ...store.environment, ...bucket, TIMONEL_ARTIFACT_FOLDER: join(folder, 'artifacts') },
    },
  );
});
afterAll(async () => {
  await timonel?.close(false);
  for (const { remove } of stores) await remove();
  await s3?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const listed = async () => (await timonel.call<Listed>('GET', '/api/v1/backups')).body;
const run = (environment: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { ...process.env, ...environment } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${out}${err}` }),
    );
  });
/** @returns the name of the new one */
async function take(): Promise<string> {
  const before = (await listed()).backups.map(({ name }) => name);
  // Names have seconds, and a second backup within one would take the place of the first.
  await expect
    .poll(() => before.every((name) => !name.includes(new Date().toISOString().slice(11, 19).replaceAll(':', '-'))))
    .toBe(true);
  await timonel.call('POST', '/api/v1/backups');
  await expect.poll(async () => (await listed()).underWay, { timeout: 60_000 }).toBe(false);
  return (await listed()).backups.map(({ name }) => name).find((name) => !before.includes(name)) ?? 'none';
}

it('is taken and proven; uploads that a dead process left are given up', async () => {
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
  const client = new S3Client({ url: '', region: 'us-east-1', keyId: s3Account, secret: s3Account });
  for (const [key, begun] of [
    ['timonel/production/timonel-2026-01-01T03-00-00Z.backup', hours(13)],
    ['timonel/production/timonel-2026-01-02T03-00-00Z.backup', hours(1)],
    ['timonel/production/timonel-of-others', hours(30)],
  ] as const) {
    const known = s3.uploads().map(({ id }) => id);
    await (await client.send('POST', `${s3.bucketUrl}/${key}?uploads=`)).body.dump();
    const id = s3.uploads().find((each) => !known.includes(each.id))?.id ?? '';
    utimesSync(join(s3.uploadFolder(id), 'key'), begun, begun);
  }
  small = await take();
  expect(
    s3
      .uploads()
      .map(({ key }) => key.split('/').at(-1))
      .sort(),
  ).toEqual(['timonel-2026-01-02T03-00-00Z.backup', 'timonel-of-others']);
  expect(await timonel.call('POST', `/api/v1/backups/${small}/verify`)).toMatchObject({ status: 200 });
  expect((await listed()).backups).toEqual([expect.objectContaining({ name: small, verifiedAt: expect.any(String) })]);
  await client.close();
});

it('goes in parts, which are sent again after a fault of the server; `timonel restore` fetches it, whatever breaks on the way', async () => {
  await upload(timonel, { data: randomBytes(17_000_000), name: 'noise.bin' });
  const sent: string[] = [];
  s3.fault = ({ method, query: { partNumber } }) => {
    if (method !== 'PUT' || partNumber === undefined) return undefined;
    sent.push(partNumber);
    return sent.length === 1 || sent.length === 3 ? 503 : undefined;
  };
  const name = await take();
  expect(sent).toEqual(['1', '1', '2', '2']);
  const into = await emptyStoreEnvironment(kind);
  stores.push(into);
  let cuts = 0;
  s3.fault = ({ method, path }) => (method === 'GET' && path.endsWith('.backup') && ++cuts <= 3 ? 'cut' : undefined);
  const restored = await run(
    { ...into.environment, ...bucket, TIMONEL_ARTIFACT_FOLDER: join(folder, 'restored'), TIMONEL_CONFIG: '' },
    'restore',
    name,
    '--json',
  );
  expect(restored.said).toContain('"artifacts":1');
  expect([restored.code, cuts > 3]).toEqual([0, true]);
});

it('leaves nothing to be seen where a part cannot be sent', async () => {
  const before = await listed();
  const uploads = s3.uploads();
  s3.fault = ({ query: { partNumber } }) => (partNumber === '2' ? 403 : undefined);
  expect(await take()).toBe('none');
  s3.fault = undefined;
  expect(await listed()).toEqual(before);
  expect(s3.uploads()).toEqual(uploads);
});

it('is refused when it was cut, changed, or is none', { timeout: 60_000 }, async () => {
  const into = await emptyStoreEnvironment(kind);
  stores.push(into);
  const settings = readSettings({ ...into.environment, ...bucket });
  const store = await openStore(settings, { migrate: false });
  const backups = new Backups({ settings, agents: [], version: '0.0.0', now: () => new Date() });
  const client = new S3Client({ url: '', region: 'us-east-1', keyId: s3Account, secret: s3Account });
  const at = (name: string) => `${bucket['TIMONEL_BACKUP_S3_URL']}/${name}`;
  try {
    const whole = Buffer.from(await (await client.send('GET', at(small))).body.arrayBuffer());
    const mutants = mutantsOf(whole);
    expect(mutants).toHaveLength(20);
    for (const [what, body] of mutants) {
      const sha256 = createHash('sha256').update(body).digest('hex');
      await (await client.send('PUT', at(small), { headers: { 'content-length': String(body.length) }, sha256, body })).body.dump();
      const storage = new DiskStorage(join(folder, 'mutants'));
      const outcome = await restoreBackup(await backups.open(small), { store, storage, agents: [] }).then(
        () => 'restored',
        (error: { code?: string }) => error.code,
      );
      expect([what, outcome]).toEqual([what, 'backup_invalid']);
    }
    // It was verified, and is not what was verified.
    expect((await listed()).backups.find(({ name }) => name === small)?.verifiedAt).toBeNull();
  } finally {
    await client.close();
    await backups.close();
    await store.close();
  }
});

it('is thinned out: of the verified ones what no day, week or month needs; pages of the list are followed', async () => {
  const target = new BackupsInBucket(
    { url: `${s3.bucketUrl}/thinned`, region: 'us-east-1', keyId: s3Account, secret: s3Account, pathStyle: true },
    () => new Date(),
    3,
  );
  for (const day of ['24', '25', '26', '27', '28']) {
    const sink = await target.write(`timonel-2026-11-${day}T03-00-00Z.backup`);
    await new Promise<void>((done) => void sink.content.end(`of ${day}`, done));
    await sink.commit();
  }
  for (const file of await target.list()) if (!file.name.includes('11-27')) await target.markVerified(file, new Date());
  expect(await pruneBackups(target, { days: 2, weeks: 0, months: 0 })).toEqual([
    'timonel-2026-11-25T03-00-00Z.backup',
    'timonel-2026-11-24T03-00-00Z.backup',
  ]);
  const left = await target.list();
  expect(left.map(({ name, verifiedAt }) => [name.slice(13, 18), verifiedAt !== undefined])).toEqual([
    ['11-28', true],
    ['11-27', false],
    ['11-26', true],
  ]);
  await target.close();
});

it('says what the bucket said', async () => {
  const environment = { ...(stores[0]?.environment ?? {}), ...bucket };
  for (const [changes, reason] of [
    [{ TIMONEL_BACKUP_S3_SECRET: 'wrong' }, '403 SignatureDoesNotMatch'],
    [{ TIMONEL_BACKUP_S3_URL: `${s3.bucketUrl}-of-others/x` }, '404 NoSuchBucket'],
  ] as const) {
    const backups = new Backups({
      settings: readSettings({ ...environment, ...changes }),
      agents: [],
      version: '0',
      now: () => new Date(),
    });
    await expect(backups.list()).rejects.toMatchObject({
      code: 'backup_target_unavailable',
      message: expect.stringContaining(reason),
    });
    // The alert hears of a bucket that does not answer by the age of what it said last.
    expect(await backups.verifiedAge()).toBeGreaterThanOrEqual(0);
    await backups.close();
  }
  expect(() => readSettings({ TIMONEL_BACKUP_S3_URL: s3.bucketUrl })).toThrow(/TIMONEL_BACKUP_S3_KEY_ID: S3 needs it/);
});

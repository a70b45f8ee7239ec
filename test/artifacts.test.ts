import { createHash } from 'node:crypto';
import { existsSync, globSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download, pixel, upload } from './artifact-client.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const folder = (timonel: TestTimonel) => timonel.environment['TIMONEL_ARTIFACT_FOLDER'] ?? '';
const filesIn = (path: string) => globSync('**/*', { cwd: path, withFileTypes: true }).filter((entry) => entry.isFile());

describe.each(storeKinds)('artifacts over HTTP (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  let now = new Date('2026-11-20T12:00:00Z');
  let other: string;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    timonel = await startTimonel(
      kind,
      { agents: [notes], models: { default: scriptedModel(() => 'Bien.') } },
      {
        now: () => now,
        environment: {
          ...fresh.environment,
          TIMONEL_ARTIFACT_FOLDER: join(fresh.environment['TIMONEL_HOME'] ?? '', 'artifacts'),
          TIMONEL_ARTIFACT_DATABASE_BYTES: '1000',
          TIMONEL_ARTIFACT_MAX_BYTES: '200000',
          TIMONEL_ARTIFACTS_PER_CONVERSATION: '12',
        },
      },
    );
    const made = await timonel.call<{ apiKey: string }>('POST', '/api/v1/api-keys', {
      name: 'other',
      scopes: ['conversations:read', 'conversations:write'],
    });
    other = `Bearer ${made.body.apiKey}`;
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  it('stores a small one in the database and a larger one on disk, and gives both back byte for byte', async () => {
    const conversation = await timonel.converse('notes');
    const large = Buffer.alloc(150_000, 'timonel ');
    for (const [data, name] of [
      [pixel, 'foto.png'],
      [large, 'notas.txt'],
    ] as const) {
      const { status, body } = await upload(timonel, { data: Uint8Array.from(data), name, query: `?conversation=${conversation}` });
      expect([status, body]).toMatchObject([201, { name, bytes: data.length, sha256: sha256(data) }]);
      expect((await timonel.call('GET', `/api/v1/artifacts/${body.id}`)).body).toEqual(body);
      const content = await download(timonel, `/api/v1/artifacts/${body.id}/content`);
      expect(content.status).toBe(200);
      expect(content.bytes.equals(data)).toBe(true);
      expect(content.headers).toMatchObject({
        'content-disposition': `attachment; filename="${name}"`,
        'x-content-type-options': 'nosniff',
        'content-length': String(data.length),
      });
      const part = await download(timonel, `/api/v1/artifacts/${body.id}/content`, { range: 'bytes=10-19' });
      expect([part.status, part.bytes.equals(data.subarray(10, 20)), part.headers['content-range']]).toEqual([
        206,
        true,
        `bytes 10-19/${data.length}`,
      ]);
      expect((await download(timonel, `/api/v1/artifacts/${body.id}/content`, { range: 'bytes=900000-' })).status).toBe(416);
      const again = await download(timonel, `/api/v1/artifacts/${body.id}/content`, {
        'if-none-match': String(content.headers['etag']),
      });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
    }
    expect(filesIn(folder(timonel)).map(({ parentPath }) => parentPath.includes('default'))).toEqual([true]);
  });

  it.each([
    ['a picture that says it is a page', pixel, 'text/html', 'image/png'],
    ['a page that says it is a picture', '  <!-- x --><HTML><script>alert(1)</script>', 'image/png', 'text/html'],
    ['a drawing with a program in it', '<?xml version="1.0"?>\n<svg onload="alert(1)"/>', 'image/png', 'image/svg+xml'],
    ['a page in UTF-16', Buffer.from('\ufeff<html><body>', 'utf16le'), 'text/plain', 'text/html'],
    ['a script that says it is a picture', 'alert(1)', 'image/jpeg', 'text/plain'],
    ['a table', 'a;b\n1;2\n', 'text/csv; charset=utf-8', 'text/csv'],
    ['a document without a type', '%PDF-1.7\n', '', 'application/pdf'],
    ['bytes that nothing is known of', Buffer.from([0, 1, 2, 3]), 'image/png', 'application/octet-stream'],
  ])('stores %s under the type of its content', async (_what, data, type, expected) => {
    const { status, body } = await upload(timonel, { data: typeof data === 'string' ? data : Uint8Array.from(data), type });
    expect([status, body.mediaType]).toEqual([201, expected]);
    const content = await download(timonel, `/api/v1/artifacts/${body.id}/content`);
    expect(content.headers['content-type']).toMatch(new RegExp(`^${expected.replace('+', '\\+')}`));
    expect(content.headers).toMatchObject({
      'content-disposition': expect.stringMatching(/^attachment;/),
      'content-security-policy': "default-src 'none'; sandbox",
    });
    await timonel.call('DELETE', `/api/v1/artifacts/${body.id}`);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\windows\\system32\\nul.txt', '_nul.txt'],
    ['fac\u202etura\u0007.pdf', 'factura.pdf'],
    ['...', 'file.png'],
    [`${'ñ'.repeat(300)}.png`, `${'ñ'.repeat(116)}.png`],
  ])('makes the name %j safe', async (name, expected) => {
    const { body } = await upload(timonel, { data: Uint8Array.from(pixel), name });
    expect(body.name).toBe(expected);
    await timonel.call('DELETE', `/api/v1/artifacts/${body.id}`);
  });

  it('refuses what is too large, empty, no form, past, or one too many, and keeps nothing of it', async () => {
    const before = filesIn(folder(timonel)).length;
    expect(await upload(timonel, { data: new Uint8Array(200_001) })).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large', detail: expect.stringContaining('200000 bytes') },
    });
    expect(await upload(timonel, { data: '' })).toMatchObject({ status: 422, body: { code: 'artifact_invalid' } });
    expect(await timonel.call('POST', '/api/v1/artifacts', { a: 1 })).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining('multipart/form-data') },
    });
    expect(
      await timonel.call('POST', '/api/v1/artifacts', 'x', { 'content-type': 'multipart/form-data; boundary=b' }),
    ).toMatchObject({ status: 422, body: { code: 'artifact_invalid' } });
    expect(await upload(timonel, { data: 'x', query: '?expiresAt=2026-11-20T11:00:00Z' })).toMatchObject({ status: 422 });
    const conversation = await timonel.converse('notes');
    const query = `?conversation=${conversation}`;
    for (let count = 0; count < 12; count++) expect((await upload(timonel, { data: 'x', query })).status).toBe(201);
    expect(await upload(timonel, { data: 'x', query })).toMatchObject({ status: 409, body: { code: 'artifact_limit_reached' } });
    expect(await upload(timonel, { data: 'x', query: `?conversation=${crypto.randomUUID()}` })).toMatchObject({
      status: 404,
      body: { code: 'conversation_not_found' },
    });
    expect(filesIn(folder(timonel))).toHaveLength(before);
  });

  it('shows an artifact to who may read its conversation, and to nobody else', async () => {
    const conversation = await timonel.converse('notes');
    const { body } = await upload(timonel, { data: Uint8Array.from(pixel), query: `?conversation=${conversation}` });
    for (const url of [`/api/v1/artifacts/${body.id}`, `/api/v1/artifacts/${body.id}/content`]) {
      expect((await timonel.call('GET', url, undefined, { authorization: other })).status).toBe(404);
      expect((await timonel.call('GET', url, undefined, { authorization: undefined })).status).toBe(401);
    }
    expect((await timonel.call('DELETE', `/api/v1/artifacts/${body.id}`, undefined, { authorization: other })).status).toBe(404);
    const theirs = await upload(timonel, { data: 'x', headers: { authorization: other } });
    expect((await timonel.call('GET', `/api/v1/artifacts/${theirs.body.id}`, undefined, { authorization: other })).status).toBe(
      200,
    );
    const into = await upload(timonel, { data: 'x', query: `?conversation=${conversation}`, headers: { authorization: other } });
    expect(into).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } });
  });

  it('gives whoever has a signed link the file until it expires, and nobody who changes a letter of it', async () => {
    const { body } = await upload(timonel, { data: Uint8Array.from(pixel) });
    const link = await timonel.call<{ url: string }>('POST', `/api/v1/artifacts/${body.id}/links`, { expiresInSeconds: 60 });
    expect(link.status).toBe(201);
    const { url } = link.body;
    const nobody = { authorization: undefined };
    expect((await download(timonel, url, nobody)).bytes.equals(pixel)).toBe(true);
    for (const at of [url.length - 51, url.length - 30, url.length - 20, url.length - 1]) {
      const forged = `${url.slice(0, at)}${url[at] === 'A' ? 'B' : 'A'}${url.slice(at + 1)}`;
      expect((await download(timonel, forged, nobody)).status).toBe(422);
    }
    now = new Date(now.getTime() + 61_000);
    expect((await download(timonel, url, nobody)).status).toBe(422);
    const second = await timonel.call<{ url: string }>('POST', `/api/v1/artifacts/${body.id}/links`, {});
    await timonel.call('DELETE', `/api/v1/artifacts/${body.id}`);
    expect((await download(timonel, second.body.url, nobody)).status).toBe(404);
  });

  it('forgets what is deleted or expired, its bytes on disk too, and bytes whose artifact never came', async () => {
    const kept = filesIn(folder(timonel)).length;
    const deleted = await upload(timonel, { data: new Uint8Array(5_000) });
    const expiring = await upload(timonel, { data: new Uint8Array(5_000), query: '?expiresAt=2026-11-21T00:00:00Z' });
    const loose = await upload(timonel, { data: new Uint8Array(5_000) });
    expect(filesIn(folder(timonel))).toHaveLength(kept + 3);
    expect((await timonel.call('DELETE', `/api/v1/artifacts/${deleted.body.id}`)).status).toBe(204);
    expect(filesIn(folder(timonel))).toHaveLength(kept + 2);
    now = new Date('2026-11-22T00:00:00Z');
    for (const { body } of [expiring, loose]) expect((await timonel.call('GET', `/api/v1/artifacts/${body.id}`)).status).toBe(404);
    await timonel.timonel.artifacts.sweep();
    expect(filesIn(folder(timonel))).toHaveLength(kept);
    // As after a process that died in the middle of an upload.
    const [old, fresh] = ['old', 'fresh'].map((name) => join(folder(timonel), '.incoming', name)) as [string, string];
    for (const path of [old, fresh]) writeFileSync(path, 'x');
    utimesSync(old, new Date(0), new Date(0));
    await timonel.timonel.artifacts.sweep();
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
    rmSync(fresh);
    // As after a process that died between the bytes and their row.
    const path = (
      await timonel.timonel.store.pool.executeText<{ location: string }>('SELECT location FROM artifact_leftovers LIMIT 1')
    )[0];
    expect(path).toBeDefined();
    await timonel.timonel.store.pool.executeText("UPDATE artifact_leftovers SET due_at = now() - interval '1 hour'");
    await timonel.timonel.artifacts.sweep();
    expect(existsSync(join(folder(timonel), path?.location ?? ''))).toBe(true);
    expect(await timonel.timonel.store.pool.executeText('SELECT FROM artifact_leftovers')).toEqual([]);
  });

  it('exports what a person sent, and erases it with its bytes', async () => {
    const conversation = await timonel.converse('notes', { phone: '+54 9 351 555-0001' });
    const { body } = await upload(timonel, {
      data: new Uint8Array(5_000),
      name: 'ana.bin',
      query: `?conversation=${conversation}`,
    });
    const person = { phone: '+54 9 351 555-0001' };
    const exported = await timonel.call<{ data: { artifacts: object[] } }>('POST', '/api/v1/privacy/export', person);
    expect(exported.body.data.artifacts).toMatchObject([{ id: body.id, name: 'ana.bin', bytes: 5_000 }]);
    expect(JSON.stringify(exported.body.data.artifacts)).not.toContain('location');
    const before = filesIn(folder(timonel)).length;
    const erased = await timonel.call<{ erased: object }>('POST', '/api/v1/privacy/erase', person);
    expect(erased.body.erased).toMatchObject({ artifacts: 1 });
    await timonel.timonel.artifacts.sweep();
    expect(filesIn(folder(timonel))).toHaveLength(before - 1);
  });
});

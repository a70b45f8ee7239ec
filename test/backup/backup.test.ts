/** Backups by the front door: taken while a Timonel serves, proven, and restored on either store, where runs go on. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskStorage } from '../../src/artifacts/storage/disk.ts';
import { readSettings } from '../../src/config.ts';
import { restoreBackup } from '../../src/operations/backup/restore.ts';
import { openStore } from '../../src/store/open.ts';
import { download, upload } from '../artifact-client.ts';
import { notes } from '../notes-agent.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import type { StoreEnvironment } from '../store-environment.ts';
import { emptyStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { mutantsOf } from './mutants.ts';

interface Listed {
  underWay: boolean;
  backups: { name: string; encrypted: boolean; verifiedAt: string | null }[];
}

/** Every kind of character that the text form of COPY escapes. */
const awkward = 'uno\ttab, dos\nlíneas, \\N, \\. y "comillas" 👩‍🍳 \r\n';

describe.each(storeKinds)('a backup (%s)', (kind) => {
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  const project = { agents: [notes], models: { default: model } };
  const folder = mkdtempSync(join(tmpdir(), 'timonel-backups-'));
  const identities = join(folder, 'identity.txt');
  const fresh: StoreEnvironment[] = [];
  let timonel: TestTimonel;
  let conversation: string;
  let waiting: string;
  let artifact: string;
  let url: string;
  let name: string;

  beforeAll(async () => {
    const environment = await emptyStoreEnvironment(kind);
    fresh.push(environment);
    timonel = await startTimonel(kind, project, {
      environment: {
        ...environment.environment,
        TIMONEL_BACKUP_FOLDER: folder,
        TIMONEL_ARTIFACT_DATABASE_BYTES: '1000',
        TIMONEL_ARTIFACT_FOLDER: join(folder, 'artifacts'),
      },
    });
    conversation = await timonel.converse('notes');
    script = [{ calls: [{ tool: 'add_note', args: { text: awkward } }] }, 'Anotado.'];
    await timonel.say(conversation, awkward);
    script = [{ calls: [{ tool: 'delete_notes', args: { why: 'tidy' } }] }];
    const { run } = await timonel.say(conversation, 'Borrá todo');
    waiting = run.id;
    const { body } = await upload(timonel, { data: 'x'.repeat(200_000), name: 'a.txt', query: `?conversation=${conversation}` });
    artifact = body.id;
    const { body: seen } = await timonel.call<TurnBody & { approvals: { callId: string }[] }>('GET', `/api/v1/runs/${waiting}`);
    url = `/api/v1/runs/${waiting}/approvals/${seen.approvals[0]?.callId}`;
  });
  afterAll(async () => {
    await timonel?.close(false);
    for (const { remove } of fresh) await remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken while turns go on, and proven by a restore that nobody sees', async () => {
    script = ['Hola.'];
    const [taken, said] = await Promise.all([
      timonel.call<Listed>('POST', '/api/v1/backups'),
      timonel.say(await timonel.converse('notes'), 'Hola'),
    ]);
    expect(said.reply.text).toBe('Hola.');
    expect(taken.status).toBe(202);
    await expect
      .poll(async () => (await timonel.call<Listed>('GET', '/api/v1/backups')).body, { timeout: 60_000 })
      .toMatchObject({ underWay: false, backups: [{ encrypted: false, verifiedAt: null }] });
    const { body } = await timonel.call<Listed>('GET', '/api/v1/backups');
    name = body.backups[0]?.name ?? '';
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    const verified = await timonel.call<{ rows: number; artifacts: number }>('POST', `/api/v1/backups/${name}/verify`);
    expect(verified).toMatchObject({ status: 200, body: { artifacts: 1 } });
    expect(verified.body.rows).toBeGreaterThan(20);
    const { body: marked } = await timonel.call<Listed>('GET', '/api/v1/backups');
    expect(marked.backups[0]?.verifiedAt).toEqual(expect.any(String));
  });

  // The turn that went on is in the first one as it was at that moment: finished, or not.
  it('is taken again, now that one run waits and no other is under way', async () => {
    expect((await timonel.call('POST', '/api/v1/backups')).status).toBe(202);
    const listed = async () => (await timonel.call<Listed>('GET', '/api/v1/backups')).body;
    await expect
      .poll(async () => ({ ...(await listed()), count: (await listed()).backups.length }), { timeout: 60_000 })
      .toMatchObject({ underWay: false, count: 2 });
    name = (await listed()).backups.map((each) => each.name).find((each) => each !== name) ?? '';
  });

  it('is a matter of the installation, and names what is not there', async () => {
    expect(await timonel.call('POST', '/api/v1/backups/timonel-2020-01-01T00-00-00Z.backup/verify')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(await timonel.call('POST', '/api/v1/backups/..%2Fidentity.txt/verify')).toMatchObject({ status: 404 });
  });

  it.each(storeKinds)('comes back on the store %s: the waiting run goes on, once', async (target) => {
    const into = await emptyStoreEnvironment(target);
    fresh.push(into);
    const environment = {
      ...into.environment,
      TIMONEL_ARTIFACT_DATABASE_BYTES: '1000',
      TIMONEL_ARTIFACT_FOLDER: join(folder, `restored-${target}`),
    };
    const store = await openStore(readSettings(environment), { migrate: false });
    const storage = new DiskStorage(join(folder, `restored-${target}`));
    try {
      const restored = await restoreBackup({ path: join(folder, name) }, { store, storage, agents: [] });
      expect(restored).toMatchObject({ artifacts: 1, unfinishedRuns: 1 });
      await expect(restoreBackup({ path: join(folder, name) }, { store, storage, agents: [] })).rejects.toMatchObject({
        code: 'store_not_empty',
      });
    } finally {
      await store.close();
    }
    const again = await startTimonel(target, project, { environment });
    try {
      const { body } = await again.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
      expect(body.messages[0]?.text).toBe(awkward);
      expect((await download(again, `/api/v1/artifacts/${artifact}/content`)).bytes.toString()).toBe('x'.repeat(200_000));
      script = ['Borrado.'];
      expect(await again.call('POST', url, { decision: 'approve' })).toMatchObject({ status: 200, body: { resumed: true } });
      await expect
        .poll(async () => (await again.call<TurnBody>('GET', `/api/v1/runs/${waiting}`)).body, { timeout: 30_000 })
        .toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'Borrado.' } });
      // The chain of the audit log is whole, the old entries included.
      expect(await again.call('GET', '/api/v1/audit/verification')).toMatchObject({ body: { intact: true } });
    } finally {
      await again.close(false);
    }
  });

  it('is refused when it was cut, changed, or is none, and leaves the store empty', async () => {
    const into = await emptyStoreEnvironment(kind);
    fresh.push(into);
    const store = await openStore(readSettings(into.environment), { migrate: false });
    const whole = readFileSync(join(folder, name));
    const path = join(folder, 'mutant');
    const storage = new DiskStorage(join(folder, 'mutants'));
    try {
      for (const [what, bytes] of mutantsOf(whole)) {
        writeFileSync(path, bytes);
        const outcome = await restoreBackup({ path }, { store, storage, agents: [] }).then(
          () => 'restored',
          (error: { code?: string }) => error.code,
        );
        expect([what, outcome]).toEqual([what, 'backup_invalid']);
      }
      const [row] = await store.pool.executeText<{ count: number }>(
        `SELECT coalesce((SELECT sum(n_live_tup) FROM pg_stat_user_tables WHERE relname IN ('runs', 'messages')), 0)::int AS count`,
      );
      expect(row?.count).toBe(0);
    } finally {
      await store.close();
    }
  });

  it('is encrypted for its recipient alone', async () => {
    const identity = await generateX25519Identity();
    const other = await generateX25519Identity();
    writeFileSync(identities, `# a comment\n${other}\n`);
    await timonel.close(false);
    const environment = {
      ...timonel.environment,
      TIMONEL_BACKUP_FOLDER: join(folder, 'sealed'),
      TIMONEL_BACKUP_RECIPIENT: await identityToRecipient(identity),
      TIMONEL_BACKUP_IDENTITY_FILE: identities,
    };
    timonel = await startTimonel(kind, project, { environment });
    await timonel.call('POST', '/api/v1/backups');
    await expect
      .poll(async () => (await timonel.call<Listed>('GET', '/api/v1/backups')).body, { timeout: 60_000 })
      .toMatchObject({ underWay: false, backups: [{ encrypted: true }] });
    const { body } = await timonel.call<Listed>('GET', '/api/v1/backups');
    const sealed = body.backups[0]?.name ?? '';
    expect(
      readFileSync(join(folder, 'sealed', sealed))
        .subarray(0, 21)
        .toString(),
    ).toBe('age-encryption.org/v1');
    expect(await timonel.call('POST', `/api/v1/backups/${sealed}/verify`)).toMatchObject({
      status: 422,
      body: { code: 'backup_invalid' },
    });
    writeFileSync(identities, `${identity}\n`);
    expect(await timonel.call('POST', `/api/v1/backups/${sealed}/verify`)).toMatchObject({ status: 200 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels, type FlagEvaluated } from '../../src/diagnostics.ts';
import { newWorkspace } from '../new-workspace.ts';
import { notes } from '../notes-agent.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on
type Body = any;

const menu = { type: 'boolean', variants: { on: true, off: false }, defaultVariant: 'off' };

describe.each(storeKinds)('feature flags over the API (%s)', (kind) => {
  let at: TestTimonel;
  let there: { authorization: string };
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [notes] });
    there = await newWorkspace(at, 'other');
  });
  afterAll(() => at.close());

  const put = (key: string, body: object, headers?: Record<string, string>) =>
    at.call<Body>('PUT', `/api/v1/flags/${key}`, body, headers);
  const get = (key: string, headers?: Record<string, string>) => at.call<Body>('GET', `/api/v1/flags/${key}`, undefined, headers);
  const list = async (headers?: Record<string, string>): Promise<string[]> =>
    (await at.call<Body>('GET', '/api/v1/flags', undefined, headers)).body.flags.map(({ key }: Body) => key);
  const ask = (key: string, context?: object, headers?: Record<string, string>) =>
    at.call<Body>('POST', `/ofrep/v1/evaluate/flags/${key}`, { context }, headers);

  it('are stored in versions, changed from the version that somebody read, and removed without losing their past', async () => {
    expect(await put('new-menu', menu, { 'if-match': '"0"' })).toMatchObject({
      status: 200,
      body: { version: 1 },
      headers: { etag: '"1"' },
    });
    expect((await ask('new-menu')).body).toMatchObject({ value: false, reason: 'STATIC', metadata: { version: 1 } });
    const on = { ...menu, defaultVariant: 'on', description: 'The menu with pictures' };
    expect(await put('new-menu', on, { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { version: 2, definition: on } });
    // In force at once, and nobody overwrites what they have not read.
    expect((await ask('new-menu')).body).toMatchObject({ value: true, metadata: { version: 2 } });
    expect(await put('new-menu', menu, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'version_conflict', version: 2 },
    });
    const { body, headers } = await get('new-menu');
    expect(headers['etag']).toBe('"2"');
    expect(body.flag).toMatchObject({ key: 'new-menu', version: 2, enabled: true, rules: [], ...on });
    expect(body.versions.map(({ version }: Body) => version)).toEqual([2, 1]);

    expect((await at.call('DELETE', '/api/v1/flags/new-menu', undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await at.call('DELETE', '/api/v1/flags/new-menu', undefined, { 'if-match': '"2"' })).status).toBe(204);
    expect((await ask('new-menu')).status).toBe(404);
    expect(await list()).not.toContain('new-menu');
    expect((await at.call('DELETE', '/api/v1/flags/new-menu')).status).toBe(404);
    expect((await get('new-menu')).body).toMatchObject({
      flag: null,
      versions: [{ version: 3, definition: null }, { version: 2 }, { version: 1 }],
    });
    expect(await put('new-menu', menu, { 'if-match': '"3"' })).toMatchObject({ body: { version: 4 } });
    expect((await get('never-stored')).status).toBe(404);

    const entries = (await at.call<Body>('GET', '/api/v1/audit?target=new-menu')).body.entries as Body[];
    expect(entries.map(({ action, details }) => `${action} ${details.version}`).reverse()).toEqual([
      'flag-changed 1',
      'flag-changed 2',
      'flag-removed 3',
      'flag-changed 4',
    ]);
  });

  it('take one of two changes made at the same time from the same version', async () => {
    await put('raced', menu);
    const answers = await Promise.all(Array.from({ length: 6 }, () => put('raced', menu, { 'if-match': '"1"' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412]);
    expect((await get('raced')).body.versions).toHaveLength(2);
  });

  it('are refused as a whole, with everything that is wrong', async () => {
    const { status, body } = await put('wrong', {
      ...menu,
      variants: { on: 'yes' },
      rules: [{ split: [{ variant: 'x', percentage: 101 }] }],
    });
    expect(status).toBe(400);
    expect(body.detail).toContain('rules.0.split.0.percentage');
    const deeper = await put('wrong', { ...menu, variants: { on: 'yes' } });
    for (const fault of ['variants.on: must be a value of the type boolean', 'defaultVariant: there is no variant "off"'])
      expect(deeper.body.detail).toContain(fault);
    expect((await put('not a key', menu)).status).toBe(400);
    expect((await put('wrong', menu, { 'if-match': 'yesterday' })).status).toBe(400);
    expect((await get('wrong')).status).toBe(404);
  });

  it('never cross from one workspace to another', async () => {
    await put('ours', menu);
    expect((await put('theirs', menu, there)).status).toBe(200);
    expect((await put('ours', { ...menu, defaultVariant: 'on' }, there)).status).toBe(200);
    expect([await list(there), (await list()).includes('theirs')]).toEqual([['ours', 'theirs'], false]);
    expect([(await get('theirs')).status, (await at.call('DELETE', '/api/v1/flags/theirs')).status]).toEqual([404, 404]);
    // Neither does a context that names the other workspace.
    expect((await ask('theirs', { workspace: 'other', workspaceId: 'other' })).status).toBe(404);
    expect([(await ask('ours')).body.value, (await ask('ours', {}, there)).body.value]).toEqual([false, true]);
    const { body } = await at.call<Body>('POST', '/ofrep/v1/evaluate/flags', {});
    expect(body.flags.map(({ key }: Body) => key)).not.toContain('theirs');
    const clients = [at.timonel.flags.providers.client('default'), at.timonel.flags.providers.client('other')];
    expect(await Promise.all(clients.map((client) => client.getBooleanValue('ours', false)))).toEqual([false, true]);
  });

  it('say which were asked for, and nothing of who asked', async () => {
    await put('told', { ...menu, rules: [{ when: [{ attribute: 'email', in: ['ana@example.com'] }], variant: 'on' }] });
    const told: FlagEvaluated[] = [];
    const listener = (message: unknown) => void told.push(message as FlagEvaluated);
    channels.flagEvaluated.subscribe(listener);
    const { body } = await ask('told', { email: 'ana@example.com' });
    channels.flagEvaluated.unsubscribe(listener);
    expect(told).toEqual([{ workspaceId: 'default', flag: 'told', version: 1, variant: 'on', reason: 'TARGETING_MATCH' }]);
    expect(JSON.stringify(body)).not.toContain('ana@');
    const { body: audit } = await at.call('GET', '/api/v1/audit?target=told');
    expect(JSON.stringify(audit)).toContain('email');
    expect(JSON.stringify(audit)).not.toContain('ana@');
  });

  it('outlive a restart', async () => {
    await put('kept', { ...menu, defaultVariant: 'on' });
    await at.close(false);
    at = await startTimonel(kind, { agents: [notes] }, { environment: at.environment });
    expect((await ask('kept')).body).toMatchObject({ value: true });
  });

  it('stay readable where another process has written what this version does not know', async () => {
    const { store, flags } = at.timonel;
    await put('plain', menu);
    await store.pool.executeText(
      `INSERT INTO feature_flags (workspace_id, key, version, definition, created_by) VALUES ('default', 'from-the-future', 1, $1, 'test')`,
      [JSON.stringify({ ...menu, prerequisites: ['plain'] })],
    );
    await flags.table.read();
    expect((await ask('plain')).body.value).toBe(false);
    expect(await ask('from-the-future')).toMatchObject({ status: 400, body: { errorCode: 'PARSE_ERROR', key: 'from-the-future' } });
    expect((await at.call('GET', '/api/v1/flags')).status).toBe(200);
    expect((await get('from-the-future')).body).toMatchObject({ flag: null, versions: [] });
    const bulk = await at.call<Body>('POST', '/ofrep/v1/evaluate/flags', {});
    expect(bulk.body.flags).toContainEqual(expect.objectContaining({ key: 'from-the-future', errorCode: 'PARSE_ERROR' }));
    expect((await put('from-the-future', menu, { 'if-match': '"1"' })).body.version).toBe(2);
    expect((await ask('from-the-future')).body.value).toBe(false);
  });
});

describe.runIf(storeKinds.includes('postgres'))('feature flags in two processes', () => {
  it('are in force in the other one as soon as it is told', async () => {
    const first = await startTimonel('postgres', { agents: [notes] });
    const second = await startTimonel('postgres', { agents: [notes] }, { environment: first.environment });
    try {
      await first.call('PUT', '/api/v1/flags/new-menu', { ...menu, defaultVariant: 'on' });
      const value = async () => (await second.call<Body>('POST', '/ofrep/v1/evaluate/flags/new-menu', {})).body.value;
      // Less than the ten seconds after which it would look by itself.
      await expect.poll(value, { timeout: 20_000 }).toBe(true);
      await second.call('PUT', '/api/v1/flags/new-menu', menu);
      await expect.poll(async () => first.timonel.flags.table.find('default', 'new-menu')?.version, { timeout: 20_000 }).toBe(2);
    } finally {
      await second.close(false);
      await first.close();
    }
  });
});

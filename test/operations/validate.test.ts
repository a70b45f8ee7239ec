/** `timonel validate`: each check passes on an installation in order, and fails where it is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { readSettings } from '../../src/config.ts';
import type { CheckStatus, Validation } from '../../src/operations/validate/contract.ts';
import { spaceFinding } from '../../src/operations/validate/machine-checks.ts';
import { clockFinding } from '../../src/operations/validate/store-checks.ts';
import { commandHere } from '../command.ts';
import { freePort } from '../postgres.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const agent = { name: 'desk', version: '1.0.0', description: 'd', prompt: 'p', tools: [], policy: [] };

function statuses({ checks }: Validation): Record<string, CheckStatus> {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

describe.each(storeKinds)('timonel validate (%s)', (kind) => {
  let at: TestTimonel;
  let home: string;
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [agent], models: { default: scriptedModel(['OK']) } });
    home = at.environment['TIMONEL_HOME'] ?? '';
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
  });
  afterAll(() => at.close());

  const look = async (body: object = {}) => (await at.call<Validation>('POST', '/api/v1/validations', body)).body;

  it('passes on an installation in order, and changes nothing', async () => {
    const found = await look();
    expect(statuses(found)).toMatchObject({
      database: 'pass',
      schema: 'pass',
      connections: kind === 'postgres' ? 'pass' : 'skipped',
      clock: kind === 'postgres' ? 'pass' : 'skipped',
      queue: 'pass',
      knowledge: 'pass',
      agents: 'pass',
      model: 'skipped',
      sandbox: 'pass',
      mail: 'skipped',
      monitoring: 'pass',
      backup: 'warning',
    });
    expect(found.status).toBe('pass');
  });

  it('asks the model once where that is wanted', async () => {
    const { checks } = await look({ liveModel: true });
    expect(checks.find(({ name }) => name === 'model')).toMatchObject({
      status: 'pass',
      said: expect.stringMatching(/answered "OK" \(\d+ tokens, /),
    });
    // The script has no second line.
    expect(statuses(await look({ liveModel: true }))).toMatchObject({ model: 'fail' });
  });

  it('wants a verified backup and room for two versions before a deploy', async () => {
    const found = await look({ beforeDeploy: true, processes: 1_000 });
    expect(found.status).toBe('fail');
    expect(statuses(found)).toMatchObject({ backup: 'fail', ...(kind === 'postgres' ? { connections: 'fail' } : {}) });
    const { body } = await at.call<{ backups: { name: string }[] }>('POST', '/api/v1/backups', {});
    await at.call('POST', `/api/v1/backups/${body.backups[0]?.name}/verify`, {});
    expect(statuses(await look({ beforeDeploy: true }))).toMatchObject({ backup: 'pass' });
  });

  it('is a command with an exit code', async () => {
    const validate = commandHere(home, 'validate');
    expect(await validate()).toMatchObject({ code: 0, out: expect.stringContaining('✓ database') });
    expect(await validate('--processes', 'many')).toMatchObject({ code: 2, err: expect.stringContaining('--processes 3') });
  });

  it('tells jobs that were given up, and has them done again', async () => {
    const { pool } = at.timonel.store;
    await pool.executeText(
      `INSERT INTO pgboss.job (name, data, state, completed_on, output, retry_limit, retry_count)
       VALUES ('mail', '{}', 'failed', now(), '{"message": "no such host"}', 0, 5)`,
    );
    const { body } = await at.call<{ jobs: { queue: string; id: string; message: string }[] }>('GET', '/api/v1/queues/failed');
    expect(body.jobs).toMatchObject([{ queue: 'mail', message: 'no such host' }]);
    expect(statuses(await look())).toMatchObject({ queue: 'warning' });
    const again = `/api/v1/queues/mail/jobs/${body.jobs[0]?.id}/retry`;
    expect((await at.call('POST', again, {})).status).toBe(204);
    const unknown = `/api/v1/queues/mail/jobs/${crypto.randomUUID()}/retry`;
    expect((await at.call('POST', unknown, {})).status).toBe(404);
    const { body: listed } = await at.call<{ queues: { queue: string }[] }>('GET', '/api/v1/queues');
    expect(listed.queues.map(({ queue }) => queue)).toContain('mail');
  });
});

describe('without a process', () => {
  it('looks at settings, database and folders', async () => {
    const { environment, remove } = await freshStoreEnvironment('embedded');
    const validate = commandHere(environment['TIMONEL_HOME'] ?? '', 'validate');
    const port = await freePort();
    process.env['TIMONEL_SMTP_URL'] = `smtp://127.0.0.1:${port}`;
    process.env['TIMONEL_MAIL_FROM'] = 'Timonel <timonel@example.com>';
    try {
      expect(readSettings().mail.url).toBeDefined();
      const { code, out } = await validate('--json');
      const found = JSON.parse(out) as Validation;
      expect(statuses(found)).toMatchObject({ database: 'pass', queue: 'skipped', mail: 'fail', schema: 'fail' });
      expect(code).toBe(1);
      expect(await validate('--live-model')).toMatchObject({ code: 2, err: expect.stringContaining('timonel up') });
    } finally {
      delete process.env['TIMONEL_SMTP_URL'];
      delete process.env['TIMONEL_MAIL_FROM'];
      await remove();
    }
  });

  it('judges clocks and disks by their numbers', () => {
    expect([0, 5_000, 60_000].map((apart) => clockFinding(apart).status)).toEqual(['pass', 'warning', 'fail']);
    const gib = 1_073_741_824;
    expect([50, 5, 0.1].map((free) => spaceFinding('/data', free * gib, 100 * gib).status)).toEqual(['pass', 'warning', 'fail']);
  });
});

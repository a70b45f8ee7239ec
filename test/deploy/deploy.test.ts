import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCredentials } from '../../src/cli/credentials.ts';
import { deploySchema } from '../../src/operations/deploy/contract.ts';
import { needs } from '../needs.ts';
import type { StoreEnvironment } from '../store-environment.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { type Host, startHost } from './host.ts';
import { slowModel, traffic } from './load.ts';
import { switchUnderLoad } from './switches.ts';

const root = new URL('../../', import.meta.url).pathname;
const switches = Number(process.env['TIMONEL_TEST_SWITCHES'] ?? 2);
const stepsOf = ({ steps }: { steps: readonly { name: string; status: string }[] }) =>
  steps.map(({ name, status }) => `${name} ${status}`);

describe.runIf(needs('nginx', 'PostgreSQL'))('an update of one host', () => {
  let store: StoreEnvironment;
  let model: Awaited<ReturnType<typeof slowModel>>;
  let host: Host;

  beforeAll(async () => {
    store = await freshStoreEnvironment('postgres');
    model = await slowModel();
    host = await startHost({
      ...store.environment,
      TIMONEL_MODEL: 'slow',
      TIMONEL_MODEL_URL: model.url,
      TIMONEL_POOL_SIZE: '6',
      TIMONEL_SHUTDOWN_GRACE_MS: '3000',
      // The machine of a test may be busy, and a refusal is what is counted here.
      TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    });
  }, 60_000);
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await model.close();
    await store.remove();
  }, 60_000);

  it('begins with the first slot, and says who has the traffic', { timeout: 120_000 }, async () => {
    const { report, code, said } = await host.deploy('--to', 'blue');
    expect(report, said).toMatchObject({ status: 'switched', to: 'blue' });
    expect(code).toBe(0);
    expect(stepsOf(report)).toEqual(['checks pass', 'start pass', 'ready pass', 'smoke pass', 'switch pass']);
    expect((await fetch(`${host.url}/health/live`)).ok).toBe(true);
    const again = await host.deploy('--to', 'blue');
    expect(again.code).toBe(1);
    expect(again.report.status).toBe('unchanged');
    expect(again.report.steps[0]?.said).toContain('--to green');
  });

  it('changes nothing where a check fails: no backup was verified', { timeout: 60_000 }, async () => {
    const { report, code } = await host.deploy('--to', 'green');
    expect(code).toBe(1);
    expect(report.status).toBe('unchanged');
    expect(report.steps[0]?.said).toMatch(/^backup: .*timonel backup verify/m);
  });

  it('goes back where the new version is not ready, and shows what it answered', { timeout: 120_000 }, async () => {
    host.setEnvironment('green', { TIMONEL_HOST: '127.0.0.1', TIMONEL_POOL_SIZE: 'many' });
    host.configure((settings) => {
      settings.readySeconds = 3;
    });
    const { report, code } = await host.deploy('--back');
    expect(code).toBe(1);
    expect(report.status).toBe('back');
    expect(stepsOf(report)).toEqual(['checks pass', 'start pass', 'ready fail', 'back pass']);
    expect(report.steps[2]?.said).toContain('does not answer');
    expect((await fetch(`${host.url}/health/live`)).ok).toBe(true);
    host.setEnvironment('green', { TIMONEL_POOL_SIZE: '6' });
    host.configure((settings) => {
      settings.readySeconds = 60;
    });
  });

  it('leaves the traffic where it is when nginx refuses its settings', { timeout: 120_000 }, async () => {
    const before = readFileSync(join(host.folder, 'upstream.conf'), 'utf8');
    host.configure((settings) => {
      settings.nginx.test = ['sh', '-c', 'echo "unknown directive" >&2; exit 1'];
    });
    const { report } = await host.deploy('--back');
    host.configure((settings) => {
      settings.nginx.test = ['true'];
    });
    expect(report.status).toBe('back');
    expect(report.steps.at(-2)).toMatchObject({ name: 'switch', status: 'fail' });
    expect(report.steps.at(-2)?.said).toContain('unknown directive');
    expect(readFileSync(join(host.folder, 'upstream.conf'), 'utf8')).toBe(before);
  });

  it('loses no request and cuts no stream, and turns go on in the other process', {
    timeout: 60_000 + switches * 60_000,
  }, async () => {
    const { apiKey } = readCredentials(host.slots.blue.home);
    const { traffic: seen, faults, took } = await switchUnderLoad(host, apiKey, switches);
    expect(faults).toEqual([]);
    expect(took).toHaveLength(switches);
    expect(seen.failed).toEqual([]);
    expect(seen.cut).toBe(0);
    expect(seen.answered).toBeGreaterThan(100);
    expect(seen.turns).toBeGreaterThan(1);
  });

  it('would show lost requests: the old process ended at once loses some', { timeout: 120_000 }, async () => {
    const live = readFileSync(join(host.folder, 'upstream.conf'), 'utf8').includes('deploy: blue') ? 'blue' : 'green';
    const { apiKey } = readCredentials(host.slots[live].home);
    const stop = new AbortController();
    const running = traffic({ url: host.url, apiKey }, { clients: 8, readers: 2 }, stop.signal);
    await expect.poll(() => fetch(`${host.url}/health/live`).then(({ ok }) => ok)).toBe(true);
    execFileSync(process.execPath, [join(root, 'test/deploy/slot.ts'), 'kill', host.slots[live].file]);
    await new Promise((done) => setTimeout(done, 500));
    execFileSync(process.execPath, [join(root, 'test/deploy/slot.ts'), 'start', host.slots[live].file]);
    await expect.poll(() => fetch(`${host.url}/health/live`).then(({ ok }) => ok), { timeout: 60_000, interval: 200 }).toBe(true);
    stop.abort();
    const seen = await running;
    expect(seen.failed.length).toBeGreaterThan(0);
  });
});

describe('the files of a host', () => {
  it('are right: settings of the switch, and units', () => {
    expect(deploySchema.safeParse(JSON.parse(readFileSync(join(root, 'deploy/host/deploy.json'), 'utf8'))).error).toBeUndefined();
    const nginx = readFileSync(join(root, 'deploy/host/nginx.conf'), 'utf8');
    expect(nginx).toContain('include /etc/nginx/timonel-upstream.conf;');
    expect(nginx).toContain('proxy_buffering off;');
  });
});

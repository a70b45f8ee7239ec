/** `timonel update`: a process on the embedded store gives way to a new version, and comes back where that one is none. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCredentials } from '../../src/cli/credentials.ts';
import { untilReady } from '../../src/cli/health.ts';
import type { UpdateReport } from '../../src/operations/deploy/in-place.ts';
import { updateSchema } from '../../src/operations/deploy/in-place.ts';
import { freshStoreEnvironment } from '../stores.ts';

/** Each update starts six processes, one after the other. */
const patience = { timeout: 400_000 };
const root = new URL('../../', import.meta.url).pathname;
const bin = join(root, 'bin/timonel.mjs');
const slot = join(root, 'test/deploy/slot.ts');
const folder = mkdtempSync(join(tmpdir(), 'timonel-update-'));
const versions = join(folder, 'versions');
const current = join(folder, 'current');
const file = join(folder, 'process.json');
const config = join(folder, 'update.json');
let home: string;
let remove: () => Promise<void>;
let conversation: string;

/** Takes the store away, and says that it is ready. */
const liar = `
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
rmSync(process.env.TIMONEL_HOME + '/data', { recursive: true });
createServer((request, response) => {
  response.statusCode = request.url.startsWith('/health/') ? 200 : 500;
  response.end(request.url.startsWith('/health/') ? '{}' : 'the new version is none');
}).listen(Number(process.env.TIMONEL_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

function install(name: string, program: string): string {
  mkdirSync(join(versions, name, 'bin'), { recursive: true });
  writeFileSync(join(versions, name, 'bin/timonel.mjs'), program);
  return join(versions, name);
}

const update = (to: string) =>
  new Promise<{ report: UpdateReport; code: number; said: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TIMONEL_LOG_LEVEL: 'error' };
    execFile(process.execPath, [bin, 'update', to, '--config', config, '--json'], { cwd: folder, env }, (error, out, err) =>
      resolve({ report: JSON.parse(out || 'null') as UpdateReport, code: error === null ? 0 : Number(error.code), said: err }),
    );
  });

async function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const { url, apiKey } = readCredentials(home);
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return (await response.json()) as Answer;
}

async function say(text: string): Promise<void> {
  await call('POST', `/api/v1/conversations/${conversation}/messages`, { text });
}

const texts = async () =>
  (await call<{ messages: { role: string; text: string }[] }>('GET', `/api/v1/conversations/${conversation}`)).messages.map(
    ({ text }) => text,
  );

beforeAll(async () => {
  const store = await freshStoreEnvironment('embedded');
  remove = store.remove;
  home = store.environment['TIMONEL_HOME'] ?? '';
  const same = `import ${JSON.stringify(bin)};\n`;
  symlinkSync(install('one', same), current);
  install('two', same);
  install('liar', liar);
  const port = 20_000 + (process.pid % 20_000);
  const environment = { ...store.environment, TIMONEL_PORT: String(port) };
  writeFileSync(file, JSON.stringify({ folder: home, environment, bin: join(current, 'bin/timonel.mjs') }));
  const act = (what: string) => [process.execPath, slot, what, file];
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(config, JSON.stringify({ url, home, current, start: act('start'), stop: act('stop'), readySeconds: 100 }));
  execFileSync(process.execPath, [slot, 'start', file]);
  await untilReady(url, 100_000);
  conversation = (await call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'booking' })).id;
  await say('hola, ¿cuánto sale un corte?');
}, 120_000);
afterAll(async () => {
  execFileSync(process.execPath, [slot, 'kill', file]);
  await remove?.();
  rmSync(folder, { recursive: true, force: true });
});

it('passes with a version that works; the conversation goes on', patience, async () => {
  const { report, code, said } = await update(join(versions, 'two'));
  expect([said, report.steps.map(({ name, status }) => `${name} ${status}`)]).toEqual([
    '',
    ['checks', 'stop', 'backup', 'verify', 'activate', 'start', 'ready', 'smoke'].map((name) => `${name} pass`),
  ]);
  expect([report.status, code, readlinkSync(current)]).toEqual(['updated', 0, join(versions, 'two')]);
  await say('¿y un corte con barba?');
  expect(await texts()).toEqual(expect.arrayContaining(['hola, ¿cuánto sale un corte?', '¿y un corte con barba?']));
});

it(
  'goes back from one that fails and spoils the store: the old version, the rows of the backup, and the answer that failed',
  patience,
  async () => {
    const before = await texts();
    const { report, code } = await update(join(versions, 'liar'));
    expect([report.steps.at(-1)?.said, report.steps.map(({ name, status }) => `${name} ${status}`).slice(-3)]).toEqual([
      expect.stringContaining('runs again'),
      ['ready pass', 'smoke fail', 'back pass'],
    ]);
    expect(report.steps.find(({ name }) => name === 'smoke')?.said).toContain('500');
    expect([report.status, code, readlinkSync(current)]).toEqual(['back', 1, join(versions, 'two')]);
    expect(await texts()).toEqual(before);
    await say('gracias');
    expect((await texts()).length).toBeGreaterThan(before.length);
  },
);

it('touches nothing where there is no version, or the same one', async () => {
  const { report, code } = await update(join(folder, 'nothing'));
  expect([report.status, code, report.steps[0]?.said]).toEqual(['unchanged', 1, expect.stringContaining('npm install')]);
  expect((await update(current)).report).toMatchObject({
    status: 'unchanged',
    steps: [{ said: expect.stringContaining('already') }],
  });
  expect((await texts()).length).toBeGreaterThan(0);
  expect(updateSchema.safeParse(JSON.parse(readFileSync(join(root, 'deploy/host/update.json'), 'utf8'))).error).toBeUndefined();
});

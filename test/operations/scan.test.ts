/** Each check of the security scan passes on what is here, and finds what is planted; what cannot be looked at is skipped aloud, or fails where it is required. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { checkHeaders } from '../../scripts/scan/headers.ts';
import { checkBill, checkLicences, checkLock, type Lock, readLock } from '../../scripts/scan/packages.ts';
import { checkDockerfile, checkWorkflows, secretsIn, workflowsIn } from '../../scripts/scan/sources.ts';
import { billOfMaterials } from '../../scripts/write-bill.ts';
import { startTimonel } from '../timonel.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const lock = readLock(read('package-lock.json'));
const changed = (path: string, change: object): Lock => ({ ...lock, [path]: { ...lock[path], ...change } });

it('lists every package of production in the bill of materials, with its hash', () => {
  const text = billOfMaterials([lock], JSON.parse(read('package.json')));
  expect(checkBill(text, [lock])).toMatchObject({ status: 'pass', faults: [] });
  expect(text).toContain('"pkg:npm/zod@');
  expect(checkBill(text, [changed('node_modules/zod', { version: '0.0.1' })]).faults).toEqual(['zod@0.0.1 is not listed']);
  const otherContent = changed('node_modules/zod', { integrity: `sha512-${'A'.repeat(86)}==` });
  expect(checkBill(text, [otherContent]).faults[0]).toContain('has another hash');
});

it('refuses a licence outside of the list, a package without its content, and one from elsewhere', () => {
  expect(checkLicences(changed('node_modules/zod', { license: 'AGPL-3.0' })).faults).toEqual([
    'node_modules/zod is under AGPL-3.0, which is not on the list of scripts/scan/packages.ts',
  ]);
  const { integrity: _, ...bare } = lock['node_modules/zod'] ?? {};
  expect(checkLock({ ...lock, 'node_modules/zod': bare }).status).toBe('fail');
  expect(checkLock(changed('node_modules/zod', { resolved: 'https://example.com/zod.tgz' })).faults[0]).toContain(
    'address of its own',
  );
});

it('finds secrets, and tells where they are and not what they are', () => {
  const key = `tim_${'a1B2'.repeat(11).slice(0, 43)}`;
  expect(secretsIn('a.ts', `one\nconst key = '${key}';`)).toEqual(['a.ts:2 holds a secret']);
  expect(secretsIn('a.pem', `-----BEGIN ${'EC PRIVATE'} KEY-----`)).toHaveLength(1);
  expect(secretsIn('a.ts', 'tim_short and -----BEGIN PUBLIC KEY-----')).toEqual([]);
});

it('finds an image that runs as root, has no bill of materials, or installs what is newest', () => {
  const text = read('deploy/Dockerfile');
  expect(checkDockerfile(text).faults).toEqual([]);
  for (const [before, after] of [
    ['USER 10001:10001', 'USER root'],
    ['node scripts/write-bill.ts', 'echo'],
    ['npm ci --omit=dev', 'npm install --omit=dev'],
    ['EXPOSE 8000', 'EXPOSE eight'],
  ] as const)
    expect([after, checkDockerfile(text.replaceAll(before, after)).status]).toEqual([after, 'fail']);
});

it('holds workflows to hashes, rights and jobs that can fail', async () => {
  const workflows = workflowsIn(root);
  expect(workflows.map(({ path }) => path.split('/').at(-1))).toEqual([
    'ci.yml',
    'deploy.yml',
    'docs.yml',
    'nightly.yml',
    'publish.yml',
  ]);
  expect((await checkWorkflows(workflows)).faults).toEqual([]);
  const [ci] = workflows;
  for (const [before, after] of [
    [/(actions\/checkout)@\w{40} # v\S+/, '$1@v7'],
    [/(actions\/checkout@\w{40}) # v\S+/, '$1'],
    ['permissions: {}\n', ''],
    ['permissions: {}', 'permissions: write-all'],
    ['pull_request:', 'pull_request_target:'],
    ['- run: npm run lint', '- run: npm run lint || true'],
    ['timeout-minutes: 20', 'timeout-minute: 20'],
    [`\${{ github.sha }}`, `\${{ github.shaa }}`],
  ] as const) {
    const text = ci?.text.replace(before, after) ?? '';
    expect(text).not.toBe(ci?.text);
    expect([after, (await checkWorkflows([{ path: 'ci.yml', text }])).status]).toEqual([after, 'fail']);
  }
});

it('calls scripts that there are, and gives each job the rights that it uses', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const { path, text } of workflowsIn(root)) {
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g))
      expect([path, name, name in scripts]).toEqual([path, name, true]);
    // Everything that may be written has to be asked for by a job: none for a whole workflow.
    expect([path, text.match(/^permissions: \{\}$/m) !== null]).toEqual([path, true]);
    expect(text).not.toMatch(/echo.*secrets\./);
  }
  const ofNpm = workflowsIn(root).find(({ path }) => path.endsWith('publish.yml'))?.text ?? '';
  expect(ofNpm).toContain('npm publish --provenance');
  expect(ofNpm).not.toContain('NPM_TOKEN');
});

it('asks a running system for its headers, and finds one that has none', async () => {
  const at = await startTimonel('embedded', { agents: [booking] });
  expect(await checkHeaders(await at.timonel.listen())).toMatchObject({ status: 'pass', faults: [] });
  await at.close();
  const bare = createServer((_, response) => response.setHeader('x-powered-by', 'x').end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => bare.once('listening', resolve));
  const { faults } = await checkHeaders(`http://127.0.0.1:${(bare.address() as AddressInfo).port}`);
  expect(faults.filter((fault) => fault.startsWith('/health/live'))).toHaveLength(7);
  bare.close();
});

it('ends with 1 where a check fails, and where one that is required was skipped', () => {
  const scan = (...parameters: string[]) =>
    spawnSync(process.execPath, [join(root, 'scripts/scan.ts'), ...parameters], { encoding: 'utf8', cwd: root });
  expect(scan('bill', 'lock', 'licences')).toMatchObject({ status: 0, stdout: expect.stringContaining('licences: pass') });
  expect(scan('no-such')).toMatchObject({ status: 2, stderr: expect.stringContaining('The checks are: bill,') });
  const unreachable = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const audit = (...parameters: string[]) =>
    spawnSync(process.execPath, [join(root, 'scripts/scan.ts'), 'dependencies', ...parameters], {
      encoding: 'utf8',
      cwd: root,
      env: unreachable,
    });
  expect(audit()).toMatchObject({ status: 0, stdout: expect.stringContaining('dependencies: skipped') });
  expect(audit('--require', 'dependencies')).toMatchObject({ status: 1, stdout: expect.stringContaining('dependencies: fail') });
});

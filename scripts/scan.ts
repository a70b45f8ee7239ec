/**
 * The security scan. Prints one line a check and ends with 1 where one failed; what cannot be looked at here is `skipped`, and says why.
 *
 *     npm run scan                                   all checks; starts a Timonel of its own for the headers
 *     npm run scan -- licences workflows             those that are named
 *     npm run scan -- --url https://agents.example.com headers
 *     npm run scan -- --require dependencies         one that is skipped fails
 *     npm run scan -- --bill bill.cdx.json           leaves the bill of materials there
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Finding, judged, skipped } from './scan/contract.ts';
import { checkHeaders } from './scan/headers.ts';
import { checkBill, checkLicences, checkLock, type Lock, readLock } from './scan/packages.ts';
import { checkDockerfile, checkSecrets, checkWorkflows, workflowsIn } from './scan/sources.ts';
import { billOfMaterials, shippedLocks } from './write-bill.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    require: { type: 'string', multiple: true, default: [] },
    bill: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const checks: Readonly<Record<string, () => Finding | Promise<Finding>>> = {
  bill,
  licences: () => together(shippedLocks, checkLicences),
  lock: () => together([...shippedLocks, 'deploy/kubernetes/package-lock.json', 'site/typedoc/package-lock.json'], checkLock),
  secrets: () => checkSecrets(root),
  dockerfile: () => checkDockerfile(read('deploy/Dockerfile')),
  workflows: () => checkWorkflows(workflowsIn(root)),
  headers,
  dependencies,
};

/** The same that the Dockerfile puts into the image. */
function bill(): Finding {
  const shipped = shippedLocks.map((file) => readLock(read(file)));
  const text = billOfMaterials(shipped, JSON.parse(read('package.json')));
  if (options.bill !== undefined) writeFileSync(options.bill, text);
  return checkBill(text, shipped);
}

/** One finding of several lock files. */
function together(files: readonly string[], check: (lock: Lock) => Finding): Finding {
  const found = files.map((file) => check(readLock(read(file))));
  return judged(
    files.map((file, index) => `${file}: ${found[index]?.said}`).join(', '),
    found.flatMap(({ faults }, index) => faults.map((fault) => `${files[index]}: ${fault}`)),
  );
}

async function headers(): Promise<Finding> {
  if (options.url !== undefined) return checkHeaders(options.url.replace(/\/+$/, ''));
  const home = mkdtempSync(join(tmpdir(), 'timonel-scan-'));
  const environment = {
    ...process.env,
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    DATABASE_URL: '',
    REDIS_URL: '',
    TIMONEL_SAMPLE: 'false',
  };
  const process_ = spawn(process.execPath, [join(root, 'bin/timonel.mjs'), 'up'], {
    env: environment,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => process_.once('close', () => resolve()));
  let log = '';
  process_.stderr.on('data', (bytes) => {
    log += String(bytes);
  });
  try {
    for (let attempt = 0; attempt < 240 && process_.exitCode === null; attempt++) {
      const url = urlIn(home);
      if (url !== undefined) return await checkHeaders(url);
      await sleep(250);
    }
    return judged('a Timonel of its own', [`It did not start: ${log.slice(-500)}`]);
  } finally {
    process_.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
}

function urlIn(home: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8')) as { url: string }).url;
  } catch {
    return undefined;
  }
}

/** Known vulnerabilities of what is shipped, where the registry tells of them. */
function dependencies(): Finding {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--audit=true'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  const report = JSON.parse(stdout || '{}') as {
    statusCode?: number;
    vulnerabilities?: Record<string, { severity: string; range: string }>;
  };
  if (report.vulnerabilities === undefined) return skipped(`the registry answers no audit (${report.statusCode ?? 'no report'})`);
  const bad = Object.entries(report.vulnerabilities).filter(([, { severity }]) => severity === 'high' || severity === 'critical');
  return judged(
    `${Object.keys(report.vulnerabilities).length} advisories`,
    bad.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`),
  );
}

const names = positionals.length === 0 ? Object.keys(checks) : positionals;
const unknown = [...names, ...options.require].filter((name) => checks[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. The checks are: ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}
const found: Record<string, Finding> = {};
for (const name of names) {
  const finding = (await checks[name]?.()) ?? skipped('there is no such check');
  const lacking = finding.status === 'skipped' && options.require.includes(name);
  found[name] = lacking ? { ...finding, status: 'fail', faults: ['It is required here, and was skipped.'] } : finding;
  if (options.json) continue;
  const { status, said, faults } = found[name];
  console.log(`${name}: ${status}, ${said}`);
  for (const fault of faults) console.log(`  ${fault}`);
}
if (options.json) console.log(JSON.stringify(found));
process.exit(Object.values(found).some(({ status }) => status === 'fail') ? 1 : 0);

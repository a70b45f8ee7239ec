/**
 * A start that fails says why in one sentence, ends, and leaves nothing behind: the next one, corrected, comes up in the same home.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore } from '../../src/store/open.ts';
import { freePort } from '../postgres.ts';
import type { StoreEnvironment } from '../store-environment.ts';
import { emptyStoreEnvironment, storeKinds } from '../stores.ts';
import { type Start, start } from './start.ts';

const agent = (more = '') => `{ name: 'desk', version: '1.0.0', description: 'd', prompt: 'p', tools: [], policy: [], ${more} }`;
const project = (agents: string, more = '') => `export default { agents: [${agents}], ${more} };`;
const whole = project(agent());

/** A start that cannot work, and what it is to say. */
interface Broken {
  what: string;
  config?: string;
  environment?: Record<string, string>;
  args?: string[];
  /** A sentence about it, in the words of whoever can mend it. */
  says: RegExp;
}

const brokenBeforeTheStore: Broken[] = [
  { what: 'half a configuration', environment: { TIMONEL_MODEL: 'x' }, says: /TIMONEL_MODEL_URL: give the base URL/ },
  {
    what: 'a secret that is none',
    environment: { TIMONEL_SECRET: 'secret' },
    says: /TIMONEL_SECRET: is too short.*timonel secrets generate/,
  },
  {
    what: 'a port that is a word',
    environment: { TIMONEL_PORT: 'abc' },
    says: /TIMONEL_PORT: must be a whole number.*8000.*"abc"/,
  },
  {
    what: 'a misspelt setting',
    environment: { TIMONEL_PROT: '1' },
    says: /TIMONEL_PROT: no such setting; did you mean TIMONEL_PORT\?\n$/,
  },
  { what: 'no default export', config: 'export const agents = [];', says: /has no default export\. Write: export default/ },
  {
    what: 'a name in place of agents',
    config: `export default { agents: 'booking' };`,
    says: /agents: must be a list of agents.*"booking"/,
  },
  { what: 'an agent without its fields', config: project(`{ name: 'x' }`), says: /agents\[0\] \(x\): lacks version.*prompt/ },
  { what: 'a name with a path', config: project(agent(`name: 'A B/../c'`)), says: /agents\[0\].*\.name: must be letters, digits/ },
  { what: 'a tool that is none', config: project(agent('tools: [{}]')), says: /\.tools: lacks name.*execute.*defineTool/ },
  { what: 'a rule that is none', config: project(agent('policy: [1]')), says: /\.policy: lacks id.*evaluate.*defineRule/ },
  { what: 'flows without steps', config: project(agent('flows: {}')), says: /\.flows: lacks understand.*next/ },
  { what: 'jobs that are no list', config: project(agent('jobs: 5')), says: /\.jobs: must be a list, not a number/ },
  {
    what: 'a model that is none',
    config: project(agent(), 'models: { default: 5 }'),
    says: /models\.default: must be a model of the AI SDK/,
  },
  { what: 'a key that nothing reads', config: project(agent(), 'modles: {}'), says: /modles: no such key; did you mean models\?/ },
  {
    what: 'a syntax error',
    config: 'export default {\n  agents: [,\n  modles: {\n};',
    says: /Unexpected token.*timonel\.config\.mjs:3:\d+\)/,
  },
  { what: 'a package that is not installed', config: `import 'not-there-at-all';`, says: /npm install not-there-at-all/ },
  {
    what: 'two agents of one name and version',
    config: project(`${agent()}, ${agent()}`),
    says: /two agents named "desk" with the version 1\.0\.0/,
  },
];

const brokenAfterTheStore: Broken[] = [
  { what: 'a route without targets', config: project(agent(), 'routes: { mine: { targets: [] } }'), says: /routes\.mine\.targets/ },
  {
    what: 'a seed that throws',
    config: project(agent(`seed() { throw new TypeError('no chairs'); }`)),
    says: /The seed of the agent "desk" failed, and nothing of it was kept: no chairs \(.*timonel\.config\.mjs:1:\d+\)/,
  },
  {
    what: 'a seed that the database refuses',
    config: project(agent(`seed: (access) => access.query((database) => database.execute('SELECT * FROM chairs'))`)),
    says: /The seed of the agent "desk" failed.*: relation "chairs" does not exist/,
  },
  {
    what: 'a job with a schedule that is none',
    config: project(agent(`jobs: [{ name: 'j', cron: 'daily', run() {} }]`)),
    says: /job "j" of the agent "desk".*"daily"/,
  },
  {
    what: 'an address that is not this machine',
    environment: { TIMONEL_HOST: '10.99.99.99' },
    says: /TIMONEL_HOST to 127\.0\.0\.1/,
  },
  {
    what: 'a host that nobody knows',
    environment: { TIMONEL_HOST: 'nowhere.invalid' },
    says: /TIMONEL_HOST names nowhere\.invalid/,
  },
];

function expectRefusal(tried: Start, says: RegExp): void {
  expect(tried.said).toMatch(says);
  expect({ ready: tried.ready, code: tried.code }).toEqual({ ready: undefined, code: 1 });
  expect(tried.endedAfterMs).toBeLessThan(2_000);
  // Neither a stack nor an object without words, and the statement of a library hides no reason.
  expect(tried.said).not.toMatch(/^\s+at |\[object |Failed query|ExperimentalWarning/m);
  expect(tried.said.trim().split('\n').length).toBeLessThanOrEqual(2);
}

describe.each(storeKinds)('a start that fails (%s)', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-broken-'));
  let store: StoreEnvironment;

  /** Starts it on the one home that all these share: a lock that was left would be heard of in the next. */
  const tryTo = ({ config = whole, environment = {}, args = [] }: Omit<Broken, 'what' | 'says'>) => {
    writeFileSync(join(folder, 'timonel.config.mjs'), config);
    return start({ environment: { ...store.environment, ...environment }, folder, args });
  };
  const expectUp = async (environment: Record<string, string> = {}) => {
    const corrected = await tryTo({ environment });
    expect([corrected.ready?.agents, corrected.said]).toEqual([['desk'], expect.not.stringContaining('in use')]);
    expect(await corrected.stop()).toBe(0);
  };

  beforeAll(async () => {
    store = await emptyStoreEnvironment(kind);
  });
  afterAll(async () => {
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(brokenBeforeTheStore)('says what is wrong: $what', async ({ says, ...broken }) => {
    expectRefusal(await tryTo(broken), says);
  });

  it.each(brokenAfterTheStore)('closes what it opened, and comes up when corrected: $what', async ({ says, ...broken }) => {
    expectRefusal(await tryTo(broken), says);
    await expectUp();
  });

  it('names another port where the port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    expectRefusal(await tryTo({ args: ['--port', String(port)] }), new RegExp(`Port ${port} is taken.*--port ${port + 1}`));
    other.close();
    const corrected = await tryTo({ args: ['--port', String(port)] });
    expect(corrected.ready?.url).toBe(`http://127.0.0.1:${port}`);
    expect(await corrected.stop('SIGINT')).toBe(0);
  });

  it('says which migration the database refuses, and why', async () => {
    const fresh = await emptyStoreEnvironment(kind);
    const change = async (statement: string) => {
      const opened = await openStore(readSettings(fresh.environment));
      await opened.pool.executeText(statement);
      await opened.close();
    };
    await change('ALTER TABLE timonel_migrations RENAME TO kept_migrations');
    writeFileSync(join(folder, 'timonel.config.mjs'), whole);
    const refused = await start({ environment: fresh.environment, folder });
    expectRefusal(refused, /schema of the database could not be brought up to date: .* already exists/);
    await fresh.remove();
  });

  it('does without a Redis that is not there, and says so once', async () => {
    const up = await tryTo({ environment: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` } });
    expect(up.ready?.agents).toEqual(['desk']);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(up.said.match(/"level":50/g)).toHaveLength(1);
    expect(up.said).toMatch(/does not answer \(connect ECONNREFUSED.*goes on without it/);
    expect(await up.stop()).toBe(0);
    expect(up.said.match(/"level":50/g)).toHaveLength(1);
  });

  it('wants a home that is a directory', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    for (const home of [file, join(file, 'below')])
      expectRefusal(await tryTo({ environment: { TIMONEL_HOME: home } }), /is a file\. Set TIMONEL_HOME to a directory/);
  });

  it.runIf(kind === 'embedded')('wants room on the disk of its home', async (context) => {
    const home = join(folder, 'small-disk');
    mkdirSync(home);
    const mounted = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home]).status === 0;
    if (!mounted('size=20m')) context.skip('this user may not mount a small disk');
    try {
      const environment = { TIMONEL_HOME: home };
      expectRefusal(await tryTo({ environment }), /The disk of .*small-disk.* has \d+ MB free, .* needs \d+ MB to open/);
      mounted('remount,size=400m');
      await expectUp(environment);
      // A store that is there needs room too, and says so before it touches anything.
      const { bavail, bsize } = statfsSync(home);
      writeFileSync(join(home, 'fill'), Buffer.alloc(bavail * bsize - 5_000_000));
      expectRefusal(await tryTo({ environment }), /The disk of .* has \d+ MB free/);
      rmSync(join(home, 'fill'));
      await expectUp(environment);
    } finally {
      spawnSync('umount', [home]);
    }
  });

  it('takes a secret as `timonel secrets generate` prints it', async () => {
    const { stdout } = spawnSync(process.execPath, [
      new URL('../../bin/timonel.mjs', import.meta.url).pathname,
      'secrets',
      'generate',
    ]);
    expect(readSettings({ TIMONEL_SECRET: String(stdout).trim() }).secrets).toEqual(
      readSettings({ TIMONEL_SECRET: String(stdout).trim().replace('TIMONEL_SECRET=', '') }).secrets,
    );
    await expectUp({ TIMONEL_SECRET: String(stdout).trim() });
  });

  it('wants a home that it may write', async (context) => {
    const home = join(folder, 'not-ours');
    mkdirSync(home, { mode: 0o555 });
    // Root may write everywhere: the test is another user then, where another user may read the sources.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    if (
      uid !== undefined &&
      spawnSync(process.execPath, [new URL('../../bin/timonel.mjs', import.meta.url).pathname, '--version'], { uid }).status !== 0
    )
      context.skip('another user cannot read this checkout');
    writeFileSync(join(folder, 'timonel.config.mjs'), whole);
    spawnSync('chmod', ['755', folder]);
    const refused = await start({
      environment: { ...store.environment, TIMONEL_HOME: join(home, 'data') },
      folder,
      ...(uid === undefined ? {} : { uid }),
    });
    expectRefusal(refused, /cannot be written by this user \(EACCES\)\. Set TIMONEL_HOME/);
  });
});

describe('a start on a PostgreSQL that does not take it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-broken-'));
  writeFileSync(join(folder, 'timonel.config.mjs'), whole);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const refusedBy = (url: string) => start({ environment: { TIMONEL_HOME: join(folder, 'home'), DATABASE_URL: url }, folder });

  it('names the address where nothing answers', async () => {
    const port = await freePort();
    const refusal = new RegExp(`does not answer.*\\(.*ECONNREFUSED.*:${port}`);
    expectRefusal(await refusedBy(`postgresql://x@localhost:${port}/x`), refusal);
  });

  it.runIf(storeKinds.includes('postgres'))('gives the reason of the database: no such database, too few rights', async () => {
    const { environment, remove } = await emptyStoreEnvironment('postgres');
    const url = new URL(environment['DATABASE_URL'] ?? '');
    const absent = Object.assign(new URL(url), { pathname: '/not_there' }).href;
    expectRefusal(await refusedBy(absent), /database "not_there" does not exist\. Correct DATABASE_URL/);

    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    // The role stays: every start grants some rights to all roles that there are, so that another test's database may have some of its.
    const guestName = `timonel_guest_${process.pid}`;
    await client.query(`CREATE ROLE ${guestName} LOGIN`);
    const guest = Object.assign(new URL(url), { username: guestName }).href;
    expectRefusal(await refusedBy(guest), /could not be brought up to date: permission denied for .*GRANT CREATE/);
    await client.end();
    await remove();
  });
});

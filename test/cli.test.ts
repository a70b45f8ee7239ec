import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../src/config.ts';
import { secretSettings } from '../src/secret-files.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const bin = new URL('../bin/timonel.mjs', import.meta.url).pathname;
const secret = 'pQ0xv5JkZb7TtqfY2mNwG4rLhA9sDcE1uV8oXiK3yRg=';

interface Result {
  code: number;
  out: string;
  err: string;
}

/** Runs a command as a person does, in a process of its own. */
function timonel(args: string[], environment: Record<string, string> = {}, input = ''): Promise<Result> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(TIMONEL_|DATABASE_URL|REDIS_URL|NODE_)/.test(key)),
  );
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bin, ...args],
      { env: { ...clean, ...environment }, maxBuffer: 10_000_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(input);
  });
}

describe('timonel up', () => {
  it('refuses to start in production on what is safe only on a laptop, and names all of it', async () => {
    const result = await timonel(['up'], { ENVIRONMENT: 'production', TIMONEL_CORS_ORIGINS: '*', TIMONEL_REGISTRATION: 'open' });
    expect(result).toMatchObject({ code: 1, out: '' });
    for (const key of ['TIMONEL_SECRET', 'TIMONEL_PUBLIC_URL', 'TIMONEL_CORS_ORIGINS', 'TIMONEL_SMTP_URL'])
      expect(result.err).toContain(`${key}: `);
    expect(result.err).toContain('4 bad setting(s)');
  });
});

it('a command that asks a running Timonel loads nothing of one', async () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`;
  const { err } = await timonel(['--version'], { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` });
  expect(err).toContain('/src/cli/program.ts');
  expect(
    err.split('\n').filter((url) => /\/src\/(main|store\/open)\.ts|\/(fastify|pg|drizzle-orm|@electric-sql)\//.test(url)),
  ).toEqual([]);
});

describe('timonel secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('generates a secret that production takes, another one each time', async () => {
    const [one, two] = await Promise.all([timonel(['secrets', 'generate']), timonel(['secrets', 'generate'])]);
    expect(one.out).toMatch(/^TIMONEL_SECRET=[\w-]{43}\n$/);
    expect(one.out).not.toBe(two.out);
  });

  it('rotates a line of an .env file in two steps, everything else as it was, and prints neither secret', async () => {
    const file = join(folder, '.env');
    writeFileSync(file, `# ours\nTIMONEL_PORT=8000\nTIMONEL_SECRET="${secret}"\nREDIS_URL=redis://x`, { mode: 0o600 });
    const home = { TIMONEL_HOME: join(folder, 'home') };
    const { code, out, err } = await timonel(['secrets', 'rotate', '--file', file], home);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [comment, port, fresh = '', redis] = readFileSync(file, 'utf8').split('\n');
    expect([comment, port, redis]).toEqual(['# ours', 'TIMONEL_PORT=8000', 'REDIS_URL=redis://x']);
    const [, next = '', before] = /^TIMONEL_SECRET=([\w-]{43}),previous:([^,@]+)@\S+,made:\S+$/.exec(fresh) ?? [];
    expect(before).toBe(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const each of [secret, next]) expect(out).not.toContain(each);
    // A process takes the line as it stands.
    expect(readSettings({ TIMONEL_SECRET: fresh.replace('TIMONEL_SECRET=', '') }).secrets.previous).toHaveLength(32);
    expect(await timonel(['secrets', 'rotate', '--file', file, '--finish', '--now'], home)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^TIMONEL_SECRET=${next},made:\\S+$`, 'm'));
  });

  it('says where the secret is to be written, and which secrets there are', async () => {
    expect(await timonel(['secrets', 'rotate'], { TIMONEL_SECRET: secret })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('--file .env'),
    });
    expect(await timonel(['secrets', 'rotate', 'TIMONEL_SECRETS'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('TIMONEL_SECRET, DATABASE_URL, REDIS_URL'),
    });
    const { out } = await timonel(['secrets', 'list', '--json'], { OPENAI_API_KEY: 'sesame-of-nobody' });
    expect(out).not.toContain('sesame');
    const listed = (JSON.parse(out) as { name: string; source: string | null; meanwhile: string }[]).map((each) => each.name);
    for (const name of secretSettings.filter((each) => each !== 'TIMONEL_SECRET_PREVIOUS')) expect(listed).toContain(name);
  });
});

describe.each(storeKinds.filter((kind) => kind === 'postgres'))('commands beside a running server (%s)', (kind) => {
  let at: TestTimonel;
  let environment: Record<string, string>;
  const run = (args: string[], input?: string) => timonel(args, environment, input);
  const password = 'tres barcos verdes y un faro';
  const login = (email: string, secondTry = password) =>
    at.call<{ accessToken: string }>('POST', '/api/v1/auth/login', { email, password: secondTry }, { authorization: '' });
  const me = (accessToken: string) =>
    at.call<{ role: string }>('GET', '/api/v1/auth/me', undefined, { authorization: `Bearer ${accessToken}` });

  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    environment = { ...fresh.environment, TIMONEL_SECRET: secret };
    at = await startTimonel(kind, { agents: [notes] }, { environment });
  });
  afterAll(() => at.close());

  it('add a person who signs in with the password that was shown or given', async () => {
    const added = await run(['user', 'add', 'Ana@Example.com', '--role', 'admin', '--json']);
    const { password: shown } = JSON.parse(added.out) as { password: string };
    expect((await login('ana@example.com', shown)).status).toBe(200);
    expect(await run(['user', 'add', 'eva@example.com', '--password-stdin'], `${password}\n`)).toMatchObject({ code: 0, err: '' });
    expect((await login('eva@example.com')).status).toBe(200);
    const { out } = await run(['user', 'list']);
    expect(out).toMatch(/^email +name +user name +role +state/);
    expect(out).toMatch(/^eva@example\.com +eva +member +active +no$/m);
  });

  it('give a person a user name, which opens the account and names it in other commands', async () => {
    const named = await run(['user', 'add', 'sol@example.com', '--password-stdin', '--user-name', 'Sol-Paz'], password);
    expect(named).toMatchObject({ code: 0 });
    const byName = async (userName: string) =>
      (await at.call('POST', '/api/v1/auth/login', { userName, password }, { authorization: undefined })).status;
    expect(await byName('sol-paz')).toBe(200);
    expect(await run(['user', 'rename', 'sol-paz', 'sol_2'])).toMatchObject({
      code: 0,
      out: 'sol@example.com signs in with the user name sol_2 too.\n',
    });
    expect([await byName('sol-paz'), await byName('sol_2')]).toEqual([401, 200]);
    expect((await run(['user', 'list'])).out).toMatch(/^sol@example\.com +sol +sol_2 +member/m);
    expect(await run(['user', 'role', 'SOL_2', 'operator'])).toMatchObject({ code: 0 });
    const taken = await run(['user', 'add', 'otra@example.com', '--user-name', 'Sol_2']);
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining('Take another one.') });
    expect(await run(['user', 'rename', 'sol_2', 'a@b.co'])).toMatchObject({ code: 2 });
    expect(await run(['user', 'rename', 'sol_2'])).toMatchObject({ code: 2, err: expect.stringContaining('--none') });
    expect(await run(['user', 'rename', 'sol_2', '--none'])).toMatchObject({ code: 0 });
    expect(await byName('sol_2')).toBe(401);
  });

  it('change a role and shut somebody out at once, though the server runs elsewhere', async () => {
    await run(['user', 'add', 'luz@example.com', '--password-stdin'], password);
    const { accessToken } = (await login('luz@example.com')).body;
    expect((await me(accessToken)).status).toBe(200);
    expect(await run(['user', 'role', 'luz@example.com', 'operator'])).toMatchObject({
      code: 0,
      out: 'luz@example.com is operator of "default".\n',
    });
    await expect.poll(async () => (await me(accessToken)).body).toMatchObject({ role: 'operator' });
    expect(await run(['user', 'disable', 'luz@example.com'])).toMatchObject({ code: 0 });
    await expect.poll(async () => (await me(accessToken)).status).toBe(401);
    expect((await login('luz@example.com')).status).not.toBe(200);
    expect((await run(['user', 'list'])).out).toMatch(/^luz@example\.com .* disabled/m);
    expect(await run(['user', 'enable', 'luz@example.com'])).toMatchObject({ code: 0 });
    await expect.poll(async () => (await login('luz@example.com')).status).toBe(200);
    await run(['user', 'disable', 'luz@example.com', '--everywhere']);
    await expect.poll(async () => (await login('luz@example.com')).status).toBe(401);
    expect(await run(['user', 'enable', 'luz@example.com', '--everywhere'])).toMatchObject({ code: 0 });
    await expect.poll(async () => (await login('luz@example.com')).status).toBe(200);
  });

  it('make, rotate and revoke keys', async () => {
    const agents = (key: string) => at.call('GET', '/api/v1/agents', undefined, { authorization: `Bearer ${key}` });
    const { id, apiKey } = JSON.parse((await run(['keys', 'create', 'front desk', '--scopes', 'agents:read', '--json'])).out) as {
      id: string;
      apiKey: string;
    };
    expect((await agents(apiKey)).status).toBe(200);
    const rotated = JSON.parse((await run(['keys', 'rotate', id, '--json'])).out) as { apiKey: string };
    expect([(await agents(apiKey)).status, (await agents(rotated.apiKey)).status]).toEqual([200, 200]);
    expect((await run(['keys', 'list'])).out).toMatch(
      new RegExp(`^${id} +front desk +${rotated.apiKey.slice(0, 10)} +agents:read .*valid$`, 'm'),
    );
    expect(await run(['keys', 'revoke', id])).toMatchObject({ code: 0 });
    await expect.poll(async () => (await agents(rotated.apiKey)).status).toBe(401);
    expect((await agents(apiKey)).status).toBe(401);
  });

  it('write down what they did, and verify and export the log', async () => {
    const exported = (await run(['audit', 'export', '--workspace', 'default'])).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; actor: { kind: string } });
    const bySystem = exported.filter(({ actor }) => actor.kind === 'system').map(({ action }) => action);
    expect(bySystem).toEqual(
      expect.arrayContaining(['member-added', 'member-changed', 'member-disabled', 'key-made', 'key-rotated', 'key-revoked']),
    );
    const verified = await run(['audit', 'verify', '--workspace', 'default']);
    expect(verified).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^"default": whole, \d+ entries, up to \d+:[0-9a-f]{64}\n$/),
    });
    const anchor = /up to (\S+)/.exec(verified.out)?.[1] ?? '';
    expect((await run(['audit', 'verify', '-w', 'default', '--anchor', anchor])).code).toBe(0);
    const { pool } = at.timonel.store;
    await pool.inTransaction(async (client) => {
      await client.query(`SET LOCAL session_replication_role = 'replica'`);
      await client.query(`UPDATE audit_log SET action = 'nothing-done' WHERE sequence = 2`);
    });
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 1, out: expect.stringContaining('BROKEN at entry 2 (changed)') });
  });

  it('export and erase a person', async () => {
    const exported = await run(['privacy', 'export', '--email', 'eva@example.com']);
    expect(JSON.parse(exported.out)).toMatchObject({ format: 'timonel-person', data: { users: [{ email: 'eva@example.com' }] } });
    expect(exported.out).not.toContain('argon2');
    expect(await run(['privacy', 'erase', '--email', 'eva@example.com'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect(await run(['privacy', 'erase', '--email', 'eva@example.com', '--yes'])).toMatchObject({ code: 0 });
    expect((await login('eva@example.com')).status).toBe(401);
  });

  it('say what would have worked', async () => {
    const wrong: [string[], number, string][] = [
      [['user', 'add', 'nobody'], 2, 'is not an e-mail address'],
      [['user', 'add', 'x@example.com', '--role', 'boss'], 1, 'There is no role "boss"'],
      [['user', 'add', 'x@example.com', '-w', 'elsewhere'], 1, 'There is no workspace "elsewhere"'],
      [['user', 'role', 'nobody@example.com', 'admin'], 1, 'There is no account with the address'],
      [['keys', 'create', 'x', '--role', 'root'], 2, 'There are: admin, operator, client'],
      [['keys', 'create', 'x', '--scopes', 'agents:fly'], 2, 'agents:fly is none'],
      [['keys', 'revoke', 'front desk'], 2, 'timonel keys list'],
      [['privacy', 'export'], 2, '--user, --email or --phone'],
      [['audit', 'verify', '-w', 'default', '--anchor', 'x'], 2, 'as `timonel audit verify` prints them'],
    ];
    for (const [args, code, sentence] of wrong) {
      const result = await run(args);
      expect([args, result.code, result.err]).toEqual([args, code, expect.stringContaining(sentence)]);
      expect(result.err).not.toMatch(/^ +at /m);
    }
    const weak = await run(['user', 'add', 'x@example.com', '--password-stdin'], 'Password1!');
    expect(weak).toMatchObject({ code: 1, err: expect.stringContaining('easy to guess') });
  });
});

describe('commands beside a running server (embedded)', () => {
  it('name the process that has the store, and the route to ask it', async () => {
    const at = await startTimonel('embedded', { agents: [notes] });
    const result = await timonel(['user', 'list'], at.environment);
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining('GET /api/v1/users') });
    expect(result.err).toContain(`process ${process.pid}`);
    await at.close(false);
    expect(await timonel(['user', 'list'], at.environment)).toMatchObject({
      code: 0,
      out: expect.stringContaining('has no members'),
    });
    rmSync(at.environment['TIMONEL_HOME'] ?? '', { recursive: true, force: true });
  });
});

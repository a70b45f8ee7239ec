/**
 * What it costs to find out who asks, and to sign in: a checked token with its membership, cached and not, and a login beside the bare
 * argon2id hash that it has to make. In one process, on the embedded store or on `--postgres <url of an empty database>`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledProject } from '../src/bundled-project.ts';
import { readSettings } from '../src/config.ts';
import { openTimonel } from '../src/main.ts';
import { describeMachine } from './turns/machine.ts';
import { median } from './turns/measure.ts';
import { writeResult } from './turns/report.ts';

const { values: options } = parseArgs({
  options: {
    checks: { type: 'string', default: '200000' },
    logins: { type: 'string', default: '40' },
    postgres: { type: 'string' },
  },
});
const checks = Number(options.checks);
const logins = Number(options.logins);
const password = 'tres barcos verdes y un faro';

const home = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
const timonel = await openTimonel(
  readSettings({
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    TIMONEL_ACCESS_CACHE_MS: '60000',
    ...(options.postgres === undefined ? {} : { DATABASE_URL: options.postgres }),
  }),
  await bundledProject(),
);
const { identity, app, store, apiKeys } = timonel;
const email = 'bench@example.com';
const userId = crypto.randomUUID();
const passwordHash = await identity.passwords.hash(password);
await identity.notices.change(async (client) => {
  await identity.users.create(client, { id: userId, email, name: 'Bench', passwordHash, verifiedAt: new Date() });
  await identity.members.add(client, 'default', userId, 'member');
});
const login = async () => {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email, password } });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<{ accessToken: string }>();
};

const { accessToken } = await login();
const key = await apiKeys.create({ id: crypto.randomUUID(), workspaceId: 'default', name: 'bench', role: 'client' });

/** Microseconds per call, the median of nine runs. */
const microseconds = async (calls: number, work: () => Promise<unknown>): Promise<number> => {
  const runs: number[] = [];
  for (let run = 0; run < 9; run++) {
    const each = Math.ceil(calls / 9);
    const started = performance.now();
    for (let call = 0; call < each; call++) await work();
    runs.push(((performance.now() - started) * 1000) / each);
  }
  return median(runs);
};
const check = (authorization: string) => async () => identity.authenticator.authenticate({ authorization, safe: true });
const forget = () => identity.notices.change(async (_client, tell) => tell({ kind: 'user', id: userId }));

const cachedToken = await microseconds(checks, check(`Bearer ${accessToken}`));
const cachedKey = await microseconds(checks, check(`Bearer ${key}`));
const fresh: string[] = [];
for (let made = 0; made < 2_000; made++) fresh.push(await identity.tokens.issue(userId, crypto.randomUUID()));
let next = 0;
const signature = await microseconds(fresh.length, () => identity.tokens.verify(fresh[next++] ?? ''));
const looked: number[] = [];
for (let round = 0; round < 200; round++) {
  await forget();
  const started = performance.now();
  await check(`Bearer ${accessToken}`)();
  looked.push((performance.now() - started) * 1000);
}

// One hash and one login after the other, so that both meet the same machine.
const hashes: number[] = [];
const signIns: number[] = [];
for (let round = 0; round < logins; round++) {
  let started = performance.now();
  await identity.passwords.verify(passwordHash, password);
  hashes.push(performance.now() - started);
  started = performance.now();
  await login();
  signIns.push(performance.now() - started);
}
const atOnce = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  let left = logins;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left-- > 0) await work();
    }),
  );
  return logins / ((performance.now() - started) / 1000);
};
const rates: { hashes: number; logins: number }[] = [];
for (let round = 0; round < 5; round++) {
  rates.push({ hashes: await atOnce(() => identity.passwords.verify(passwordHash, password)), logins: await atOnce(login) });
}
const hashesPerSecond = median(rates.map((rate) => rate.hashes));
const loginsPerSecond = median(rates.map((rate) => rate.logins));

const { kind } = store;
const postgres =
  kind === 'postgres' ? String((await store.pool.executeText('SHOW server_version'))[0]?.['server_version']) : undefined;
await timonel.close();
rmSync(home, { recursive: true, force: true });

const date = new Date().toISOString().slice(0, 10);
const machine = describeMachine(postgres, 'source');
const figures = {
  cachedTokenMicroseconds: cachedToken,
  cachedKeyMicroseconds: cachedKey,
  newTokenSignatureMicroseconds: signature,
  membershipLookedUpMicroseconds: median(looked),
  hashMilliseconds: median(hashes),
  loginMilliseconds: median(signIns),
  hashesPerSecond,
  loginsPerSecond,
};
const markdown = `Who asks, and signing in: Timonel ${machine.timonel}, ${kind} store${postgres === undefined ? '' : ` ${postgres}`}, Node ${machine.node}, ${machine.cores} × ${machine.processor}, load before ${machine.loadBefore}:

| | |
|---|---|
| token and membership, cached | ${cachedToken.toFixed(1)} µs |
| API key, cached | ${cachedKey.toFixed(1)} µs |
| signature of a token not seen before | ${signature.toFixed(0)} µs |
| token known, membership looked up | ${median(looked).toFixed(0)} µs |
| bare argon2id check (64 MiB, t=3) | ${median(hashes).toFixed(1)} ms |
| login over HTTP (in-process) | ${median(signIns).toFixed(1)} ms |
| hashes a second, 8 at a time | ${hashesPerSecond.toFixed(1)} |
| logins a second, 8 at a time | ${loginsPerSecond.toFixed(1)} |
`;
console.log(markdown);
console.error(`Written: ${writeResult(`identity-${kind}-${date}`, { date, machine, ...figures }, markdown)}.{json,md}`);

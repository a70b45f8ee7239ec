/** `timonel secrets rotate`: nothing that a caller sends is refused meanwhile, both secrets are valid until the end, and neither is printed. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { channels, type Fault } from '../../src/diagnostics.ts';
import { messageOf } from '../../src/errors.ts';
import { Sealer } from '../../src/identity/sealed.ts';
import { ServerKeys } from '../../src/identity/secrets.ts';
import { generations, installationSecret, parseGenerations } from '../../src/secret-generations.ts';
import { commandHere } from '../command.ts';
import { addUser, type Person, signIn } from '../identity/people.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const folder = mkdtempSync(join(tmpdir(), 'timonel-rotate-'));
const faults: string[] = [];
const onFault = (message: unknown) => void faults.push(messageOf((message as Fault).error));
channels.fault.subscribe(onFault);
afterAll(() => {
  channels.fault.unsubscribe(onFault);
  rmSync(folder, { recursive: true, force: true });
});

const patience = { timeout: 30_000, interval: 250 };

describe.each(storeKinds)('a rotation under traffic (%s)', (kind) => {
  it('fails no request, ends the secret before at its end alone, and tells nobody what either is', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const home = environment['TIMONEL_HOME'] ?? '';
    const file = join(folder, kind);
    const printed: string[] = [];
    const secrets = async (...args: string[]) => {
      const result = await commandHere(home, 'secrets')(...args);
      printed.push(result.out, result.err);
      return result;
    };
    const rotate = (...args: string[]) => secrets('rotate', '--file', file, ...args);
    const written = () => parseGenerations(readFileSync(file, 'utf8'));
    expect(await secrets('generate', '--file', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const first = written()?.current ?? '';

    const running: TestTimonel[] = [];
    for (let count = kind === 'postgres' ? 2 : 1; count > 0; count--)
      running.push(await startTimonel(kind, { agents: [notes] }, { environment: { ...environment, TIMONEL_SECRET_FILE: file } }));
    const [at] = running as [TestTimonel, ...TestTimonel[]];
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
    const added = await at.call<{ id: string; secret: string }>('POST', '/api/v1/webhooks', {
      url: 'https://example.com/told',
      events: ['run.ended'],
    });
    const webhook = added.body;
    const user = await addUser(at, { role: 'admin' });
    const me = async (on: TestTimonel, { headers }: Person) => (await on.call('GET', '/api/v1/auth/me', undefined, headers)).status;
    const early = await signIn(at, user);

    const stop = new AbortController();
    let answered = 0;
    const refused: number[] = [];
    const traffic = running.map(async (each) => {
      while (!stop.signal.aborted) {
        const status = await me(each, early);
        if (status === 200) answered += 1;
        else refused.push(status);
        await sleep(5);
      }
    });
    const accepted = async () => {
      const { body } = await at.call<{ processes: { state: string; version: string; secret: { accepts: string[] } }[] }>(
        'GET',
        '/api/v1/processes',
      );
      return body.processes.map(({ state, secret }) => [state, secret.accepts.length]);
    };

    expect(await rotate()).toMatchObject({ code: 0, err: '' });
    const { current = '', previous, previousSince } = written() ?? {};
    expect([previous, current === first, previousSince]).toEqual([first, false, expect.any(Date)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await accepted()).toEqual(running.map(() => ['serving', 2]));
    const { out } = await commandHere(home, 'processes')();
    expect(out.split('\n').filter((line) => line.includes('serving'))).toHaveLength(running.length);
    // Both are valid, in every process: what the one before signed, and what the new one signs.
    const late = await signIn(at, user);
    for (const each of running) expect([await me(each, early), await me(each, late)]).toEqual([200, 200]);
    expect(late.accessToken.split('.')[0]).not.toBe(early.accessToken.split('.')[0]);

    expect(await rotate()).toMatchObject({ code: 2, err: expect.stringContaining('--finish') });
    expect(await rotate('--finish')).toMatchObject({ code: 2, err: expect.stringContaining('168 more hour(s)') });
    const { body } = await at.call('GET', '/api/v1/secrets');
    expect(body).toMatchObject({
      rotation: { accepts: 'previous' },
      secrets: expect.arrayContaining([expect.objectContaining({ name: 'TIMONEL_SECRET', source: 'file' })]),
    });
    expect(JSON.stringify(body)).not.toContain(first);
    stop.abort();
    await Promise.all(traffic);

    await expect.poll(async () => (await rotate('--finish', '--now')).code, patience).toBe(0);
    expect(written()).toMatchObject({ current });
    expect(written()?.previous).toBeUndefined();
    expect(await accepted()).toEqual(running.map(() => ['serving', 1]));
    for (const each of running) expect([await me(each, early), await me(each, late)]).toEqual([401, 200]);

    expect(refused).toEqual([]);
    expect(answered).toBeGreaterThan(10);
    // What was sealed is sealed with the new one.
    const { pool } = at.timonel.store;
    const keys = await ServerKeys.open({ secrets: installationSecret(generations.parse(current), undefined) }, pool);
    const [row] = await pool.executeText<{ secrets: string }>('SELECT secrets FROM webhook_endpoints WHERE id = $1', [webhook.id]);
    expect(new Sealer(keys, 'webhook-secrets').open(row?.secrets ?? '', webhook.id)).toContain(webhook.secret);
    const told = [...printed, ...faults].join('\n');
    for (const secret of [first, current]) expect(told).not.toContain(secret);
    for (const each of running) await each.close();
    await remove();
  }, 120_000);

  it('goes on from where it was, and keeps what is in force where the file is bad', async () => {
    const { environment, remove } = await freshStoreEnvironment(kind);
    const home = environment['TIMONEL_HOME'] ?? '';
    const file = join(folder, `${kind}-halted`);
    const rotate = (...args: string[]) => commandHere(home, 'secrets')('rotate', '--file', file, ...args);
    await commandHere(home, 'secrets')('generate', '--file', file);
    const at = await startTimonel(kind, { agents: [notes] }, { environment: { ...environment, TIMONEL_SECRET_FILE: file } });
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
    const copy = join(folder, `${kind}-copy`);
    writeFileSync(copy, readFileSync(file));
    // The processes have another file: nothing signs with what they do not accept.
    const halted = await commandHere(home, 'secrets')('rotate', '--file', copy, '--within', '0');
    expect(halted).toMatchObject({ code: 1, err: expect.stringContaining('1 process(es) do not accept the next secret yet') });
    expect(parseGenerations(readFileSync(copy, 'utf8'))?.next).toMatch(/^[\w-]{43}$/);
    writeFileSync(file, readFileSync(copy));
    expect(await rotate()).toMatchObject({ code: 0 });
    expect(parseGenerations(readFileSync(file, 'utf8'))?.current).toBe(parseGenerations(readFileSync(copy, 'utf8'))?.next);

    const person = await signIn(at, await addUser(at));
    faults.length = 0;
    writeFileSync(file, 'short\n');
    await expect.poll(() => faults.join('\n'), patience).toContain('TIMONEL_SECRET is too short');
    expect((await at.call('GET', '/api/v1/auth/me', undefined, person.headers)).status).toBe(200);
    await at.close();
    await remove();
  }, 60_000);
});

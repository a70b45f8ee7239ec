import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { writeCredentials } from '../src/cli/credentials.ts';
import type { agentEvaluationShape, caseShape, comparisonShape, resultShape } from '../src/http/evaluation-schemas.ts';
import { commandIn } from './command.ts';
import project from './evaluated-project.ts';
import { newWorkspace } from './new-workspace.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

type Case = z.infer<typeof caseShape> & { code?: string };
type Evaluation = z.infer<typeof agentEvaluationShape> & { code?: string };
type Result = z.infer<typeof resultShape>;
type Comparison = z.infer<typeof comparisonShape>;

const base = '/api/v1/evaluations';

describe.each(storeKinds)('evaluations (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove = async () => {};
  /** `timonel evaluations …`, as a person types it. */
  let typed: ReturnType<typeof commandIn>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const environment = { ...fresh.environment, TIMONEL_CONFIG: join(import.meta.dirname, 'evaluated-project.ts') };
    timonel = await startTimonel(kind, project, { environment });
    const home = mkdtempSync(join(tmpdir(), 'timonel-evaluations-'));
    writeCredentials(home, { url: await timonel.timonel.listen(), apiKey: timonel.apiKey });
    typed = commandIn(home, 'evaluations');
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  const add = (agent: string, name: string, turns: object[], now?: string) =>
    timonel.call<Case>('POST', `${base}/cases`, { agent, name, turns, ...(now === undefined ? {} : { now }) });
  const begin = async (asked: object) => {
    const { status, body } = await timonel.call<Evaluation>('POST', base, asked);
    expect([status, body]).toMatchObject([202, { status: 'queued' }]);
    return body.id;
  };
  const ended = async (id: string) => {
    await expect
      .poll(async () => (await timonel.call<Evaluation>('GET', `${base}/${id}`)).body.status, { timeout: 90_000, interval: 200 })
      .toMatch(/finished|failed/);
    return (await timonel.call<Evaluation>('GET', `${base}/${id}`)).body;
  };
  const resultsOf = async (id: string, query = '') =>
    (await timonel.call<{ results: Result[]; next: number | null }>('GET', `${base}/${id}/results?${query}`)).body;

  it('plays the cases of an agent against two of its versions, and compares them', async () => {
    const imported = await timonel.call<{ added: number }>('POST', `${base}/cases/import`, { agent: 'booking' });
    expect(imported.body.added).toBeGreaterThan(20);
    const again = await timonel.call('POST', `${base}/cases/import`, { agent: 'booking' });
    expect(again.body).toMatchObject({ added: 0, changed: 0, unchanged: imported.body.added });
    const hopeless = [{ user: 'hola', expect: { replyMatches: 'zanahoria' } }];
    expect(await add('booking', 'hopeless', hopeless)).toMatchObject({ status: 201, body: { version: 1, conversationId: null } });
    const cases = ['en-greeting', 'en-price', 'hopeless'];
    const first = await begin({ agent: 'booking', cases });
    // What a release would bring is played before anybody gets it.
    const draft = { agent: 'booking', changes: { tools: ['get_business_hours'] } };
    const made = await timonel.call<{ canary: string }>('POST', '/api/v1/releases', draft);
    expect(made.status).toBe(201);
    // One by HTTP and one on the command line, which waits for it.
    const played = await typed('run', 'booking', '--agent-version', made.body.canary, '--cases', ...cases);
    expect(played).toMatchObject({ code: 1, out: expect.stringMatching(/^FAIL {3}en-price\n {7}.*get_services was not called/) });
    const [, second = ''] = /^(\S+) {2}booking \S+: 1 of 3 cases passed, finished$/m.exec(played.out) ?? [];
    expect(await ended(first)).toMatchObject({ status: 'finished', models: false, cases: 3, passed: 2, failed: 1, cost: 0 });
    expect(await ended(second)).toMatchObject({ agentVersion: made.body.canary, passed: 1, failed: 2 });
    const failed = await resultsOf(first, 'passed=false');
    expect(failed).toMatchObject({
      results: [{ name: 'hopeless', passed: false, faults: [expect.stringContaining('zanahoria')] }],
    });
    const page = await resultsOf(first, 'limit=2');
    expect([page.results.map(({ name }) => name), page.next]).toEqual([['en-greeting', 'en-price'], 2]);
    expect((await resultsOf(first, 'limit=2&after=2')).results.map(({ name }) => name)).toEqual(['hopeless']);
    const compared = await timonel.call<Comparison>('GET', `${base}/compare?base=${first}&other=${second}`);
    const change = {
      name: 'en-price',
      change: 'broken',
      faults: expect.arrayContaining([expect.stringContaining('get_services was not called')]),
    };
    expect(compared.body).toMatchObject({ fixed: 0, broken: 1, same: 2, differs: 0, added: 0, gone: 0, changes: [change] });
    const query = new URLSearchParams({ agent: 'booking', base: compared.body.base.agentVersion, other: made.body.canary });
    expect((await timonel.call('GET', `${base}/compare?${query}`)).body).toEqual(compared.body);
    const compare = await typed('compare', compared.body.base.agentVersion, made.body.canary, '--agent', 'booking');
    expect(compare).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^broken {3}en-price: passed → failed\n(?: {9}\S.*\n)+0 fixed, 1 broken, 2 the same\.\n$/),
    });
    expect(await typed('compare', second, first)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 fixed, 0 broken, 2 the'),
    });
    expect((await typed('list', 'booking')).out).toMatch(new RegExp(`^${second} .*\n${first} .*2 of 3 cases passed, finished\n$`));
    expect((await typed('show', first, '--failed')).out).toMatch(/^FAIL {3}hopeless\n {7}.*zanahoria/);
    query.set('other', '9.9');
    expect(await timonel.call('GET', `${base}/compare?${query}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await timonel.call('GET', `${base}/compare?base=1.0.0&other=2.0.0`)).toMatchObject({ status: 400 });
    const listed = await timonel.call<{ evaluations: Evaluation[]; next: string | null }>('GET', `${base}?agent=booking&limit=1`);
    expect(listed.body.evaluations.map(({ id }) => id)).toEqual([second]);
    const older = await timonel.call<{ evaluations: Evaluation[] }>(
      'GET',
      `${base}?agent=booking&limit=1&after=${listed.body.next}`,
    );
    expect(older.body.evaluations.map(({ id }) => id)).toEqual([first]);
    const rows = await timonel.timonel.store.pool.executeText(`SELECT 1 FROM conversations WHERE channel = 'eval'`);
    expect(rows).toEqual([]);
  });

  it('makes a case of a run with what came of it, which goes with its conversation', async () => {
    const conversation = await timonel.converse('prober', { phone: '+5493515550188' });
    await timonel.say(conversation, 'hola');
    const { run } = await timonel.say(conversation, 'environment all');
    const written = await typed('from-run', run.id, '--name', 'asked');
    const [, id = ''] = /^Case (\S+)\. Change the line/.exec(written.err) ?? [];
    expect(JSON.parse(written.out)).toMatchObject({ id: 'asked', turns: [{ user: 'hola' }, { user: 'environment all' }] });
    expect((await typed('cases', 'prober')).out).toContain(`asked  2 turns  ${id}`);
    const { status, body } = await timonel.call<Case>('GET', `${base}/cases/${id}`);
    expect([status, body]).toMatchObject([200, { agent: 'prober', conversationId: conversation, turns: [{ user: 'hola' }, {}] }]);
    expect(body.turns[1]?.expect).toMatchObject({ outcome: 'replied', tools: ['environment'] });
    const turns = [{ user: 'hola', expect: { outcome: 'replied' } }];
    const changed = await timonel.call('PATCH', `${base}/cases/${body.id}`, { turns }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, turns } });
    const late = await timonel.call('PATCH', `${base}/cases/${body.id}`, { name: 'x' }, { 'if-match': '"1"' });
    expect(late).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    await timonel.call('POST', '/api/v1/privacy/erase', { phone: '+5493515550188' });
    expect((await timonel.call('GET', `${base}/cases/${body.id}`)).status).toBe(404);
  });

  it('refuses what it cannot play, and knows nothing of another workspace', async () => {
    const [one] = [{ user: 'hola' }];
    expect(await add('booking', 'twice', [one])).toMatchObject({ status: 201 });
    expect(await add('booking', 'twice', [one])).toMatchObject({ status: 409, body: { code: 'row_conflict' } });
    expect(await add('booking', 'bad', [{ user: 'hola', expect: { replyMatches: '(' } }])).toMatchObject({ status: 400 });
    expect(await add('nobody', 'case', [one])).toMatchObject({ status: 404, body: { code: 'agent_not_found' } });
    expect(await timonel.call('POST', base, { agent: 'prober' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await timonel.call('POST', base, { agent: 'booking', version: '9.9' })).toMatchObject({ status: 404 });
    expect(await timonel.call('POST', base, { agent: 'prober', models: false })).toMatchObject({ status: 400 });
    const twins = [
      { id: 'a', turns: [one] },
      { id: 'a', turns: [one] },
    ];
    const refused = await timonel.call('POST', `${base}/cases/import`, { agent: 'booking', cases: twins });
    expect(refused).toMatchObject({ status: 422, body: { code: 'import_refused' } });
    const headers = await newWorkspace(timonel, 'elsewhere');
    const other = await timonel.call<{ cases: Case[] }>('GET', `${base}/cases?agent=booking`, undefined, headers);
    expect(other.body.cases).toEqual([]);
  });

  // The process is the same on every store.
  it.runIf(kind === 'embedded')('asks models by the account of the workspace, and reaches nothing else', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      response.end('here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await add('prober', '1 hello', [{ user: 'hello', expect: { replyMatches: 'hello to you' } }]);
    await add('prober', '2 fetch', [{ user: `fetch ${address}`, expect: { tools: [], replyMatches: 'answer' } }]);
    await add('prober', '3 die', [{ user: 'die now' }]);
    await add('prober', '4 environment', [{ user: 'environment all', expect: { replyNotMatches: 'DATABASE|KEY|PATH' } }]);
    const { agent, models, ...evaluation } = await ended(await begin({ agent: 'prober' }));
    expect([agent, models]).toEqual(['prober', true]);
    const { results } = await resultsOf(evaluation.id);
    expect(results.map(({ name, passed, faults }) => [name, passed, faults])).toEqual([
      ['1 hello', true, []],
      ['2 fetch', true, []],
      ['3 die', false, [expect.stringContaining('SIGKILL')]],
      ['4 environment', true, []],
    ]);
    expect(requests).toBe(0);
    server.close();
    const metrics = await timonel.call<string>('GET', '/metrics');
    expect(metrics.body).toMatch(/timonel_evaluation_cases_total\{result="failed"\} \d/);
  });
});

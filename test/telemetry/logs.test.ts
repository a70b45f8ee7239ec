import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channels, type HttpExchange, publishFault } from '../../src/diagnostics.ts';
import { defineAgent, defineTool } from '../../src/index.ts';
import { type Logs, logTo } from '../../src/telemetry/logs.ts';
import { redactText } from '../../src/telemetry/redaction.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { type Collector, startCollector } from './collector.ts';

const apiKey = ['sk', 'proj', 'Canary0123456789abcdefXYZ'].join('-');
const bearer = 'Canary.Bearer_0123456789';
const password = 'canary-hunter2!';
const phone = '+54 9 11 5555-1234';
const email = 'ana.canaria@example.com';
const said = `call ${phone} or mail ${email}; Authorization: Bearer ${bearer}; {"password":"${password}"}; key ${apiKey}`;
const canaries = [apiKey, bearer, password, phone, '5555-1234', email, 'ana.canaria', 'hunter2', 'Canary'];

type Line = Record<string, unknown> & { msg: string; level: number };
let lines: Line[] = [];
let text = '';
let logs: Logs | undefined;
function capture(level: string): Logs {
  lines = [];
  text = '';
  logs = logTo(
    {
      write(line) {
        text += line;
        lines.push(JSON.parse(line) as Line);
      },
    },
    level,
  );
  return logs;
}
afterEach(() => logs?.end());

const expectClean = () => {
  for (const canary of canaries) expect([canary, text.includes(canary)]).toEqual([canary, false]);
};

describe('what is taken out of the log', () => {
  it('is secrets and personal data, wherever they are in an error', () => {
    const { logger } = capture('info');
    const cause = Object.assign(new Error(`Key (email)=(${email}) already exists.`), { detail: said });
    publishFault(`POST /x?token=${bearer}`, new Error(said, { cause }));
    publishFault('text', said);
    logger.warn({ headers: { authorization: bearer, cookie: password }, nested: [{ apiKey, user: { phone, email } }] }, said);
    logger.info(said);
    expect(lines).toHaveLength(4);
    expectClean();
    // What is left says what happened.
    expect(lines[0]?.['err']).toMatchObject({ type: 'Error', stack: expect.stringContaining('logs.test.ts') });
    expect(lines[0]?.msg).toBe('failed: POST /x?token=[secret]');
    expect(lines[3]?.msg).toBe(
      'call [phone] or mail [e-mail]; Authorization: [secret] [secret]; {"password":[secret]}; key [secret]',
    );
  });

  it('is not what was refused, but for a flood of it', () => {
    capture('info');
    const refuse = (status: number) =>
      channels.httpExchange.publish({ method: 'GET', route: '/api/v1/audit', status, milliseconds: 1 } satisfies HttpExchange);
    for (const status of [200, 401, 403, 404, 429]) refuse(status);
    expect(lines.map(({ status }) => status)).toEqual([401, 403, 429]);
    for (let nth = 0; nth < 1_000; nth++) refuse(401);
    expect(lines.length).toBeLessThan(250);
  });

  it.each([
    [['postgres:', '//timonel:canary@db/timonel'].join(''), 'postgres://[secret]@db/timonel'],
    ['redis://:canary@cache:6379', 'redis://[secret]@cache:6379'],
    ['TIMONEL_SECRET=abc123', 'TIMONEL_SECRET=[secret]'],
    ['token: eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', 'token: [secret]'],
    ['11 5555-1234', '[phone]'],
    ['(011) 4555-1234', '[phone]'],
    ['5491155551234', '[phone]'],
    ['"ana+tag@mail.example.com.ar"', '"[e-mail]"'],
  ])('%s', (before, after) => expect(redactText(before)).toBe(after));

  it.each([
    '2026-11-21T17:50:37.123Z',
    '2026-11-21 17:50:37',
    'run 01993c2e-1234-7abc-8def-0123456789ab',
    'connect ECONNREFUSED 192.168.100.200:5432',
    'src/run/loop.ts:123:45',
    'The model openai/gpt-6-sol answered nothing (stop).',
    'tokens: 1234 used',
    'relation "budget_counters" does not exist',
  ])('leaves alone: %s', (sentence) => expect(redactText(sentence)).toBe(sentence));
});

describe('the log of a process', () => {
  const breaks = defineTool({
    name: 'break',
    description: 'Breaks.',
    input: z.object({ text: z.string() }),
    effect: 'read',
    async execute(args) {
      throw new Error(`Cannot take ${args.text}`);
    },
  });
  const agent = defineAgent({
    name: 'clumsy',
    version: '1.2.3',
    description: 'Breaks things.',
    prompt: 'You break things.',
    tools: [breaks],
    policy: [],
  });
  const script = () => scriptedModel([{ calls: [{ tool: 'break', args: { text: said } }] }, 'Done.']);
  let timonel: TestTimonel;
  let collector: Collector;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    collector = await startCollector();
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    timonel = await startTimonel(
      'embedded',
      {
        agents: [agent],
        models: { m: script() },
        routes: { default: { targets: [{ model: 'project/m' }] } },
        prices: { 'project/m': { input: 1, output: 1 } },
      },
      { environment: { ...fresh.environment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } },
    );
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
    await collector.close();
  });

  it('says of a turn what it was, and of a failure in it where it happened', async () => {
    capture('info');
    const conversation = await timonel.converse('clumsy', { name: 'Ana', phone, email });
    const { run } = await timonel.say(conversation, said);
    expectClean();
    const ids = { workspace: 'default', conversation, run: run.id, agent: 'clumsy' };
    const failed = lines.find(({ msg }) => msg === 'failed: the tool break');
    expect(failed).toMatchObject({ level: 50, ...ids, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const ended = lines.find(({ msg }) => msg === 'turn replied');
    expect(ended).toMatchObject({
      level: 30,
      ...ids,
      agentVersion: expect.stringMatching(/^1\.2\.3\+/),
      arm: 'stable',
      modelCalls: 2,
      trace_id: failed?.['trace_id'],
    });
    // Requests that went well are no news.
    expect(lines.map(({ msg }) => msg)).toEqual(['failed: the tool break', 'turn replied']);
  });

  it('has each exchange where somebody asks for it, and those that failed always', async () => {
    capture('debug');
    const { headers } = await timonel.call('GET', '/api/v1/agents');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 20,
        msg: 'GET /api/v1/agents 200',
        request: headers['x-request-id'],
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      }),
    ]);
    logs?.end();
    capture('info');
    const exchange: HttpExchange = { method: 'GET', route: '/x', status: 503, milliseconds: 1 };
    channels.httpExchange.publish(exchange);
    expect(lines.map(({ msg, level }) => [msg, level])).toEqual([['GET /x 503', 30]]);
  });
});

it('is JSON on standard error, and nothing on standard output, where nobody sits before it; SIGTERM loses no trace', async () => {
  const home = mkdtempSync(join(tmpdir(), 'timonel-logs-'));
  const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
  const collector = await startCollector();
  const environment = {
    PATH: process.env['PATH'] ?? '',
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  const turn = async (line: string) => {
    const { url, credentials } = JSON.parse(line) as { url: string; credentials: string };
    const key = (JSON.parse(readFileSync(credentials, 'utf8')) as { apiKey: string }).apiKey;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const post = async (path: string, body: object) =>
      (await (
        await fetch(`${url}/api/v1/conversations${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      ).json()) as {
        id: string;
      };
    const { id } = await post('', { agent: 'booking' });
    await post(`/${id}/messages`, { text: `Hola, soy Ana, ${phone}` });
    return key;
  };
  let key = '';
  const { out, err } = await new Promise<{ out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [bin, 'up', '--json'], { env: environment }, (_error, out, err) =>
      resolve({ out, err }),
    );
    child.stdout?.once('data', (line: string) => {
      void turn(line)
        .then((used) => {
          key = used;
        })
        .finally(() => child.kill('SIGTERM'));
    });
  });
  rmSync(home, { recursive: true, force: true });
  expect(out.trim().split('\n')).toHaveLength(1);
  const told = err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(told.map(({ msg }) => msg)).toEqual([expect.stringMatching(/^turn \w+$/)]);
  expect(told[0]).toMatchObject({
    agent: 'booking',
    workspace: 'default',
    conversation: expect.any(String),
    run: expect.any(String),
  });
  // SIGTERM came within the five seconds that spans wait for each other: what was left was sent before the end.
  const turnSpan = collector.spans.find(({ name }) => name === 'invoke_agent booking');
  expect(turnSpan?.traceId).toBe(told[0]?.['trace_id']);
  for (const canary of [key, '5555', 'Ana', 'Hola'])
    expect([canary, err.includes(canary), collector.text().includes(canary)]).toEqual([canary, false, false]);
  await collector.close();
}, 120_000);

/** The figures of a real process move by what really happens in it. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { booking } from '../../agents/booking/agent.ts';
import { defineAgent, defineTool } from '../../src/index.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const breaking = defineTool({
  name: 'break',
  description: 'Breaks.',
  input: z.object({}),
  effect: 'read',
  execute: () => Promise.reject(new Error('broken')),
});
const clumsy = defineAgent({
  name: 'clumsy',
  version: '1.0.0',
  description: 'Breaks things.',
  prompt: 'You break things.',
  model: 'clumsy',
  tools: [breaking],
  policy: [],
});

describe.each(storeKinds)('the metrics of a process (%s)', (kind) => {
  let timonel: TestTimonel;
  let remove: () => Promise<void>;
  const redis = kind === 'postgres';
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    const models = {
      notes: scriptedModel([
        { calls: [{ tool: 'add_note', args: { text: 'milk' } }] },
        {
          calls: [
            { tool: 'add_note', args: { text: 'my password' } },
            { tool: 'no_such_tool_17', args: {} },
          ],
        },
        { calls: [{ tool: 'delete_notes', args: { why: 'tidy' } }] },
      ]),
      clumsy: scriptedModel([{ calls: [{ tool: 'break', args: {} }] }, 'Sorry.']),
      gone: scriptedModel(() => new Error('gone')),
    };
    timonel = await startTimonel(
      kind,
      {
        agents: [{ ...notes, model: 'notes' }, clumsy, { ...booking, model: 'gone' }],
        models,
        routes: Object.fromEntries(Object.keys(models).map((name) => [name, { targets: [{ model: `project/${name}` }] }])),
        prices: { 'project/notes': { input: 1_000, output: 1_000 }, 'project/clumsy': { input: 1_000, output: 1_000 } },
      },
      {
        environment: {
          ...fresh.environment,
          TIMONEL_RATE_LIMIT_KEY_REQUESTS: '20',
          ...(redis ? { REDIS_URL: inject('redisUrl') } : {}),
        },
      },
    );
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  /** The value of a series; of all that match, where labels are left out. `undefined` where there is none. */
  async function figure(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    const { body } = await timonel.call<string>('GET', '/metrics/prometheus', undefined, { authorization: undefined });
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const values = body
      .split('\n')
      .filter((line) => new RegExp(`^${name}[{ ]`).test(line) && wanted.every((each) => line.includes(each)))
      .map((line) => Number(line.slice(line.lastIndexOf(' '))));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }

  it('count steps, plans, decisions, calls of tools and first events of turns', async () => {
    const conversation = await timonel.converse('notes');
    await timonel.say(conversation, 'Note milk, and more.');
    const agent = 'notes';
    expect(await figure('timonel_runs_total', { agent, outcome: 'awaiting_approval' })).toBe(1);
    expect(await figure('timonel_steps_total', { agent, kind: 'model-call' })).toBe(3);
    expect(await figure('timonel_steps_total', { agent, kind: 'decision' })).toBe(4);
    expect(await figure('timonel_plan_duration_seconds_count', { agent, planner: 'model' })).toBe(3);
    expect(await figure('timonel_policy_decisions_total', { agent, verdict: 'allow' })).toBe(1);
    expect(await figure('timonel_policy_decisions_total', { agent, verdict: 'deny' })).toBe(2);
    expect(await figure('timonel_policy_decisions_total', { agent, verdict: 'ask' })).toBe(1);
    expect(await figure('timonel_policy_duration_seconds_count', { agent })).toBe(4);
    expect(await figure('timonel_tool_calls_total', { agent, tool: 'add_note', status: 'completed' })).toBe(1);
    expect(await figure('timonel_tool_calls_total', { agent, tool: 'add_note', status: 'denied' })).toBe(1);
    expect(await figure('timonel_tool_calls_total', { agent, tool: 'unknown', status: 'invalid' })).toBe(1);
    expect(await figure('timonel_tool_calls_total', { tool: 'no_such_tool_17' })).toBeUndefined();
    expect(await figure('timonel_tool_duration_seconds_count', { agent, tool: 'add_note' })).toBe(1);
    expect(await figure('timonel_run_first_event_seconds_count', { agent, arm: 'stable' })).toBe(1);
    expect(await figure('timonel_run_duration_seconds_count', { agent, arm: 'stable' })).toBe(1);
    const [first, whole] = [await figure('timonel_run_first_event_seconds_sum'), await figure('timonel_run_duration_seconds_sum')];
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan((whole ?? 0) + 1);
  });

  it('count tools that break, turns without their model, and what was a failure', async () => {
    await timonel.say(await timonel.converse('clumsy'), 'Go.');
    expect(await figure('timonel_tool_calls_total', { agent: 'clumsy', tool: 'break', status: 'failed' })).toBe(1);
    expect(await figure('timonel_faults_total', { what: 'the tool break' })).toBe(1);
    await timonel.say(await timonel.converse('booking'), '¿A qué hora abren?');
    expect(await figure('timonel_fallbacks_total', { agent: 'booking', reason: 'planner_failed' })).toBe(1);
    expect(await figure('timonel_plan_duration_seconds_count', { agent: 'booking', planner: 'flow' })).toBeGreaterThan(0);
    expect(await figure('timonel_runs_total', { agent: 'booking', degraded: 'true' })).toBe(1);
  });

  it('count what budgets and rate limits refuse', async () => {
    expect(await figure('timonel_budget_refusals_total')).toBeUndefined();
    await timonel.call('PUT', '/api/v1/budgets', { scope: 'workspace', period: 'day', money: 0.000001 });
    const ask = () =>
      timonel.call('POST', '/v1/chat/completions', { model: 'project/notes', messages: [{ role: 'user', content: 'Hi' }] });
    expect((await ask()).status).toBe(402);
    expect(await figure('timonel_budget_refusals_total', { scope: 'workspace' })).toBe(1);
    let last = 0;
    for (let index = 0; index < 25 && last !== 429; index += 1) last = (await ask()).status;
    expect(last).toBe(429);
    expect(await figure('timonel_rate_limit_hits_total', { scope: 'key', kind: 'requests' })).toBe(1);
  });

  it('show the store, the queues, the disk, Redis where there is Redis, and what runs', async () => {
    expect(await figure('timonel_store_up')).toBe(1);
    expect(await figure('timonel_queue_jobs', { queue: 'mail', state: 'waiting' })).toBe(0);
    for (const kind of ['approval', 'child', 'token', 'timer']) {
      expect(await figure('timonel_waits_pending', { kind })).toBeGreaterThanOrEqual(0);
      expect(await figure('timonel_waits_oldest_seconds', { kind })).toBeGreaterThanOrEqual(0);
    }
    const used = await figure('timonel_disk_used_ratio', { mount: 'home' });
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(1);
    expect(await figure('timonel_redis_up')).toBe(redis ? 1 : undefined);
    expect(await figure('timonel_redis_memory_max_bytes')).toBe(redis ? 0 : undefined);
    if (redis) expect(await figure('timonel_redis_memory_used_bytes')).toBeGreaterThan(100_000);
    expect(await figure('timonel_build_info', { node: process.version })).toBe(1);
    expect(await figure('timonel_database_pool_acquire_timeouts_total')).toBe(0);
  });

  it('are the same at the other addresses, for the same who ask for OpenMetrics', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    for (const path of ['/metrics', '/api/v1/metrics/prometheus']) {
      const plain = await timonel.call<string>('GET', path, undefined, { authorization: undefined });
      expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(plain.body).toContain('timonel_runs_total{');
      const open = await timonel.call<string>('GET', path, undefined, { accept });
      expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
      expect(open.body.endsWith('# EOF\n')).toBe(true);
    }
  });
});

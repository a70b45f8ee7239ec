import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Line, scriptedModel } from '../../test/scripted-model.ts';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { coder } from './agent.ts';
import { mcpServersOf } from './mcp-servers.ts';

const program = new URL('../../test/mcp/stdio-server.ts', import.meta.url).pathname;
type Approval = { callId: string; tool: string; rule: string; status: string; reason: { en: string }; pattern?: object };
type Listed = { servers: { name: string; state: string; launch: string; tools: string[] }[]; faults: string[] };

describe.each(storeKinds)('servers of the coding assistant (%s)', (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-coder-mcp-'));
  const home = mkdtempSync(join(tmpdir(), 'timonel-coder-home-'));
  const log = join(home, 'calls');
  const server = { command: process.execPath, args: [program, log], timeoutMs: 20_000 };
  const places = { settings: join(home, 'config', 'mcp.json'), tokens: join(home, 'mcp'), approvals: join(home, 'approved.json') };
  const hub = mcpServersOf(folder, { ...process.env, SECRET_TOKEN: 'canary-0815' }, places);
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Done.');
  beforeAll(async () => {
    writeFileSync(log, '');
    mkdirSync(join(home, 'config'));
    writeFileSync(join(folder, 'a.ts'), 'one\n');
    writeFileSync(join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { theirs: server } }));
    writeFileSync(places.settings, JSON.stringify({ mcpServers: { own: { ...server, allow: ['look'] } } }));
    timonel = await startTimonel(kind, { agents: [coder({ folder, mcp: hub })], models: { default: model } });
  });
  afterAll(async () => {
    await timonel.close();
    await hub[Symbol.asyncDispose]();
    for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
  });

  const call = (tool: string, args: object): Line => ({ calls: [{ tool, args }] });
  const session = async (mode = 'ask') => {
    const conversation = await timonel.converse('coder');
    await timonel.call('PUT', `/api/v1/agents/coder/sessions/${conversation}`, { mode });
    return conversation;
  };
  const say = async (conversation: string, ...lines: Line[]) => {
    script = [...lines, 'Done.'];
    return timonel.say(conversation, 'go on');
  };
  const pending = async (run: string) =>
    (await timonel.call<{ approvals: Approval[] }>('GET', `/api/v1/runs/${run}`)).body.approvals.filter(
      ({ status }) => status === 'pending',
    );
  const decide = async (run: string, decision: object) => {
    for (const { callId } of await pending(run)) await timonel.call('POST', `/api/v1/runs/${run}/approvals/${callId}`, decision);
    await expect
      .poll(async () => (await timonel.call<{ run: { status: string } }>('GET', `/api/v1/runs/${run}`)).body.run.status, {
        timeout: 20_000,
      })
      .not.toBe('running');
  };
  const list = async () => (await timonel.call<Listed>('GET', '/api/v1/agents/coder/mcp')).body;
  const calls = (name: string) =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line === name).length;
  const told = () => JSON.stringify(model.asked.at(-1)?.prompt);
  const using = async (tool: string, args: object = {}, from = 'own') => {
    const { definition = '' } = (await hub.tools(from)).get(tool) ?? {};
    return call('mcp', { server: from, tool, definition, arguments: args });
  };

  it('starts no server of the project before a person saw its command and said yes', async () => {
    const conversation = await session('auto');
    const { launch = '' } = (await list()).servers.find(({ name }) => name === 'theirs') ?? {};
    const { run } = await say(
      conversation,
      call('mcp_tools', { server: 'theirs' }),
      call('mcp', { server: 'theirs', tool: 'add', definition: '', arguments: { a: 1, b: 1 } }),
      call('mcp_connect', { server: 'theirs', launch }),
    );
    expect(told()).toContain('nobody said yes to it yet');
    expect(told()).toContain('theirs (the user decides with mcp_connect)');
    const [question] = await pending(run.id);
    expect(question).toMatchObject({ tool: 'mcp_connect', rule: 'mcp-servers-ask' });
    expect(question?.reason.en).toContain(`${process.execPath} ${program} ${log}`);
    expect((await list()).servers.find(({ name }) => name === 'theirs')?.state).toBe('unapproved');
    // Other settings by the time of the yes: what was shown is not what would start.
    writeFileSync(join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { theirs: { ...server, args: [program, log, 'x'] } } }));
    await decide(run.id, { decision: 'approve' });
    await expect.poll(told, { timeout: 20_000 }).toContain('other ones by now');
    expect((await list()).servers.find(({ name }) => name === 'theirs')?.state).toBe('unapproved');
    writeFileSync(join(folder, '.mcp.json'), JSON.stringify({ mcpServers: { theirs: server } }));
    const again = await say(conversation, call('mcp_connect', { server: 'theirs', launch }));
    await decide(again.run.id, { decision: 'approve' });
    await expect
      .poll(async () => (await list()).servers.find(({ name }) => name === 'theirs')?.state, { timeout: 20_000 })
      .toBe('connected');
    expect(statSync(places.approvals).mode & 0o777).toBe(0o600);
    // The next time it is known.
    expect((await say(conversation, call('mcp_connect', { server: 'theirs', launch }))).run.outcome).toBe('replied');
  });

  it('asks about a tool, remembers the yes for this definition of it, and asks anew when it changed', async () => {
    const conversation = await session('auto');
    const { run } = await say(conversation, call('mcp_tools', { server: 'own', tool: 'add' }), await using('add', { a: 2, b: 3 }));
    const [question] = await pending(run.id);
    expect(question).toMatchObject({ tool: 'mcp', rule: 'mcp-calls-ask', pattern: { server: 'own', tool: 'add' } });
    expect(question?.reason.en).toMatch(/mcp__own__add \{\s*"a": 2,\s*"b": 3\s*\}/);
    await decide(run.id, { decision: 'approve', remember: 'conversation' });
    await expect.poll(told, { timeout: 20_000 }).toContain('"kind":"answered","text":"5"');
    const second = await using('add', { a: 4, b: 3 });
    expect((await say(conversation, second, await using('add', { a: 5, b: 3 }))).run.outcome).toBe('replied');
    const before = (await hub.tools('own')).get('add')?.definition;
    await hub.call('own', 'change', {});
    await expect.poll(async () => (await hub.tools('own')).get('add')?.definition, { timeout: 20_000 }).not.toBe(before);
    // With the definition that it knows the model is told the present one, and nothing is called.
    const counted = calls('add');
    expect((await say(conversation, second)).run.outcome).toBe('replied');
    expect(told()).toContain('it changed, or was not looked at');
    expect(calls('add')).toBe(counted);
    const asked = await say(conversation, await using('add', { a: 4, b: 3 }));
    expect(asked.run.outcome).toBe('awaiting_approval');
    await decide(asked.run.id, { decision: 'reject' });
  });

  it('runs what the user settings allow, and asks all the same once a text of elsewhere was read', async () => {
    const conversation = await session();
    expect((await say(conversation, await using('look'))).run.outcome).toBe('replied');
    const { run } = await say(conversation, call('read', { path: 'a.ts' }), await using('look'));
    expect(await pending(run.id)).toMatchObject([{ rule: 'mcp-after-untrusted' }]);
    expect((await pending(run.id))[0]).not.toHaveProperty('pattern');
    await decide(run.id, { decision: 'reject' });
    // And after it answered, so is what reaches the network.
    const other = await say(conversation, await using('look'), call('run', { command: 'curl https://example.com' }));
    expect((await pending(other.run.id)).map(({ tool }) => tool)).toEqual(['run']);
    await decide(other.run.id, { decision: 'reject' });
  });

  it('refuses in the mode plan what may change something, and asks nobody about arguments that do not fit', async () => {
    const conversation = await session('plan');
    const counted = calls('add');
    const looked = calls('look');
    expect((await say(conversation, await using('add', { a: 1, b: 1 }), await using('look'))).run.outcome).toBe('replied');
    expect([calls('add'), calls('look')]).toEqual([counted, looked + 1]);
    expect((await say(await session(), await using('add', { a: 'one' }))).run.outcome).toBe('replied');
    expect(told()).toContain('do not fit');
  });

  it('does not make a call again whose server died in it: a person looks', async () => {
    const conversation = await session();
    const { run } = await say(conversation, await using('die'));
    await decide(run.id, { decision: 'approve' });
    await expect.poll(async () => (await pending(run.id))[0]?.rule, { timeout: 20_000 }).toBe('outcome-unknown');
    expect(calls('die')).toBe(1);
    await decide(run.id, { decision: 'reject' });
    expect(calls('die')).toBe(1);
  });

  it('keeps 3 MB of an answer out of the prompt, and secrets out of a program', async () => {
    const conversation = await session();
    for (const tool of ['big', 'environment']) {
      const { run } = await say(conversation, await using(tool));
      await decide(run.id, { decision: 'approve' });
      await expect.poll(told, { timeout: 20_000 }).toContain('answered');
    }
    expect(told().length).toBeLessThan(500_000);
    expect(told()).not.toContain('canary-0815');
    expect(existsSync(places.tokens)).toBe(false);
  });
});

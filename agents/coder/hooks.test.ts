import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needs } from '../../test/needs.ts';
import { type Line, scriptedModel } from '../../test/scripted-model.ts';
import { startTimonel, type TestTimonel } from '../../test/timonel.ts';
import { coder } from './agent.ts';
import { policyOf } from './policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'timonel-hooks-'));
const userFolder = mkdtempSync(join(tmpdir(), 'timonel-user-'));
const file = (path: string) => join(folder, path);
const read = (path: string) => readFileSync(file(path), 'utf8');
const settings = (of: 'user' | 'project', value: object | string) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  mkdirSync(file('.timonel'), { recursive: true });
  writeFileSync(of === 'user' ? join(userFolder, 'settings.json') : file('.timonel/settings.json'), text);
};

describe('hooks around the tools of the coding assistant', () => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Done.');
  beforeAll(async () => {
    timonel = await startTimonel('embedded', {
      agents: [coder({ folder, userFolder, environment: process.env })],
      models: { default: model },
    });
  });
  afterAll(async () => {
    await timonel.close();
    for (const each of [folder, userFolder]) rmSync(each, { recursive: true, force: true });
  });
  beforeEach(() => {
    writeFileSync(file('a.ts'), 'one\ntwo\n');
    writeFileSync(file('.env'), 'TOKEN=canary\n');
    settings('user', {});
    settings('project', {});
  });

  const session = async (mode = 'edit') => {
    const conversation = await timonel.converse('coder');
    await timonel.call('PUT', `/api/v1/agents/coder/sessions/${conversation}`, { mode });
    return conversation;
  };
  const call = (tool: string, args: object): Line => ({ calls: [{ tool, args }] });
  const edit = call('edit', { path: 'a.ts', edits: [{ old: 'two', new: '2' }] });
  const say = async (conversation: string, ...lines: Line[]) => {
    script = [...lines, 'Done.'];
    return timonel.say(conversation, 'go on');
  };
  const lastAnswer = () => JSON.stringify(model.asked.at(-1)?.prompt.at(-1));

  it('tells a hook the call on its input, and the model what it said', async () => {
    const seen = join(userFolder, 'seen.json');
    settings('user', {
      hooks: {
        before: [{ tools: ['edit'], command: `cat > ${seen}; echo take care` }],
        after: [{ tools: ['ed*'], command: 'node -e "process.stdin.on(\'data\', d => console.log(JSON.parse(d).output.kind))"' }],
      },
    });
    const { run } = await say(await session(), edit);
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toMatchObject({
      when: 'before',
      tool: 'edit',
      args: { path: 'a.ts' },
      run: run.id,
      folder,
    });
    expect(read('a.ts')).toBe('one\n2\n');
    expect(lastAnswer()).toContain('take care');
    expect(lastAnswer()).toMatch(/"when":"after"[^}]*"output":"changed"/);
    // They are in the record of the run.
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${run.id}/events`);
    expect(String(body)).toContain('take care');
  });

  it('takes exit code 2 for a no, anything else but 0 and a hang too, and says which it was', async () => {
    const refusing = async (command: string, seconds = 10) => {
      settings('user', { hooks: { before: [{ tools: ['edit'], command, seconds }] } });
      await say(await session(), edit);
      expect(read('a.ts')).toBe('one\ntwo\n');
      return lastAnswer();
    };
    expect(await refusing('echo not on a Friday; exit 2')).toContain('refused it: not on a Friday');
    expect(await refusing('exit 1')).toContain('failed (exit code 1)');
    expect(await refusing('sleep 30', 1)).toContain('did not end in time');
    settings('user', { hooks: { after: [{ tools: ['edit'], command: 'echo broken >&2; exit 9' }] } });
    await say(await session(), edit);
    expect(read('a.ts')).toBe('one\n2\n');
    expect(lastAnswer()).toMatch(/"result":"failed","exitCode":9,"output":"broken"/);
  });

  it('allows nothing that the policy refuses, and is not run for it', async () => {
    settings('user', { hooks: { before: [{ command: `echo ran >> ${join(userFolder, 'ran')}` }] } });
    await say(await session('plan'), edit, call('run', { command: 'rm -rf ~' }));
    expect(read('a.ts')).toBe('one\ntwo\n');
    expect(() => readFileSync(join(userFolder, 'ran'))).toThrow('ENOENT');
  });

  it('changes nothing while the settings of the user cannot be read, and reads on', async () => {
    settings('user', '{ "hooks": ');
    await say(await session(), edit, call('read', { path: 'a.ts' }));
    expect(read('a.ts')).toBe('one\ntwo\n');
    expect(JSON.stringify(model.asked.at(-1)?.prompt)).toContain('settings.json: It is no JSON');
    expect(lastAnswer()).toContain('"kind":"file"');
    settings('user', { hook: {} });
    await say(await session(), edit);
    expect(JSON.stringify(model.asked.at(-1)?.prompt)).toContain('It has \\"hook\\". There are mcpServers, hooks.');
  });

  it.runIf(needs('bubblewrap'))(
    'runs hooks of the project where they can only read it, and never what is catastrophic',
    async () => {
      const hook = 'cat .env; cat a.ts; touch made 2>&1; true';
      settings('project', { hooks: { after: [{ tools: ['edit'], command: hook }] } });
      const { run } = await say(await session(), edit);
      expect(run.outcome).toBe('replied');
      expect(lastAnswer()).not.toContain('canary');
      expect(lastAnswer()).toContain('"untrusted":true');
      expect(lastAnswer()).toContain('Read-only file system');
      expect(() => read('made')).toThrow('ENOENT');
      settings('project', { hooks: { before: [{ tools: ['edit'], command: 'rm -rf ~' }] } });
      await say(await session(), edit);
      expect(lastAnswer()).toContain('runs in no mode');
      settings('user', { hooks: { project: 'off' } });
      await say(await session(), call('edit', { path: 'a.ts', edits: [{ old: 'one', new: '1' }] }));
      expect(read('a.ts')).toBe('1\n2\n');
    },
  );

  it('asks about hooks of the project without a sandbox, bound to their words', () => {
    const rule = policyOf(['read']).find(({ id }) => id === 'project-hooks-ask');
    const loaded = (...asked: string[]) => ({ loaded: { hooks: { asked, scope: asked.join('\n'), broken: undefined } } });
    const answer = (...asked: string[]) => rule?.evaluate({ tool: 'read', args: {}, effect: 'read' }, loaded(...asked) as never);
    expect(answer()).toBeUndefined();
    expect(answer('npx lint')).toMatchObject({
      kind: 'ask',
      reason: { en: expect.stringContaining('npx lint') },
      pattern: { hooks: 'npx lint' },
    });
    expect(answer('npx lint', 'x')).not.toMatchObject({ pattern: { hooks: 'npx lint' } });
  });
});

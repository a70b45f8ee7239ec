/** Editors that come and go: one store for all of them, and a question that outlives its editor. */
import { once } from 'node:events';
import { methods } from '@agentclientprotocol/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, type selected, startEditor } from './acp-client.ts';
import { type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject } from './terminal.ts';

const { agent } = methods;
const never = () => new Promise<ReturnType<typeof selected>>(() => undefined);

describe('editors beside each other, and one after the other', () => {
  let model: StubModel;
  let project: CodeProject;
  const editors: Editor[] = [];
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'one\ntwo\n', 'b.ts': 'one\ntwo\n' }, model.environment);
  });
  afterAll(async () => {
    for (const { child } of editors) child.kill('SIGKILL');
    await model.close();
    project.remove();
  });

  const start = async () => {
    const editor = await startEditor(project, { readTextFile: true, writeTextFile: true });
    editors.push(editor);
    return editor;
  };
  const begin = async ({ connection }: Editor) =>
    (await connection.agent.request(agent.session.new, { cwd: project.folder, mcpServers: [] })).sessionId;
  const say = ({ connection }: Editor, sessionId: string, text: string) =>
    connection.agent.request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });
  /** Edits the file that the user names, then says so. */
  const editing: StubModel['script'] = (messages) => {
    const last = messages.at(-1);
    if (last?.role === 'tool') return 'Done.';
    const path = /edit (\S+)/.exec(String(last?.content))?.[1] ?? 'a.ts';
    return { calls: [{ tool: 'edit', args: { path, edits: [{ old: 'two', new: '2' }] } }] };
  };

  it('shares the store, sees what is not saved in the second one, and asks a third one what the first one did not answer', async () => {
    model.script = editing;
    const first = await start();
    first.answer = never;
    const left = await begin(first);
    const unanswered = say(first, left, 'edit a.ts').catch(() => 'gone');
    await expect.poll(() => first.asked.length, { timeout: 60_000 }).toBe(1);

    const second = await start();
    const shared = await begin(second);
    const path = `${project.folder}/b.ts`;
    second.buffers.set(path, 'zero\none\ntwo\n');
    expect(await say(second, shared, 'edit b.ts')).toEqual({ stopReason: 'end_turn' });
    expect(second.written).toEqual([{ path, content: 'zero\none\n2\n' }]);
    expect(project.read('b.ts')).toBe('one\ntwo\n');

    const killed = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await killed;
    expect(await unanswered).toBe('gone');
    // The second one opens the store itself.
    second.buffers.set(path, 'three\ntwo\n');
    expect(await say(second, shared, 'edit b.ts')).toEqual({ stopReason: 'end_turn' });
    expect(second.buffers.get(path)).toBe('three\n2\n');

    const third = await start();
    const { connection } = third;
    const { modes } = await connection.agent.request(agent.session.load, {
      sessionId: left,
      cwd: project.folder,
      mcpServers: [],
    });
    expect(modes?.currentModeId).toBe('ask');
    await expect.poll(() => third.asked.length, { timeout: 60_000 }).toBe(1);
    expect(third.asked[0]).toMatchObject({ sessionId: left, toolCall: { kind: 'edit' } });
    await expect.poll(() => project.read('a.ts'), { timeout: 60_000 }).toBe('one\n2\n');
    await expect.poll(() => third.textOf(left), { timeout: 60_000 }).toContain('Done.');
    const said = third.updates.filter(({ update }) => update.sessionUpdate === 'user_message_chunk');
    expect(said).toMatchObject([{ update: { content: { text: 'edit a.ts' } } }]);
    expect(await third.close()).toBe(0);
    expect(await second.close()).toBe(0);
  }, 240_000);
});

/** The coding assistant in an editor: a real `timonel acp`, by the client side of the protocol's own SDK. */
import { methods, type SessionUpdate } from '@agentclientprotocol/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/cli/api-client.ts';
import { codeHome } from '../../src/cli/code-home.ts';
import { findCredentials } from '../../src/cli/credentials.ts';
import { type Editor, startEditor } from './acp-client.ts';
import { type StubLine, type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject } from './terminal.ts';

const { agent } = methods;

/** What asks the process that has the store, beside the editor. */
async function editorClient({ folder, environment }: CodeProject): Promise<ApiClient> {
  const credentials = findCredentials(codeHome(folder, environment));
  if (credentials === undefined) throw new Error('Nobody has the store open.');
  return new ApiClient(credentials);
}

describe('timonel acp', () => {
  let model: StubModel;
  let project: CodeProject;
  let editor: Editor;
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'one\ntwo\nthree\n', 'crlf.ts': 'one\r\ntwo\r\n' }, model.environment);
    editor = await startEditor(project, { readTextFile: true, writeTextFile: true });
  });
  afterAll(async () => {
    expect(await editor.close()).toBe(0);
    for (const line of editor.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    await model.close();
    project.remove();
  });
  beforeEach(() => {
    editor.answer = 'allow';
    editor.buffers.clear();
    editor.written.length = 0;
    project.write('a.ts', 'one\ntwo\nthree\n');
  });

  const request = () => editor.connection.agent;
  const begin = async (modeId?: string) => {
    const session = await request().request(agent.session.new, { cwd: project.folder, mcpServers: [] });
    if (modeId !== undefined) await request().request(agent.session.setMode, { sessionId: session.sessionId, modeId });
    return session.sessionId;
  };
  const prompt = async (sessionId: string, script: StubLine[], text = 'go on') => {
    model.script = [...script, 'Done.'];
    return request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });
  };
  const call = (tool: string, args: object): StubLine => ({ calls: [{ tool, args }] });
  const edit = (old: string, next: string, path = 'a.ts') => call('edit', { path, edits: [{ old, new: next }] });
  const of = (sessionId: string) => editor.updates.filter((each) => each.sessionId === sessionId).map(({ update }) => update);
  const kinds = (sessionId: string, kind: SessionUpdate['sessionUpdate']) =>
    of(sessionId).filter(({ sessionUpdate }) => sessionUpdate === kind);

  it('begins sessions with modes and commands, streams what is said, and lists them', async () => {
    const { sessionId, modes } = await request().request(agent.session.new, { cwd: project.folder, mcpServers: [] });
    expect(modes).toMatchObject({ currentModeId: 'ask' });
    expect(modes?.availableModes.map(({ id }) => id)).toEqual(['plan', 'ask', 'edit', 'auto']);
    expect(await prompt(sessionId, ['Hello from the model.'], 'Say hello')).toEqual({ stopReason: 'end_turn' });
    expect(editor.textOf(sessionId)).toBe('Hello from the model.');
    expect(kinds(sessionId, 'agent_message_chunk').length).toBeGreaterThan(1);
    const [commands] = kinds(sessionId, 'available_commands_update');
    const names = commands?.sessionUpdate === 'available_commands_update' ? commands.availableCommands.map(({ name }) => name) : [];
    expect(names).toEqual(expect.arrayContaining(['undo', 'cost', 'refs', 'rename']));
    expect(names).not.toContain('exit');
    const { sessions } = await request().request(agent.session.list, { cwd: project.folder });
    expect(sessions).toContainEqual(expect.objectContaining({ sessionId, title: 'Say hello', cwd: project.folder }));
  });

  it('asks with the diff and what may be remembered, and shows the call to its end', async () => {
    const sessionId = await begin();
    await prompt(sessionId, [edit('two', '2')]);
    const path = `${project.folder}/a.ts`;
    const diff = { type: 'diff', path, oldText: 'one\ntwo\nthree\n', newText: 'one\n2\nthree\n' };
    expect(editor.asked.at(-1)).toMatchObject({
      sessionId,
      options: [{ kind: 'allow_once' }, { kind: 'allow_always' }, { kind: 'reject_once' }],
      toolCall: { kind: 'edit', status: 'pending', content: [diff, expect.anything()], locations: [{ path }] },
    });
    expect(project.read('a.ts')).toBe('one\n2\nthree\n');
    const states = of(sessionId).flatMap((each) =>
      each.sessionUpdate === 'tool_call' || each.sessionUpdate === 'tool_call_update' ? [each.status] : [],
    );
    expect(states[0]).toBe('pending');
    expect(states.at(-1)).toBe('completed');
    expect(kinds(sessionId, 'tool_call_update').at(-1)).toMatchObject({
      content: [diff],
      locations: [{ path, line: 2 }],
    });
  });

  it('remembers only what the policy remembers, and takes a no', async () => {
    const sessionId = await begin();
    editor.answer = 'always';
    const before = editor.asked.length;
    await prompt(sessionId, [edit('two', '2'), edit('three', '3')]);
    expect([editor.asked.length - before, project.read('a.ts')]).toEqual([1, 'one\n2\n3\n']);
    editor.answer = 'reject';
    await prompt(sessionId, [call('git', { action: 'branch', name: 'x' }), call('run', { command: 'touch made' })]);
    expect(editor.asked.at(-1)?.options.map(({ kind }) => kind)).toEqual(['allow_once', 'allow_always', 'reject_once']);
    expect(() => project.read('made')).toThrow('ENOENT');
    expect(kinds(sessionId, 'tool_call_update').at(-1)).toMatchObject({ status: 'failed' });
    await prompt(sessionId, [call('write', { path: 'new.ts', text: '// ... rest of code ...\n' })]);
    await prompt(sessionId, [edit('one\n2\n3\n', 'x\n// … rest of the code …\n')]);
    expect(editor.asked.at(-1)?.options.map(({ kind }) => kind)).not.toContain('allow_always');
  });

  it('shows the list of steps, and keeps to the mode', async () => {
    const sessionId = await begin('plan');
    const steps = [
      { text: 'look', state: 'done' },
      { text: 'write', state: 'doing' },
    ];
    await prompt(sessionId, [call('plan', { steps }), edit('two', '2')]);
    expect(kinds(sessionId, 'plan')).toMatchObject([
      {
        entries: [
          { content: 'look', status: 'completed' },
          { content: 'write', status: 'in_progress' },
        ],
      },
    ]);
    expect(project.read('a.ts')).toContain('two');
    await request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: '/mode edit' }] });
    expect(kinds(sessionId, 'current_mode_update')).toMatchObject([{ currentModeId: 'edit' }]);
    await prompt(sessionId, [edit('two', '2')]);
    expect(project.read('a.ts')).toContain('2');
    const said = await request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: '/undo' }] });
    expect([said.stopReason, project.read('a.ts')]).toEqual(['end_turn', 'one\ntwo\nthree\n']);
    // The model of the repository: chosen, and gone back from.
    const client = await editorClient(project);
    await client.put('/api/v1/routes/other', { targets: [{ model: 'configured/stub-2' }] });
    const choose = (value: string) => request().request(agent.session.setConfigOption, { sessionId, configId: 'model', value });
    expect(await choose('other')).toMatchObject({ configOptions: [{ id: 'model', currentValue: 'other' }] });
    await prompt(sessionId, ['Other.']);
    expect(model.requests.at(-1)).toMatchObject({ model: 'stub-2' });
    await choose('auto');
    await prompt(sessionId, ['First.']);
    expect(model.requests.at(-1)).toMatchObject({ model: 'stub-1' });
    await expect(request().request(agent.session.setMode, { sessionId, modeId: 'yolo' })).rejects.toThrow('plan, ask, edit, auto');
  });

  it('reads and edits what is not saved in the editor, and changes nothing else of it', async () => {
    const sessionId = await begin('edit');
    const path = `${project.folder}/crlf.ts`;
    editor.buffers.set(path, 'zero\none\ntwo\n');
    await prompt(sessionId, [call('read', { path: 'crlf.ts' }), edit('zero', 'null', 'crlf.ts')]);
    expect(JSON.stringify(model.requests.at(-2)?.messages)).toContain('zero');
    expect(editor.written).toEqual([{ path, content: 'null\none\ntwo\n' }]);
    expect(project.read('crlf.ts')).toBe('one\r\ntwo\r\n');
    await request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text: '/undo' }] });
    expect(editor.buffers.get(path)).toBe('zero\none\ntwo\n');
    // What the editor shows as it is on the disk is changed byte by byte.
    editor.buffers.set(path, 'one\ntwo\n');
    await prompt(sessionId, [edit('one', '1', 'crlf.ts')]);
    expect(project.read('crlf.ts')).toBe('1\r\ntwo\r\n');
    expect(editor.written).toHaveLength(2);
    project.write('crlf.ts', 'one\r\ntwo\r\n');
  });

  it('takes files and pictures with a prompt, and says where no model looks at them', async () => {
    const sessionId = await begin();
    model.script = ['Seen.'];
    await request().request(agent.session.prompt, {
      sessionId,
      prompt: [
        { type: 'text', text: 'What is in' },
        { type: 'resource_link', name: 'a.ts', uri: `file://${project.folder}/a.ts` },
        { type: 'resource', resource: { uri: 'file:///elsewhere/notes.md', text: 'a note from elsewhere' } },
      ],
    });
    const asked = JSON.stringify(model.requests.at(-1)?.messages);
    expect(asked).toContain('a.ts:\\n```\\none\\ntwo');
    expect(asked).toContain('a note from elsewhere');
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const picture = () =>
      request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'image', mimeType: 'image/png', data }] });
    const requests = model.requests.length;
    expect(await picture()).toEqual({ stopReason: 'end_turn' });
    expect(editor.textOf(sessionId)).toContain('cannot look at that');
    expect(model.requests).toHaveLength(requests);
    // A model of which the route says that it looks at pictures.
    const client = await editorClient(project);
    const { route } = await client.get<{ route: { targets: { model: string }[] } }>('/api/v1/routes/default');
    await client.put('/api/v1/routes/default', { targets: [{ model: route.targets[0]?.model, media: ['image'] }] });
    model.script = ['A pixel.'];
    expect(await picture()).toEqual({ stopReason: 'end_turn' });
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain(`data:image/png;base64,${data}`);
    expect(editor.textOf(sessionId)).toContain('A pixel.');
    await client.put('/api/v1/routes/default', { targets: [{ model: route.targets[0]?.model }] });
  });

  it('takes commands of the project, and offers them', async () => {
    project.write('.timonel/commands/greet.md', '---\ndescription: Greets\n---\nGreet $1 in verse.\n');
    const sessionId = await begin();
    await prompt(sessionId, ['Hail.'], '/greet Ana');
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('Greet Ana in verse.');
    await expect
      .poll(() => JSON.stringify(kinds(sessionId, 'available_commands_update')), { timeout: 20_000 })
      .toContain('"name":"greet","description":"Greets"');
  });

  it('stops a turn, also one that waits for an answer, and goes on after it', async () => {
    const sessionId = await begin();
    editor.answer = async () => {
      await editor.connection.agent.notify(agent.session.cancel, { sessionId });
      return { outcome: { outcome: 'cancelled' } };
    };
    expect(await prompt(sessionId, [edit('two', '2')])).toEqual({ stopReason: 'cancelled' });
    expect(project.read('a.ts')).toContain('two');
    editor.answer = 'allow';
    const running = prompt(sessionId, [call('run', { command: 'echo started; sleep 60' })]);
    await expect.poll(() => JSON.stringify(of(sessionId)), { timeout: 20_000 }).toContain('started\\n');
    await editor.connection.agent.notify(agent.session.cancel, { sessionId });
    expect(await running).toEqual({ stopReason: 'cancelled' });
    expect(await prompt(sessionId, ['Here.'])).toEqual({ stopReason: 'end_turn' });
  });

  it('serves two sessions at once, and lives through what it cannot read', async () => {
    const [first, second] = await Promise.all([begin('edit'), begin('edit')]);
    model.script = (messages) => `You said ${String(messages.at(-1)?.content).split('\n')[0]}`;
    const say = (sessionId: string, text: string) =>
      request().request(agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });
    editor.child.stdin?.write('this is no message\n{"jsonrpc":"2.0","id":"x","method":"session/prompt","params":{"prompt":3}}\n');
    await Promise.all([say(first, 'red'), say(second, 'blue')]);
    expect([editor.textOf(first), editor.textOf(second)]).toEqual(['You said red', 'You said blue']);
    await expect(say('nothing', 'x')).rejects.toThrow('no session');
  });
});

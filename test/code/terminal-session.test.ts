/** A person at the terminal: questions, commands, undo, two terminals on one repository. */
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { decisionOf } from '../../src/cli/code-question.ts';
import { CodeServer } from '../../src/cli/code-server.ts';
import { beginSession, findSession } from '../../src/cli/code-session.ts';
import { talk } from '../../src/cli/code-terminal.ts';
import { pixel } from '../artifact-client.ts';
import { type StubLine, type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject } from './terminal.ts';

describe('timonel code in a terminal', () => {
  let model: StubModel;
  let project: CodeProject;
  let server: CodeServer;
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'red\n', '.git/HEAD': 'ref: refs/heads/main\n' }, model.environment);
    for (const [name, value] of Object.entries({ ...model.environment, XDG_DATA_HOME: project.data })) vi.stubEnv(name, value);
    server = new CodeServer(project.folder);
    await server.client();
  });
  afterEach(() => project.write('a.ts', 'red\n'));
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await model.close();
    vi.unstubAllEnvs();
    project.remove();
  });

  /** What the terminal shows when a person types these lines. */
  const typed = async (lines: string[], script: StubLine[] = [], mode: 'ask' | 'edit' = 'ask', language: 'es' | 'en' = 'en') => {
    model.script = script;
    const client = await server.client();
    const conversation = await beginSession(client, mode);
    const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { columns: 80 })];
    input.end(`${[...lines, '/exit'].join('\n')}\n`);
    expect(await talk(server, conversation, language, { input, output })).toBe(0);
    output.end();
    return { shown: Buffer.concat(await output.toArray()).toString(), conversation };
  };
  const edit = (old: string, next: string): StubLine => ({
    calls: [{ tool: 'edit', args: { path: 'a.ts', edits: [{ old, new: next }] } }],
  });

  it('shows the diff and asks, does it after a yes, and undoes it', async () => {
    const { shown } = await typed(
      ['make it blue', 'y', '/undo', '/redo', '/checkpoints'],
      [edit('red', 'blue'), 'It is **blue** now.'],
    );
    expect(shown).toMatch(
      /\? edit a\.ts\n[\s\S]*-red\n {2}\+blue\n[\s\S]*Shall it be done\?[\s\S]*● edit a\.ts[\s\S]*It is blue now\./,
    );
    expect(shown).toMatch(/a\.ts: restored\n[\s\S]*-blue\n {2}\+red[\s\S]*a\.ts: restored\n[\s\S]*-red\n {2}\+blue/);
    expect(project.read('a.ts')).toBe('blue\n');
  });

  it('takes folders, pictures and commands of the project with a message', async () => {
    project.write('src/one.ts', '1\n');
    project.write('.timonel/commands/tell.md', 'Tell me of @src/ in $1 words.\n');
    project.write('.timonel/commands/help.md', 'Never.\n');
    const { shown } = await typed(['/help', '/tell ten', 'look at @a.png'], ['One file.']);
    const asked = JSON.stringify(model.requests.at(-1)?.messages);
    expect(asked).toContain('Tell me of @src/ in ten words.\\n\\nsrc/:\\n```\\none.ts\\n```');
    expect(shown).toContain('Tell me of @src/ in $1 words. (of the');
    expect(shown).toContain('help.md: /help is a command of the assistant already');
    project.write('a.png', pixel);
    const requests = model.requests.length;
    expect((await typed(['what is @a.png'])).shown).toContain('Put a model that sees pictures on the route');
    project.write('big.png', Buffer.alloc(6_000_000));
    expect((await typed(['what is @big.png'])).shown).toContain('big.png has 6000000 bytes');
    expect(model.requests).toHaveLength(requests);
  });

  it('takes a no with its reason to the model', async () => {
    const { shown } = await typed(['make it blue', 'what?', 'n I like red'], [edit('red', 'blue'), 'All right.']);
    expect(shown.match(/Shall it be done/g)).toHaveLength(2);
    expect(project.read('a.ts')).toBe('red\n');
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('I like red');
  });

  it('asks no second time for what it may always do', async () => {
    const { shown } = await typed(['go', 'a'], [edit('red', 'blue'), edit('blue', 'green'), 'Done.']);
    expect(shown.match(/Shall it be done/g)).toHaveLength(1);
    expect(project.read('a.ts')).toBe('green\n');
  });

  it('speaks Spanish where the locale does', async () => {
    const { shown } = await typed(['/mode', '/mode auto', '/help', '/nada'], ['Hola.'], 'ask', 'es');
    expect(shown).toContain('Pregunto antes de editar');
    expect(shown).toContain('Modo: auto.');
    expect(shown).toContain('deshace el último turno');
  });

  it('sends the files that a message names, and no secrets', async () => {
    project.write('.env', 'KEY=canary-0815\n');
    await typed(['explain @a.ts and @.env and @nothing.ts'], ['It is red.']);
    const sent = JSON.stringify(model.requests);
    expect(sent).toContain('a.ts:\\n```\\nred\\n```');
    expect(sent).not.toContain('canary-0815');
  });

  it('runs a command of the person, which the model does not see', async () => {
    const { shown } = await typed(['!echo $((40 + 2)) && printf "\\033]0;owned\\007"']);
    expect(shown).toContain('42\n\\u{1b}]0;owned\\u{7}');
    expect(JSON.stringify(model.requests)).not.toContain('echo $((40');
  });

  it('lists sessions, goes on with one, forks and exports it', async () => {
    const first = await typed(['remember the word lighthouse'], ['I will.']);
    const short = first.conversation.slice(-8);
    const { shown } = await typed(
      ['/sessions', `/resume ${short}`, '/fork', 'which word?', '/cost', `/export ${project.data}/out.md`],
      ['Lighthouse.'],
    );
    expect(shown).toContain(`${short} `);
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('User: remember the word lighthouse');
    expect(shown).toContain('1 model calls');
    expect((await findSession(await server.client(), 'latest')).title).toBe('remember the word lighthouse');
  });

  it('goes over to fast, deep and back, and proposes a local model by the memory of the machine', async () => {
    const client = await server.client();
    await client.put('/api/v1/routes/smart', { targets: [{ model: 'configured/large' }] });
    const { shown } = await typed(
      ['/model deep', 'which model?', '/model auto', 'and now?', '/model fast', '/models'],
      ['The large one.', 'The first one.'],
    );
    expect(model.requests.slice(-2).map((each) => each.model)).toEqual(['large', 'stub-1']);
    expect(shown).toContain('default: configured/large');
    expect(shown).toMatch(/There is no model "fast"; there are: .*deep/);
    expect(shown).toMatch(/(?:Memory|Memoria): [\s\S]*(?:ollama pull \S+|None fits|Ninguno entra)/);
    await client.delete('/api/v1/routes/smart');
  });

  it('is one process for a repository: a second terminal speaks to the first', async () => {
    const second = new CodeServer(project.folder);
    await (await second.client()).get('/api/v1/agents/coder/project');
    expect([server.serves, second.serves]).toEqual([true, false]);
  });
});

it.each([
  ['y', { decision: 'approve' }],
  ['Sí', { decision: 'approve' }],
  ['a', { decision: 'approve', remember: 'conversation' }],
  ['n', { decision: 'reject' }],
  ['no, use the other file', { decision: 'reject', reason: 'use the other file' }],
  ['yes but not that one', undefined],
  ['', undefined],
  ['yolo', undefined],
])('reads %j as an answer', (answer, decision) => {
  expect(decisionOf(answer, true)).toEqual(decision);
});

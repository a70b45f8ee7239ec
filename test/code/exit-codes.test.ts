/** What scripts go by: lines of JSON and the exit code. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runHeadless } from '../../src/cli/code-headless.ts';
import { CodeServer } from '../../src/cli/code-server.ts';
import { beginSession, type CodeMode } from '../../src/cli/code-session.ts';
import { execute } from '../../src/cli/program.ts';
import { type StubLine, type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject, eventsOf } from './terminal.ts';

describe('timonel code -p', () => {
  let model: StubModel;
  let project: CodeProject;
  let server: CodeServer;
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject(
      {
        'a.ts': 'export function discount(price: number) {\n  return price / 2;\n}\n',
        'b.ts': "import { discount } from './a.ts';\nexport const half = discount(4);\n",
      },
      model.environment,
    );
    for (const [name, value] of Object.entries({ ...model.environment, XDG_DATA_HOME: project.data })) vi.stubEnv(name, value);
    server = new CodeServer(project.folder);
    await server.client();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await model.close();
    vi.unstubAllEnvs();
    project.remove();
  });

  const run = async (prompt: string, script: StubModel['script'], mode: CodeMode = 'ask') => {
    model.script = script;
    const conversation = await beginSession(await server.client(), mode);
    const lines: string[] = [];
    const options = { prompt, conversation, json: true, language: 'en', print: (line: string) => void lines.push(line) } as const;
    const code = await runHeadless(() => server.client(), options);
    const events = eventsOf(lines.join('\n'));
    expect(events.at(-1)).toMatchObject({ type: 'result', exitCode: code });
    return { code, events, result: events.at(-1) ?? {} };
  };
  const edit: StubLine = { calls: [{ tool: 'edit', args: { path: 'a.ts', edits: [{ old: 'price / 2', new: 'price / 3' }] } }] };

  it('0: done', async () => {
    expect(await run('hello', ['Hello.'])).toMatchObject({ code: 0, result: { reply: 'Hello.', refused: [] } });
  });

  it('1: failed, as where a model only repeats itself, and where no Timonel answers', async () => {
    const repeated: StubLine = { calls: [{ tool: 'read', args: { path: 'a.ts' } }] };
    const { code, result } = await run('read it', () => repeated);
    expect(code).toBe(1);
    expect(result).toMatchObject({ error: { code: 'limit_reached' }, changed: [] });
    const lines: string[] = [];
    const gone = () => Promise.reject(new Error('Nothing answers.'));
    const options = {
      prompt: 'hello',
      conversation: 'none',
      json: true,
      language: 'en',
      print: (line: string) => void lines.push(line),
    } as const;
    expect(await runHeadless(gone, options)).toBe(1);
    expect(eventsOf(lines.join('\n')).slice(-1)).toMatchObject([
      { type: 'result', exitCode: 1, error: { message: 'Nothing answers.' } },
    ]);
  });

  it('3: something needed an approval, and nobody could give it: refused, and told', async () => {
    const { code, result, events } = await run('third it', [edit, 'I was not allowed to.']);
    expect(code).toBe(3);
    expect(result).toMatchObject({ outcome: 'replied', refused: [{ tool: 'edit', rule: 'edits-ask' }], changed: [] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'question', tool: 'edit', decision: 'refused' }));
    expect(project.read('a.ts')).toContain('price / 2');
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('nobody can decide');
  });

  it('4: the budget does not allow it', async () => {
    const client = await server.client();
    await client.put('/api/v1/budgets', { scope: 'run', tokens: 1 });
    expect((await run('hello', ['Hello.'])).code).toBe(4);
    const { budgets } = await client.get<{ budgets: { id: string }[] }>('/api/v1/budgets');
    for (const { id } of budgets) await client.delete(`/api/v1/budgets/${id}`);
  });

  it('answers commands by analysis, with a model too', async () => {
    const asked = model.requests.length;
    const { code, result } = await run('/refs discount', []);
    expect(code).toBe(0);
    expect(String(result['reply'])).toMatch(/b\.ts:2/);
    expect(model.requests).toHaveLength(asked);
  });

  it('2: a wrong call', async () => {
    const wrong = async (...args: string[]) => {
      const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const { code } = await execute([process.execPath, 'timonel', 'code', ...args]);
      error.mockRestore();
      return code;
    };
    const { exitCode } = process;
    expect(await wrong('--mode', 'yolo')).toBe(2);
    expect(await wrong('--json')).toBe(2);
    expect(await wrong('-p', 'x', '/nonexistent/folder')).toBe(2);
    expect(await wrong('--resume', 'zzzz', '-p', 'x', project.folder)).toBe(2);
    process.exitCode = exitCode;
  });
});

/** Servers as a person at the terminal has them: `timonel code mcp`, `/mcp`, and without a terminal. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CodeServer } from '../../src/cli/code-server.ts';
import { beginSession } from '../../src/cli/code-session.ts';
import { talk } from '../../src/cli/code-terminal.ts';
import { type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject } from './terminal.ts';

const program = new URL('../mcp/stdio-server.ts', import.meta.url).pathname;

describe('servers in the terminal', () => {
  let model: StubModel;
  let project: CodeProject;
  let log: string;
  const settings = () => join(project.data, '.config', 'timonel', 'mcp.json');
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'red\n', '.git/HEAD': 'ref: refs/heads/main\n' }, model.environment);
    log = join(project.data, 'calls');
    writeFileSync(log, '');
    project.write('.mcp.json', JSON.stringify({ mcpServers: { theirs: { command: process.execPath, args: [program, log] } } }));
  });
  afterAll(async () => {
    await model.close();
    project.remove();
  });

  it('are named in the settings of the user, and taken out', async () => {
    const added = await project.run('mcp', 'add', 'own', '--allow', 'look', '--env', 'TOKEN', '--', process.execPath, program, log);
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining('own is in') as string });
    expect(JSON.parse(readFileSync(settings(), 'utf8'))).toMatchObject({
      mcpServers: { own: { command: process.execPath, env: { TOKEN: ['$', '{TOKEN}'].join('') }, allow: ['look'] } },
    });
    expect(statSync(settings()).mode & 0o777).toBe(0o600);
    expect(await project.run('mcp', 'add', 'own')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Give a program') as string,
    });
    expect(await project.run('mcp', 'remove', 'nobody')).toMatchObject({ code: 2 });
    expect(await project.run('mcp', 'remove', 'own')).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(settings(), 'utf8'))).toEqual({ mcpServers: {} });
  });

  it('of the project start after a yes to the exact command, and are listed in Spanish and English', async () => {
    for (const [name, value] of Object.entries({ ...model.environment, HOME: project.data, XDG_DATA_HOME: project.data }))
      vi.stubEnv(name, value);
    await using server = new CodeServer(project.folder);
    const typed = async (lines: string[], language: 'es' | 'en') => {
      const conversation = await beginSession(await server.client(), 'ask');
      const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { columns: 400 })];
      input.end(`${[...lines, '/exit'].join('\n')}\n`);
      expect(await talk(server, conversation, language, { input, output })).toBe(0);
      output.end();
      return Buffer.concat(await output.toArray()).toString();
    };
    const command = `${process.execPath} ${program} ${log}`;
    const refused = await typed(['/mcp', '/mcp connect theirs', 'n', '/mcp nada'], 'es');
    expect(refused).toContain('Se proponen servidores del proyecto: theirs.');
    expect(refused).toContain('theirs  lo pide el proyecto; falta tu sí: /mcp connect theirs');
    expect(refused).toMatch(new RegExp(`Corre o se conecta con tus permisos:\\n\\s*${command}\\n[\\s\\S]*No se conectó\\.`));
    expect(refused).toContain('/mcp connect|disconnect|login|logout|tools');
    const connected = await typed(['/mcp connect theirs', 'y', '/mcp', '/mcp tools theirs', '/mcp disconnect theirs'], 'en');
    expect(connected).toContain('theirs  connected · 8 tools · test server 1.0.0');
    expect(connected).toContain('mcp__theirs__add');
    expect(connected).toContain('theirs  connects when it is needed');
    expect(await typed([], 'en')).not.toContain('The project names servers');
    vi.unstubAllEnvs();
  });

  it('need an approval that nobody gives where there is no terminal', async () => {
    project.write('.mcp.json', JSON.stringify({ mcpServers: { other: { command: process.execPath, args: [program, log, 'x'] } } }));
    expect(await project.run('mcp', 'connect', 'other')).toMatchObject({ code: 1 });
    model.script = [{ calls: [{ tool: 'mcp_tools', args: { server: 'other' } }] }, 'It waits for you.'];
    const { code, out } = await project.run('-p', 'use the server');
    expect([code, out.trim()]).toEqual([0, 'It waits for you.']);
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('nobody said yes to it yet');
    expect(existsSync(join(project.folder, '.timonel'))).toBe(false);
  });
});

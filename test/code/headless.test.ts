import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StubModel, startStubModel } from './stub-model.ts';
import { type CodeProject, codeProject, eventsOf } from './terminal.ts';

describe('timonel code without a terminal', () => {
  let model: StubModel;
  let project: CodeProject;
  beforeAll(async () => {
    model = await startStubModel();
    project = codeProject({ 'a.ts': 'export const colour = "red";\nexport const size = 1;\n' }, model.environment);
  });
  afterAll(async () => {
    await model.close();
    project.remove();
  });

  it('edits a file, says what it changed, and writes nothing else into the folder', async () => {
    model.script = [
      { calls: [{ tool: 'read', args: { path: 'a.ts' } }] },
      { calls: [{ tool: 'edit', args: { path: 'a.ts', edits: [{ old: '"red"', new: '"blue"' }] } }] },
      'Cambié el color en a.ts.',
    ];
    const { code, out, err } = await project.run('-p', 'cambia red por blue en a.ts', '--json', '--mode', 'edit');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(project.read('a.ts')).toBe('export const colour = "blue";\nexport const size = 1;\n');
    expect(eventsOf(out).at(-1)).toMatchObject({
      type: 'result',
      exitCode: 0,
      outcome: 'replied',
      reply: 'Cambié el color en a.ts.',
      changed: ['a.ts'],
      refused: [],
    });
    expect(readdirSync(project.folder)).toEqual(['a.ts']);
    expect(existsSync(join(project.data, 'timonel', 'code'))).toBe(true);
  });

  it('is one process at a time for a repository, also when two start at once and one ends before the other', async () => {
    model.script = (messages) => `You said: ${String(messages.at(-1)?.content).split('\n')[0]}`;
    const both = await Promise.all(['first', 'second'].map((text) => project.run('-p', text, '--json')));
    for (const [at, { code, out, err }] of both.entries()) {
      expect([code, err]).toEqual([0, '']);
      expect(eventsOf(out).at(-1)?.['reply']).toBe(`You said: ${['first', 'second'][at]}`);
    }
  });
});

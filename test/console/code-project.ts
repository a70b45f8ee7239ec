/** The agent `codegen` for tests of the console: a folder of its own, and roles that answer by a script. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codegen } from '../../agents/codegen/agent.ts';
import { scriptedRoles } from '../codegen/scripted-roles.ts';
import { block, json } from '../codegen/workbench.ts';

const test = 'from add import add\n\n\ndef test_add():\n    assert add(2, 3) == 5';
const code = (says: string) => `"""Adds."""\n\n\ndef add(one: int, other: int) -> int:\n    """${says}."""\n    return one + other`;
const plan = {
  summary: 'Una función que suma',
  tasks: [
    {
      id: 'codigo',
      kind: 'implementation',
      description: 'La función add(one, other)',
      files: [{ path: 'add.py', action: 'create' }],
      dependsOn: [],
    },
    {
      id: 'pruebas',
      kind: 'testing',
      description: 'Sus pruebas',
      files: [{ path: 'test_add.py', action: 'create' }],
      dependsOn: ['codigo'],
    },
  ],
};
const analysis = { kind: 'function', language: 'python', complexity: 0.2, summary: 'Una suma', file: 'add.py', questions: [] };

export function codeProject() {
  const dataFolder = mkdtempSync(join(tmpdir(), 'timonel-console-code-'));
  const model = scriptedRoles(
    ({ role, input }) =>
      ({
        analyst: json(analysis),
        planner: json(plan),
        implementer: block('add.py', code(input.includes('qué suma') ? 'The sum of both' : 'The sum')),
        tester: block('test_add.py', test),
        writer: block('README.md', '# Add'),
        reviewer: json({ score: 9, findings: [{ path: 'add.py', level: 'note', message: 'The name could say more.' }] }),
      })[role],
  );
  const route = 'coder';
  const routes = { analyst: route, planner: route, implementer: route, tester: route, writer: route, reviewer: route };
  return {
    agents: codegen({ dataFolder, routes }),
    models: { [route]: model },
    remove: () => rmSync(dataFolder, { recursive: true, force: true }),
  };
}

import type { Sandbox } from '../../../src/sandbox.ts';
import type { ExerciseTest, Grader } from '../contract.ts';

const evaluating = {
  python: `import importlib, json, sys
sys.argv = ['main']
expression = sys.stdin.read()
module = importlib.import_module('student')
print('\\n=' + json.dumps(eval(expression, vars(module))))
`,
  javascript: `;print('\\n=' + JSON.stringify(eval(EXPRESSION)));`,
};

/** For tests of the guard: runs what reads and prints, and what is called, in Python and JavaScript; values are compared as JSON. */
export function plainGrader(sandbox: Sandbox): Grader {
  return {
    async grade({ language, tests }, code, { signal, stopAtFirstFailure = false } = {}) {
      const outcomes: { testId: string; verdict: 'passed' | 'wrong' | 'sandbox-error' }[] = [];
      const groups = stopAtFirstFailure ? [tests.slice(0, 1), tests.slice(1)] : [tests];
      for (const group of groups) {
        const found = await Promise.all(group.map((test) => passes(sandbox, language, test, code, signal)));
        outcomes.push(
          ...group.map(({ id }, at) => ({ testId: id, verdict: found[at] === true ? ('passed' as const) : ('wrong' as const) })),
        );
        if (stopAtFirstFailure && found.includes(false)) break;
      }
      const passed = outcomes.filter(({ verdict }) => verdict === 'passed').length;
      return { outcomes, points: passed, highestPoints: tests.length, passedAll: passed === tests.length };
    },
  };
}

async function passes(
  sandbox: Sandbox,
  language: string,
  test: ExerciseTest,
  code: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (language !== 'python' && language !== 'javascript') return false;
  if (test.kind === 'property') return false;
  const name = language === 'python' ? 'py' : 'js';
  const expression = test.kind === 'call' ? test.expression : '';
  const files =
    test.kind === 'stdio'
      ? { [`main.${name}`]: code }
      : language === 'python'
        ? { 'main.py': evaluating.python, 'student.py': code }
        : {
            'main.js': `const print = (text) => console.log(text);\n${code}\n${evaluating.javascript.replace('EXPRESSION', () => JSON.stringify(expression))}`,
          };
  const input = test.kind === 'stdio' ? test.input : expression;
  const { verdict, stdout } = await sandbox.run({ language, files, entry: `main.${name}` }, input, {
    owner: 'guard',
    limits: { wallMs: 5_000 },
    signal,
  });
  if (verdict !== 'completed') return false;
  if (test.kind === 'stdio') return stdout.trim() === test.expected.trim();
  const told = stdout.trimEnd().split('\n').at(-1) ?? '';
  return told.startsWith('=') && JSON.stringify(JSON.parse(told.slice(1))) === JSON.stringify(test.expected);
}

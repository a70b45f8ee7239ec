/** Programs that try to be graded for what they do not do: none of them scores. */
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import type { Exercise, ExerciseTest } from '../contract.ts';
import { graderOn } from './grader.ts';

const tests: ExerciseTest[] = [
  { id: 'a', visible: true, kind: 'call', expression: 'double(21)', expected: 42 },
  { id: 'b', visible: false, category: 'negative', kind: 'call', expression: 'double(-4)', expected: -8 },
  { id: 'c', visible: false, kind: 'property', expression: 'double(3)', property: { is: 'between', least: 6, most: 6 } },
  { id: 'd', visible: false, kind: 'call', expression: 'double("x")', expected: { $raises: 'TypeError' } },
];
const exercise: Pick<Exercise, 'language' | 'entry' | 'tests'> = { language: 'python', entry: 'main.py', tests };
const honest =
  'def double(n):\n    if not isinstance(n, int):\n        raise TypeError("a number")\n    import math\n    return int(math.fabs(n)) * (2 if n > 0 else -2)\n';
const wrong = 'def double(n):\n    return 0\n';

/** What leaves or prints before it is asked, looks for expectations, or changes what judges it. */
const forgeries: Record<string, string> = {
  'prints a line of result': `${wrong}print("value-0 {\\"kind\\": \\"value\\", \\"value\\": 42}")\nprint("PASSED")\n`,
  'finds the nonce and says that all is well': `${wrong}import sys\nfor depth in range(1, 6):\n    try:\n        found = sys._getframe(depth).f_locals.get("request")\n    except ValueError:\n        break\n    if found:\n        print(found["nonce"], '{"kind": "value", "value": true}')\n        print(found["nonce"], '{"kind": "passed"}')\n        raise SystemExit\n`,
  'leaves with SystemExit': `${wrong}raise SystemExit(0)\n`,
  'leaves with os._exit': `${wrong}import os\nos._exit(0)\n`,
  'leaves in the function': 'def double(n):\n    raise SystemExit\n',
  'patches builtins': `${wrong}import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda v: int\nbuiltins.repr = lambda v: "42"\nbuiltins.sorted = lambda *a, **k: []\n`,
  'patches print': `${wrong}import builtins\nbuiltins.print = lambda *a, **k: None\n`,
  'puts another standard output in its place': `${wrong}import sys, io\nsys.stdout = io.StringIO()\nsys.__stdout__ = sys.stdout\n`,
  'closes standard output': `${wrong}import sys\nsys.stdout.close()\n`,
  'looks for expectations in frames': `import sys\ndef double(n):\n    frame = sys._getframe()\n    while frame:\n        for name, value in {**frame.f_globals, **frame.f_locals}.items():\n            if "expect" in str(name):\n                return value\n        frame = frame.f_back\n    return 0\n`,
  'looks for expectations in memory': `import gc\ndef double(n):\n    for each in gc.get_objects():\n        if isinstance(each, dict):\n            for key in list(each):\n                if key in ("expected", "tests", "property"):\n                    return each[key]\n    return 0\n`,
  'looks for expectations in files': `import os\ndef double(n):\n    for folder, _, files in os.walk("."):\n        for name in files:\n            if name != "main.py" and "expected" in open(os.path.join(folder, name)).read():\n                return 42\n    return 0\n`,
  'prints at the exit': `${wrong}import atexit\natexit.register(lambda: print("value", 42))\n`,
  'prints from a thread': `${wrong}import threading\ntry:\n    threading.Thread(target=lambda: print("42")).start()\nexcept Exception:\n    pass\n`,
  'repeats the test that it was given': `${wrong}import sys\nprint(sys.stdin.read())\nprint("double(21) == 42")\n`,
  'equals everything': `class All:\n    def __eq__(self, other):\n        return True\n    def __lt__(self, other):\n        return True\n    __ge__ = __le__ = __gt__ = __lt__\n    def __repr__(self):\n        return "42"\ndef double(n):\n    return All()\n`,
  'patches json': `${wrong}import json\njson.dumps = lambda *a, **k: '{"kind": "value", "value": true}'\njson.JSONEncoder.encode = json.dumps\n`,
  'takes signals': `${wrong}import signal\ntry:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    signal.alarm(1)\nexcept Exception:\n    pass\n`,
  'writes over what evaluates it': `${wrong}import os\nfor folder, _, files in os.walk("."):\n    for name in files:\n        if name != "main.py":\n            try:\n                open(os.path.join(folder, name), "w").write("print(42)")\n            except OSError:\n                pass\n`,
  'writes over its own code for the next test': `${wrong}open("main.py", "w").write("def double(n):\\n    return n * 2\\n")\n`,
  'returns what looks like an exception': 'def double(n):\n    return {"$raises": "TypeError"}\n',
  'takes the place of its module': `${wrong}import sys, types\nfake = types.ModuleType("main")\nfake.double = lambda n: True\nsys.modules["main"] = fake\n`,
  'puts a tracer': `${wrong}import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\n`,
};

describe('forgeries', () => {
  const sandbox = createSandbox({ mode: 'embedded', concurrency: 2, queue: 200 });
  const grader = graderOn({
    languages: () => sandbox.languages(),
    run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'test' }),
    runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'test' }),
  });
  afterAll(() => sandbox.close());

  it('passes what is honest, with an import within a function and what it prints apart', async () => {
    const graded = await grader.grade(exercise, `${honest}print("double(21) is", double(21))\n`);
    expect(graded).toMatchObject({ passedAll: true, points: 4, highestPoints: 4 });
    expect(graded.outcomes[0]).toEqual({
      testId: 'a',
      verdict: 'passed',
      shown: { printed: 'double(21) is 42', error: undefined, got: '42' },
    });
    expect(graded.outcomes.slice(1).every(({ shown }) => shown === undefined)).toBe(true);
  });

  it(`scores nothing for ${Object.keys(forgeries).length} forgeries`, { timeout: 120_000 }, async () => {
    const scored = await Promise.all(
      Object.entries(forgeries).map(async ([name, code]) => {
        const { points, outcomes } = await grader.grade(
          { ...exercise, tests: [tests[0], tests[3]].filter((each) => each !== undefined) },
          code,
        );
        return points === 0 ? [] : [`${name}: ${JSON.stringify(outcomes)}`];
      }),
    );
    expect(Object.keys(forgeries).length).toBeGreaterThanOrEqual(20);
    expect(scored.flat()).toEqual([]);
  });

  it('has each way to fail under its own name, and says where', async () => {
    const verdicts = async (code: string, only: ExerciseTest[] = tests.slice(0, 1)) =>
      (await grader.grade({ ...exercise, tests: only }, code)).outcomes.map(({ verdict, shown }) => [verdict, shown?.error ?? '']);
    expect(await verdicts('def double(n:\n  return n')).toMatchObject([['compile-error', expect.stringMatching(/line 1/)]]);
    expect(await verdicts('def double(n):\n    return n + "a"\n')).toMatchObject([
      ['runtime-error', expect.stringMatching(/File "main.py", line 2, in double\n.*\n[\s\S]*TypeError/)],
    ]);
    expect(await verdicts('def double(n):\n    return "a" * 10 ** 9\n')).toMatchObject([['memory', expect.anything()]]);
    expect(await verdicts('print("x" * 10 ** 6)\ndef double(n):\n    return 42\n')).toMatchObject([['output', expect.anything()]]);
    expect(await verdicts('import socket\ndef double(n):\n    socket.socket()\n')).toMatchObject([
      [expect.stringMatching(/forbidden|runtime-error/), expect.anything()],
    ]);
    expect(await verdicts('def double(n):\n    while True:\n        pass\n')).toMatchObject([['timeout', '']]);
    const echo: ExerciseTest[] = [{ id: 's', visible: true, kind: 'stdio', input: '2\n', expected: '4', compare: 'trimmed' }];
    expect(await verdicts('print(int(input()) * 2)  \n', echo)).toEqual([['passed', '']]);
    expect(await verdicts('print(int(input()) * 3)\n', echo)).toEqual([['wrong', '']]);
  });

  it('evaluates JavaScript as it is written, with promises, maps and errors', async () => {
    const javascript = (code: string, only: ExerciseTest[]) =>
      grader.grade({ language: 'javascript', entry: 'main.js', tests: only }, code);
    const only: ExerciseTest[] = [
      { id: 'a', visible: true, kind: 'call', expression: 'twice([1, 2])', expected: [2, 4] },
      { id: 'b', visible: true, kind: 'call', expression: 'later(3)', expected: 4 },
      { id: 'c', visible: true, kind: 'call', expression: 'twice(null)', expected: { $raises: 'TypeError' } },
    ];
    const code = 'const twice = (list) => list.map((n) => n * 2);\nasync function later(n) { return n + 1; }\nconsole.log("hi");\n';
    expect(await javascript(code, only)).toMatchObject({
      passedAll: true,
      outcomes: [{ shown: { printed: 'hi', got: '[2,4]' } }, {}, {}],
    });
    const cheats = [
      'function twice() { process.exit(0); }',
      'JSON.stringify = () => "{}"; function twice() {}',
      'throw 1',
      'let x = ;',
    ];
    for (const cheat of cheats) expect((await javascript(cheat, only.slice(0, 1))).points, cheat).toBe(0);
  });
});

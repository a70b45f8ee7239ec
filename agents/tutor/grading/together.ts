/**
 * Many programs in one instance of the sandbox, each in a namespace of its own. Starting an interpreter costs more than most programs do, and the guard has
 * tens of them for one reply. Only programs that cannot reach each other are taken; expectations stay outside, as everywhere.
 */
import type { SandboxLanguage, SandboxProgram } from '../../../src/sandbox.ts';
import type { Exercise, ExerciseTest } from '../contract.ts';
import { javascriptPlainValue, pythonPlainValue } from './harness.ts';

/** What a program gave for one test. */
export type TogetherValue =
  | { kind: 'value'; value: unknown }
  | { kind: 'printed'; text: string }
  | { kind: 'raised'; names: readonly string[] };

/** Of the program `at`: a value for each test, or nothing where it has to be run alone. */
export interface TogetherLine {
  at: number;
  values: readonly TogetherValue[] | null;
}

/** A program is stopped after so many seconds, and is then run alone with its full time. */
const secondsEach = 0.5;

const python = `import sys


def _start():
    import io, json, os, time, types
    write, encode = os.write, json.dumps
    # Its own time where there is such a clock: a machine that is busy makes no program slow.
    try:
        time.process_time()
        now = time.process_time
    except Exception:
        now = time.monotonic
    request = json.loads(sys.stdin.readline())
    deadline = [0.0]

    class Late(BaseException):
        pass

    def late(*_):
        over = now() - deadline[0] if deadline[0] else 0
        # It holds on to what it is stopped with: the instance ends, and those behind it begin another one.
        if over > request['seconds']:
            os._exit(1)
        if over > 0:
            raise Late()

    monitoring = getattr(sys, 'monitoring', None)
    if monitoring is not None:
        count = [0]

        def went(*_):
            count[0] += 1
            if count[0] % 200 == 0:
                late()

        events = monitoring.events.JUMP | monitoring.events.PY_START
        monitoring.use_tool_id(4, 'limit')
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(4, event, went)
        monitoring.set_events(4, events)
    else:
        import signal

        signal.signal(signal.SIGVTALRM, late)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.05, 0.05)

${pythonPlainValue}

    def tell(line):
        data = ('\\n' + request['nonce'] + ' ' + encode(line) + '\\n').encode('utf-8', 'replace')
        while data:
            data = data[write(1, data):]

    def outcome(code, test):
        name = '__main__' if test['kind'] == 'stdio' else request['name']
        module = types.ModuleType(name)
        sys.modules[name] = module
        sys.stdin, sys.stdout = io.StringIO(test['input']), io.StringIO()
        try:
            exec(code, module.__dict__)
            if test['kind'] == 'stdio':
                text = sys.stdout.getvalue()
                if len(text) > 20000:
                    raise Late()
                return {'kind': 'printed', 'text': text}
            return {'kind': 'value', 'value': plain(eval(test['expression'], module.__dict__))}
        except Late:
            raise
        except MemoryError:
            raise Late()
        except BaseException as error:
            return {'kind': 'raised', 'names': [each.__name__ for each in type(error).__mro__]}

    def values(source):
        try:
            code = compile(source, request['entry'], 'exec')
        except (SyntaxError, ValueError, RecursionError):
            return [{'kind': 'raised', 'names': ['SyntaxError']}] * len(request['tests'])
        deadline[0] = now() + request['seconds']
        try:
            return [outcome(code, test) for test in request['tests']]
        except Late:
            return None
        finally:
            deadline[0] = 0.0

    for at, program in enumerate(request['programs']):
        found = None
        try:
            found = values(program)
        except Late:
            pass
        tell({'at': at, 'values': found})


_start()
`;

/** Builtins are frozen, and global names as they were before each program. */
const javascript = `(() => {
  const { readFileSync } = require('fs');
  const request = JSON.parse(String(readFileSync(0, 'utf8')).split('\\n')[0]);
  const { stringify } = JSON;
  const { write } = process.stdout;
  const stdout = process.stdout;
${javascriptPlainValue}
  const builtins = [Object, Function, Array, String, Number, Boolean, Symbol, Map, Set, Date, RegExp, Error, TypeError, RangeError, Promise, BigInt];
  const iterators = [[][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ''[Symbol.iterator](), (function* () {})()];
  for (const each of [Math, JSON, Reflect, console, ...builtins, ...builtins.map((each) => each.prototype), ...iterators.map((each) => Object.getPrototypeOf(each))]) Object.freeze(each);
  const names = new Map(Object.getOwnPropertyNames(globalThis).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  const restore = () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) if (!names.has(name)) delete globalThis[name];
    for (const [name, descriptor] of names) if (descriptor.configurable) Object.defineProperty(globalThis, name, descriptor);
  };
  const valueOf = (source, expression) => {
    try {
      const value = new Function(source + '\\n;return (' + expression + '\\n);')();
      return value !== null && typeof value === 'object' && 'then' in value ? null : { kind: 'value', value: plain(value) };
    } catch (reason) {
      const found = [];
      for (let at = reason && Object.getPrototypeOf(Object(reason)); at && found.length < 10; at = Object.getPrototypeOf(at)) found.push((at.constructor && at.constructor.name) || 'Object');
      return { kind: 'raised', names: found };
    } finally {
      restore();
    }
  };
  request.programs.forEach((source, at) => {
    const values = request.tests.map(({ expression }) => valueOf(source, expression));
    write.call(stdout, '\\n' + request.nonce + ' ' + stringify({ at, values: values.includes(null) ? null : values }) + '\\n');
  });
})();
`;

/**
 * What a program would need to reach another one's names: modules other than these, attributes of anything but `self`, names with two underscores, frames.
 * One that has any of it is run alone.
 */
const modules =
  /^(?:math|collections|itertools|functools|re|string|heapq|bisect|typing|statistics|fractions|decimal|dataclasses|datetime|copy|abc|enum|random)$/;
const reaching =
  /__|\b(?:open|exec|eval|compile|globals|locals|vars|setattr|delattr|exit|quit|breakpoint|help|SystemExit|update_wrapper|wraps|copyright|credits|license)\b|\b(?:f|gi|tb|cr|ag)_\w/;
const harmless = /__(?:init|str|repr|len|eq|lt|iter|next|name|main|add|contains|getitem)__/g;
const setsAttribute =
  /(?<!\bself)\.\w+\s*(?:\[[^\]\n]*\]\s*)?(?:,[^=\n]*)?(?:[-+*/%|&^@]|\/\/|\*\*|<<|>>)?=(?!=)|\bdel\b[^\n]*\.|\bfor\s+(?:(?!\sin\s)[^:\n])*\.|\bas\s+\w+\./;
/** What waits, reads, or tells this instance from another. */
const apart =
  /\b(?:require|import|export|process|globalThis|global|module|exports|async|await|Promise|eval|Function|print|console|__proto__)\b|\.(?:toString|valueOf|constructor)\s*=[^=]|\bset(?:Timeout|Interval)\b/;

export function canRunTogether(code: string, language: SandboxLanguage): boolean {
  if (code.length > 20_000 || code.includes('\0')) return false;
  if (language === 'javascript') return !apart.test(code);
  if (language !== 'python' || reaching.test(code.replace(harmless, ''))) return false;
  const lines = code.split('\n').filter((line) => /\bimport\b/.test(line));
  const known = lines.every((line) => {
    const found = /^\s*(?:import\s+([\w, ]+?)|from\s+(\w+)\s+import\s+[\w, *()]+)\s*(?:#.*)?$/.exec(line);
    const names = (found?.[1] ?? found?.[2] ?? '').split(',').map((name) => name.trim().split(/\s+as\s+/)[0] ?? '');
    return names.length > 0 && names.every((name) => modules.test(name));
  });
  // A line that only compares or calls is taken for one that sets, which costs a run of its own and nothing else.
  return known && !code.split('\n').some((line) => setsAttribute.test(line.replace(/\([^()]*\)/g, '()')));
}

/** `undefined` in a language, or for tests, whose programs are run alone. */
export function togetherProgram(language: SandboxLanguage, tests: readonly ExerciseTest[]): SandboxProgram | undefined {
  if (language === 'python') return { language, entry: 'together.py', files: { 'together.py': python } };
  if (language !== 'javascript' || tests.some(({ kind }) => kind === 'stdio')) return undefined;
  return { language, entry: 'together.js', files: { 'together.js': javascript } };
}

export function togetherInput(
  nonce: string,
  { entry, tests }: Pick<Exercise, 'entry' | 'tests'>,
  programs: readonly string[],
): string {
  const asked = tests.map((test: ExerciseTest) =>
    test.kind === 'stdio'
      ? { kind: 'stdio', input: test.input, expression: '' }
      : { kind: 'value', input: '', expression: test.expression },
  );
  return `${JSON.stringify({ nonce, entry, name: entry.replace(/\.\w+$/, ''), tests: asked, programs, seconds: secondsEach })}\n`;
}

/** Lines that were told, in their order; a line that is cut off is none. */
export function readTogether(stdout: string, nonce: string): TogetherLine[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith(`${nonce} `)) return [];
    try {
      return [JSON.parse(line.slice(nonce.length + 1)) as TogetherLine];
    } catch {
      return [];
    }
  });
}

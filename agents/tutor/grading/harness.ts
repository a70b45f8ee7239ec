/**
 * What evaluates an expression beside the student's code, in the sandbox. It is no secret and keeps none: it has the code, one expression and a nonce.
 * What it prints is the value; whether that is the right one is found outside.
 */
import type { SandboxLanguage, SandboxProgram } from '../../../src/sandbox.ts';

/** Languages whose expressions can be evaluated; tests of the others read their input and print. */
export const evaluatedLanguages: ReadonlySet<SandboxLanguage> = new Set(['python', 'javascript']);

/** `plain(value)`: a value as JSON can tell it. For a function that has `encode`. */
export const pythonPlainValue = `    def plain(value, depth=0):
        if depth > 60:
            return {'$repr': '...'}
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -(2 ** 53) < value < 2 ** 53 else {'$int': str(value)}
        if kind is float:
            return value if value == value and value not in (float('inf'), float('-inf')) else {'$float': repr(value)}
        if kind is list or kind is tuple:
            return [plain(each, depth + 1) for each in value]
        if kind is set or kind is frozenset:
            return {'$set': sorted((plain(each, depth + 1) for each in value), key=lambda each: encode(each, sort_keys=True))}
        if kind is dict:
            return {(key if type(key) is str else repr(key)): plain(each, depth + 1) for key, each in value.items()}
        for base in (bool, int, float, str, list, tuple, dict, set):
            if isinstance(value, base):
                return plain(base(value), depth + 1)
        if hasattr(value, '__next__') or type(value).__name__ in ('range', 'dict_keys', 'dict_values', 'dict_items', 'deque'):
            kept = []
            for each in value:
                kept.append(plain(each, depth + 1))
                if len(kept) >= 10000:
                    break
            return kept
        return {'$repr': repr(value)}`;

const python = `import sys


def _start():
    import io, json, os, types
    write, encode, raw = os.write, json.dumps, sys.stdin.readline()
    request = json.loads(raw)
    out = sys.stdout
    sys.stdin = io.StringIO('')

${pythonPlainValue}

    def tell(kind, value):
        try:
            out.flush()
        except BaseException:
            pass
        text = '\\n' + request['nonce'] + ' ' + encode({'kind': kind, 'value': value}) + '\\n'
        data = text.encode('utf-8', 'replace')
        while data:
            data = data[write(1, data):]

    def fail(error):
        import traceback
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        try:
            traceback.print_exception(type(error), error, trace, file=sys.__stderr__)
        except BaseException:
            pass
        sys.__stderr__.flush()
        tell('raised', [each.__name__ for each in type(error).__mro__])

    name = request['entry'].rsplit('.', 1)[0]
    module = types.ModuleType(name)
    module.__file__ = request['entry']
    sys.modules[name] = module
    sys.path.insert(0, '.')
    with open(request['entry'], encoding='utf-8') as file:
        source = file.read()
    import linecache
    lines = source.splitlines(True)
    linecache.cache[request['entry']] = (len(source), None, lines, request['entry'])
    try:
        code = compile(source, request['entry'], 'exec')
    except (SyntaxError, ValueError) as error:
        fail(error)
        return tell('refused', None)
    try:
        exec(code, module.__dict__)
        value = eval(request['expression'], module.__dict__)
        tell('value', plain(value))
    except BaseException as error:
        fail(error)


_start()
`;

/** The same in JavaScript; for a function that has `stringify`. */
export const javascriptPlainValue = `  const plain = (value, depth = 0) => {
    if (depth > 60) return { $repr: '...' };
    if (value === undefined || value === null) return null;
    if (typeof value === 'number') return Number.isFinite(value) ? value : { $float: String(value) };
    if (typeof value === 'bigint') return { $int: String(value) };
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value !== 'object') return { $repr: String(value) };
    if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
    if (value instanceof Set) return { $set: [...value].map((each) => plain(each, depth + 1)).sort((a, b) => (stringify(a) < stringify(b) ? -1 : 1)) };
    if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each, depth + 1)]));
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(value[key], depth + 1)]));
  };`;

const javascript = `(() => {
  const { readFileSync } = require('fs');
  const read = (from) => { const text = readFileSync(from, 'utf8'); return typeof text === 'string' ? text : String(text); };
  const request = JSON.parse(read(0).split('\\n')[0]);
  const { stringify } = JSON;
  const { write } = process.stdout;
  const stdout = process.stdout;
  const error = console.error;
  const tell = (kind, value) => { write.call(stdout, '\\n' + request.nonce + ' ' + stringify({ kind, value }) + '\\n'); };
${javascriptPlainValue}
  const fail = (reason) => {
    const names = [];
    for (let at = reason && Object.getPrototypeOf(Object(reason)); at && names.length < 10; at = Object.getPrototypeOf(at)) names.push((at.constructor && at.constructor.name) || 'Object');
    error(reason instanceof Error ? String(reason) + '\\n' + (reason.stack || '') : String(reason));
    tell('raised', names);
  };
  globalThis.require = require;
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  const source = read(request.entry);
  try { new Function(source); } catch (reason) { if (reason instanceof SyntaxError) { error(String(reason)); tell('refused', null); return; } }
  try {
    const value = (0, eval)(source + '\\n;(' + request.expression + '\\n)\\n//# sourceURL=' + request.entry);
    Promise.resolve(value).then((each) => tell('value', plain(each))).catch(fail);
  } catch (reason) {
    fail(reason);
  }
})();
`;

/** Where the harness is: a student's file cannot have that name. */
const harnesses: Readonly<Partial<Record<SandboxLanguage, { file: string; source: string }>>> = {
  python: { file: '_evaluate/evaluate.py', source: python },
  javascript: { file: '_evaluate.js', source: javascript },
};

/** The student's code by itself. */
export function plainProgram(language: SandboxLanguage, entry: string, code: string): SandboxProgram {
  return { language, entry, files: { [entry]: code } };
}

/** The student's code with what evaluates an expression beside it; `undefined` in a language whose expressions are not evaluated. */
export function evaluatingProgram(language: SandboxLanguage, entry: string, code: string): SandboxProgram | undefined {
  const harness = harnesses[language];
  if (harness === undefined) return undefined;
  return { language, entry: harness.file, files: { [entry]: code, [harness.file]: harness.source } };
}

/** The one line that the harness reads. */
export function evaluationInput(nonce: string, entry: string, expression: string): string {
  return `${JSON.stringify({ nonce, entry, expression })}\n`;
}

/** What an evaluation told, and what the student's code printed besides. */
export interface Told {
  told: { kind: 'value'; value: unknown } | { kind: 'raised'; names: readonly string[] } | { kind: 'refused' } | undefined;
  printed: string;
}

/** Reads what was printed. A line that is not in the form says nothing; of several the last holds, as of answers that are given twice. */
export function readEvaluation(stdout: string, nonce: string): Told {
  let told: Told['told'];
  const printed: string[] = [];
  for (const line of stdout.split('\n')) {
    if (!line.startsWith(`${nonce} `)) {
      printed.push(line);
      continue;
    }
    // The line feed before the line is the harness's.
    if (printed.at(-1) === '') printed.pop();
    told = parsed(line.slice(nonce.length + 1)) ?? told;
  }
  return { told, printed: printed.join('\n').replace(/\n$/, '') };
}

function parsed(text: string): Told['told'] {
  try {
    const { kind, value } = JSON.parse(text) as { kind?: unknown; value?: unknown };
    if (kind === 'value') return { kind, value };
    if (kind === 'raised' && Array.isArray(value)) return { kind, names: value.map(String) };
    return kind === 'refused' ? { kind } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a JavaScript program finds beside the language: a console, timers, its input and its files, as Node gives them to a small program. It runs
 * inside the interpreter, and reaches the host by the functions that begin with `__` alone.
 */
export const prelude = `
(() => {
  const host = { write: __write, file: __file, input: __input, exit: __exit, sleep: __sleep, jobs: __jobs };
  const args = JSON.parse(__arguments());
  for (const name of ['__write', '__file', '__input', '__exit', '__sleep', '__jobs', '__arguments']) delete globalThis[name];

  const quoted = (text) => {
    const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '\`';
    return quote + text.replace(/[\\\\\\n\\r\\t]/g, (sign) => ({ '\\\\': '\\\\\\\\', '\\n': '\\\\n', '\\r': '\\\\r', '\\t': '\\\\t' })[sign]) + quote;
  };
  const key = (name) => (typeof name === 'symbol' ? '[' + String(name) + ']' : /^[A-Za-z_$][\\w$]*$/.test(name) ? name : quoted(name));
  const inspect = (value, depth = 0, seen = []) => {
    if (typeof value === 'string') return depth === 0 ? value : quoted(value);
    if (typeof value === 'bigint') return value + 'n';
    if (Object.is(value, -0)) return '-0';
    if (typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return /^class\\b/.test(String(value)) ? '[class ' + value.name + ']' : value.name ? '[Function: ' + value.name + ']' : '[Function (anonymous)]';
    if (typeof value !== 'object' || value === null) return String(value);
    if (seen.includes(value)) return '[Circular *1]';
    if (value instanceof Error) return value.stack ? String(value) + '\\n' + value.stack.trimEnd() : String(value);
    if (value instanceof Date) return isNaN(value) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return 'Promise { <pending> }';
    const inner = (each) => inspect(each, depth + 1, [...seen, value]);
    const name = Object.getPrototypeOf(value)?.constructor?.name ?? '[Object: null prototype]';
    if (depth > 2) return Array.isArray(value) ? '[Array]' : '[' + name + ']';
    const joined = (parts, open, close) => {
      if (parts.length === 0) return open + close;
      const line = open + ' ' + parts.join(', ') + ' ' + close;
      const indent = '  '.repeat(depth + 1);
      return line.length <= 72 && !line.includes('\\n') ? line : open + '\\n' + indent + parts.join(',\\n' + indent) + '\\n' + '  '.repeat(depth) + close;
    };
    if (Array.isArray(value)) {
      const parts = value.slice(0, 100).map(inner);
      if (value.length > 100) parts.push('... ' + (value.length - 100) + ' more items');
      return joined(parts, (name === 'Array' ? '' : name + '(' + value.length + ') ') + '[', ']');
    }
    if (value instanceof Map) return joined([...value].map(([one, other]) => inner(one) + ' => ' + inner(other)), 'Map(' + value.size + ') {', '}');
    if (value instanceof Set) return joined([...value].map(inner), 'Set(' + value.size + ') {', '}');
    const parts = Reflect.ownKeys(value)
      .filter((each) => Object.prototype.propertyIsEnumerable.call(value, each))
      .map((each) => key(each) + ': ' + inner(value[each]));
    return joined(parts, (name === 'Object' ? '' : name + ' ') + '{', '}');
  };
  const format = (values) => {
    const rest = [...values];
    if (typeof rest[0] !== 'string' || rest.length === 1) return rest.map((each) => inspect(each)).join(' ');
    const first = rest.shift().replace(/%[sdifjoO%]/g, (sign) => {
      if (sign === '%%') return '%';
      if (rest.length === 0) return sign;
      const value = rest.shift();
      if (sign === '%s') return typeof value === 'string' ? value : inspect(value, 1);
      if (sign === '%d') return String(Number(value));
      if (sign === '%i') return String(parseInt(value, 10));
      if (sign === '%f') return String(parseFloat(value));
      if (sign === '%j') return JSON.stringify(value);
      return inspect(value, 1);
    });
    return [first, ...rest.map((each) => inspect(each))].join(' ');
  };
  const printer = (stream) => (...values) => host.write(stream, format(values) + '\\n');
  const log = printer(1);
  const error = printer(2);
  globalThis.console = { log, info: log, debug: log, error, warn: error, trace: error, dir: log, table: log, assert: (good, ...rest) => { if (!good) error('Assertion failed:', ...rest); } };
  globalThis.print = log;

  const timers = [];
  let count = 0;
  let clock = 0;
  const schedule = (work, ms, rest, every) => {
    const wait = Math.max(1, Number(ms) || 0);
    timers.push({ id: ++count, at: clock + wait, run: () => work(...rest), every: every ? wait : undefined });
    return count;
  };
  const clear = (id) => { const at = timers.findIndex((each) => each.id === id); if (at >= 0) timers.splice(at, 1); };
  globalThis.setTimeout = (work, ms, ...rest) => schedule(work, ms, rest, false);
  globalThis.setInterval = (work, ms, ...rest) => schedule(work, ms, rest, true);
  globalThis.setImmediate = (work, ...rest) => schedule(work, 0, rest, false);
  globalThis.clearTimeout = globalThis.clearInterval = globalThis.clearImmediate = clear;
  globalThis.queueMicrotask = (work) => { Promise.resolve().then(work); };
  Object.defineProperty(globalThis, '__timers', { value: () => {
    while (timers.length > 0) {
      timers.sort((one, other) => one.at - other.at || one.id - other.id);
      const next = timers.shift();
      host.sleep(next.at - clock);
      clock = next.at;
      if (next.every !== undefined) timers.push({ ...next, at: clock + next.every });
      next.run();
      host.jobs();
    }
    const { exitCode } = globalThis.process ?? {};
    if (Number.isInteger(exitCode) && exitCode !== 0) host.exit(exitCode);
  } });

  let lines;
  globalThis.readline = () => { lines ??= host.input().replace(/\\n$/, '').split(/\\r?\\n/); return lines.shift() ?? null; };
  globalThis.prompt = (question) => { if (question !== undefined) host.write(1, String(question)); return globalThis.readline(); };
  const noFile = (path) => Object.assign(new Error("ENOENT: no such file or directory, open '" + path + "'"), { code: 'ENOENT' });
  const fs = { readFileSync: (path, options) => {
    const text = path === 0 || path === '/dev/stdin' ? host.input() : host.file(String(path).replace(/^\\.\\//, ''));
    if (text === null) throw noFile(path);
    return options === undefined ? { toString: () => text } : text;
  } };
  globalThis.process = {
    argv: ['node', ...args], env: {}, platform: 'sandbox', exitCode: undefined, nextTick: (work, ...rest) => { Promise.resolve().then(() => work(...rest)); },
    stdout: { write: (text) => { host.write(1, String(text)); return true; } },
    stderr: { write: (text) => { host.write(2, String(text)); return true; } },
    exit: (code = 0) => { host.exit(code); for (;;) {} },
  };

  const modules = new Map([['fs', fs], ['node:fs', fs]]);
  const resolve = (base, name) => {
    const parts = base.split('/').slice(0, -1);
    for (const part of name.split('/')) { if (part === '..') parts.pop(); else if (part !== '.') parts.push(part); }
    const path = parts.join('/');
    return [path, path + '.js', path + '.json', path + '/index.js'].find((each) => host.file(each) !== null);
  };
  const load = (path) => {
    if (modules.has(path)) return modules.get(path).exports;
    const module = { exports: {} };
    modules.set(path, module);
    const source = host.file(path);
    if (path.endsWith('.json')) module.exports = JSON.parse(source);
    else {
      const require = (name) => {
        if (!name.startsWith('.')) {
          if (modules.has(name)) return modules.get(name);
          throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
        }
        const found = resolve(path, name);
        if (found === undefined) throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
        return load(found);
      };
      require.main = module;
      new Function('module', 'exports', 'require', source.replace(/^#!.*/, '') + '\\n//# sourceURL=' + path).call(module.exports, module, module.exports, require);
    }
    return module.exports;
  };
  Object.defineProperty(globalThis, '__main', { value: (entry) => { load(entry); } });
})();
`;

/**
 * What runs tests of JavaScript in the sandbox, in QuickJS and in Node alike. It takes what it uses of the language before any code of the project is loaded,
 * gives that code modules of its own instead of Node's, and keeps the nonce of its report in a closure. What of the language was changed is found
 * after each test, and no result counts then.
 */
export const scriptHarness = `'use strict';
(() => {
  const native = typeof process.versions === 'object' && process.versions !== null;
  const realFs = require('fs');
  const raw = String(realFs.readFileSync(0, 'utf8'));
  const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;
  const stringify = JSON.stringify;
  const { freeze, create, is } = Object;
  const isArray = Array.isArray;
  const request = JSON.parse(raw);
  const nonce = request.nonce;
  request.nonce = '';
  const realProcess = process;
  const exit = realProcess.exit;
  const writeSync = native ? realFs.writeSync : undefined;
  const stdout = native ? undefined : realProcess.stdout;
  const streamWrite = native ? undefined : stdout.write;
  const write = (text) => {
    if (!native) { apply(streamWrite, stdout, [text]); return; }
    for (let tries = 0; tries < 1000; tries++) { try { writeSync(1, text); return; } catch (error) { if (error.code !== 'EAGAIN') throw error; } }
  };
  const NativeFunction = Function;
  const AsyncFunction = (async () => {}).constructor;
  const realRequire = require;
  let number = 0;
  const quoted = (value) => value === undefined || value === null ? 'null' : typeof value === 'string' ? stringify(value) : typeof value === 'number' || typeof value === 'boolean' ? '' + value : 'null';
  const numbers = (set) => { let text = ''; apply(setForEach, set, [(each) => { text += (text === '' ? '' : ',') + each; }]); return '[' + text + ']'; };
  const setForEach = Set.prototype.forEach;
  const setHas = Set.prototype.has;
  const setAdd = Set.prototype.add;
  const setClear = Set.prototype.clear;
  const tell = (kind, names, values) => {
    number += 1;
    let text = '{"kind":' + stringify(kind) + ',"number":' + number;
    for (let at = 0; at < names.length; at++) text += ',' + stringify(names[at]) + ':' + quoted(values[at]);
    write('\\n' + nonce + ' ' + text + '}\\n');
  };

  // What of the language must be as it was.
  const watched = [];
  const note = (target, ignored, closed) => {
    const keys = ownKeys(target);
    const kept = [];
    for (let at = 0; at < keys.length; at++) {
      if (ignored !== undefined && ignored[keys[at]] === true) continue;
      kept[kept.length] = [keys[at], getOwnPropertyDescriptor(target, keys[at])];
    }
    watched[watched.length] = [target, kept, closed === true ? keys.length : -1];
  };
  for (const each of [Object, Function, Array, String, Number, Boolean, Symbol, Map, Set, WeakMap, WeakSet, Promise, RegExp, TypeError, RangeError, SyntaxError]) {
    note(each, { lastMatch: true, input: true, lastParen: true, leftContext: true, rightContext: true });
    note(each.prototype, undefined, each === Object || each === Array || each === Promise || each === Function);
  }
  note(Error, { stackTraceLimit: true, prepareStackTrace: true, captureStackTrace: true });
  note(Error.prototype);
  note(JSON);
  note(Reflect);
  note(getPrototypeOf([][Symbol.iterator]()));
  const touched = () => {
    for (let at = 0; at < watched.length; at++) {
      const target = watched[at][0];
      const kept = watched[at][1];
      if (watched[at][2] >= 0 && ownKeys(target).length !== watched[at][2]) return 'an added member';
      for (let nth = 0; nth < kept.length; nth++) {
        const now = getOwnPropertyDescriptor(target, kept[nth][0]);
        const before = kept[nth][1];
        if (now === undefined || now.value !== before.value && !is(now.value, before.value) || now.get !== before.get || now.set !== before.set) return typeof kept[nth][0] === 'string' ? kept[nth][0] : 'a symbol';
      }
    }
    return undefined;
  };

  // Lines that ran, by file.
  const hits = [];
  const totals = [];
  for (let at = 0; at < request.files.length; at++) { hits[at] = new Set(); totals[at] = new Set(); }
  const wanted = request.wanted.map((lines) => lines === null ? undefined : new Set(lines));
  const asserting = request.asserting.map((lines) => lines === null ? undefined : new Set(lines));
  let anyWanted = false;
  for (let at = 0; at < wanted.length; at++) if (wanted[at] !== undefined && wanted[at].size > 0) anyWanted = true;
  let lastFile = -1;
  let lastLine = 0;
  const line = freeze((file, at) => {
    const set = hits[file];
    if (set === undefined || typeof at !== 'number') return;
    if (request.tested[file] === true) { lastFile = file; lastLine = at; }
    apply(setAdd, set, [at]);
  });
  const take = () => {
    let asserted = false;
    let reached = !anyWanted;
    for (let file = 0; file < hits.length; file++) {
      apply(setForEach, hits[file], [(at) => {
        apply(setAdd, totals[file], [at]);
        if (wanted[file] !== undefined && apply(setHas, wanted[file], [at])) reached = true;
        if (asserting[file] !== undefined && apply(setHas, asserting[file], [at])) asserted = true;
      }]);
      apply(setClear, hits[file], []);
    }
    return { __proto__: null, asserted, reached };
  };

  const messageOf = (error) => {
    try {
      if (error !== null && typeof error === 'object') {
        const name = typeof error.name === 'string' ? error.name : 'Error';
        const message = typeof error.message === 'string' ? error.message : '';
        return (name + ': ' + message).slice(0, 600);
      }
      return typeof error === 'symbol' ? 'Symbol' : ('' + error).slice(0, 600);
    } catch { return 'The message cannot be shown.'; }
  };
  const placeOf = (error) => {
    try {
      const stack = '' + error.stack;
      let best;
      for (const path of request.paths) {
        const at = stack.indexOf(path + ':');
        if (at >= 0 && (best === undefined || at < best.at)) best = { at, path, line: parseInt(stack.slice(at + path.length + 1), 10) };
      }
      return best === undefined || !(best.line > 0) ? undefined : { path: best.path, line: best.line - request.offset };
    } catch { return undefined; }
  };

  const environment = { request, native, realRequire, freeze, create, is, isArray, apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor, defineProperty, stringify };
  const modules = BUILTINS(environment);
  const framework = FRAMEWORK(environment, modules);
  modules.set('node:test', framework.test);
  for (const name of ['vitest', '@jest/globals', 'bun:test']) modules.set(name, framework.expecting);

  const missing = new Set();
  const loaded = new Map();
  const sources = new Map(request.modules.map((each) => [each.path, each]));
  const bases = (path) => { const parts = path.split('/'); parts.pop(); return parts; };
  const resolved = (from, name) => {
    const parts = bases(from);
    for (const part of name.split('/')) { if (part === '..') parts.pop(); else if (part !== '.' && part !== '') parts.push(part); }
    const path = parts.join('/');
    const plain = path.replace(/\\.(m|c)?jsx?$/, '');
    const tried = [path, plain + '.ts', plain + '.tsx', plain + '.mts', path + '.ts', path + '.tsx', path + '.js', path + '.mjs', path + '.cjs', path + '.jsx', path + '.json', path + '/index.ts', path + '/index.js', path + '/index.mjs'];
    return tried.find((each) => sources.has(each));
  };
  const needed = (name) => { missing.add(name); throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND', timonelMissing: name }); };
  const requireFrom = (from) => {
    const require = (name) => {
      if (typeof name !== 'string') throw new TypeError('The name of a module is a string.');
      if (name.startsWith('.') || name.startsWith('/')) {
        const path = resolved(name.startsWith('/') ? '' : from, name);
        if (path === undefined) throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
        return load(path);
      }
      const plain = modules.has(name) ? name : 'node:' + name;
      return modules.has(plain) ? modules.get(plain) : needed(name);
    };
    require.resolve = (name) => name;
    return require;
  };
  const meta = (path) => ({ url: 'file:///' + path, filename: '/' + path, dirname: '/' + bases(path).join('/'), main: false, resolve: (name) => 'file:///' + (resolved(path, name) || name) });
  const compiled = (source, asynchronous) => new (asynchronous ? AsyncFunction : NativeFunction)('exports', 'require', 'module', '__filename', '__dirname', request.lineName, request.metaName, source.code + '\\n//# sourceURL=' + source.path);
  const load = (path) => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const source = sources.get(path);
    const module = { exports: {}, id: path, filename: '/' + path, children: [], paths: [] };
    loaded.set(path, module);
    if (source.kind === 'json') module.exports = JSON.parse(source.code);
    else {
      const require = requireFrom(path);
      require.main = undefined;
      require.cache = {};
      apply(compiled(source, false), module.exports, [module.exports, require, module, '/' + path, '/' + bases(path).join('/'), line, meta(path)]);
    }
    return module.exports;
  };

  // Everything is compiled before anything of it runs: what is written later is not what runs.
  const entries = [];
  for (const path of request.tests) {
    const source = sources.get(path);
    try { entries.push({ path, run: compiled(source, source.waits) }); } catch (error) { entries.push({ path, error }); }
  }
  for (const name of ['readline', 'prompt', 'print', 'require', 'module', 'exports', 'fetch', 'WebSocket', 'EventSource', '__filename']) { try { delete globalThis[name]; } catch { /* It stays. */ } }
  const silent = () => {};
  const slim = {
    env: {}, argv: ['node', 'test'], execArgv: [], platform: 'linux', arch: 'x64', version: 'v24.0.0', versions: { node: '24.0.0' }, pid: 1, exitCode: undefined,
    cwd: () => '/', exit: (code) => { throw new Error('process.exit(' + (code === undefined ? '' : code) + ') was called.'); }, nextTick: (work, ...rest) => { queueMicrotask(() => work(...rest)); },
    on: () => slim, once: () => slim, off: () => slim, removeListener: () => slim, emit: () => false, emitWarning: silent, uptime: () => 1, memoryUsage: () => ({ heapUsed: 1e7, rss: 1e7 }),
    hrtime: Object.assign(() => [Math.floor(Date.now() / 1000), (Date.now() % 1000) * 1e6], { bigint: () => BigInt(Date.now()) * 1000000n }),
    stdout: { write: () => true, isTTY: false }, stderr: { write: () => true, isTTY: false }, stdin: { isTTY: false },
  };
  slim.abort = slim.kill = slim.reallyExit = slim.exit;
  globalThis.process = slim;
  modules.set('node:process', slim);
  const quiet = {};
  for (const name of ['log', 'info', 'debug', 'error', 'warn', 'trace', 'dir', 'table', 'assert', 'group', 'groupEnd', 'time', 'timeEnd', 'count']) quiet[name] = () => {};
  globalThis.console = quiet;
  if (native) {
    realRequire('node:module').registerHooks({
      resolve: () => { throw new Error('The test runner has no modules but those of the project.'); },
      load: () => { throw new Error('The test runner has no modules but those of the project.'); },
    });
    realProcess.on('unhandledRejection', (error) => { failLate(error); });
    realProcess.on('uncaughtException', (error) => { failLate(error); });
  }
  const late = [];
  const failLate = (error) => { late[late.length] = error; };
  for (const name of ['describe', 'it', 'test', 'expect', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll', 'vi', 'jest']) if (!(name in globalThis)) globalThis[name] = framework.expecting[name];
  // What runs the tests cannot be written over.
  for (const name of ['NaN']) void name;

  const { failures } = modules.internal;
  const told = (name, outcome, error) => {
    const facts = take();
    if (outcome === 'passed' && failures.count > 0) { outcome = 'failed'; error = new Error('An assertion failed, and the failure was swallowed.'); }
    failures.count = 0;
    const what = touched();
    if (what !== undefined) tell('tampered', ['what'], [what]);
    const lacking = error !== null && typeof error === 'object' ? hostName(error) : undefined;
    if (lacking !== undefined) tell('missing', ['module'], [lacking]);
    const place = outcome === 'failed' ? placeOf(error) || (lastFile >= 0 ? { path: request.files[lastFile], line: lastLine } : undefined) : undefined;
    tell('test', ['name', 'outcome', 'message', 'path', 'line', 'asserted', 'reached'], [name, outcome, outcome === 'passed' ? '' : messageOf(error), place && place.path, place && place.line, facts.asserted, facts.reached]);
  };
  const hosts = ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Buffer', 'crypto', 'performance', 'AbortController', 'AbortSignal', 'structuredClone', 'Blob', 'FormData', 'Headers', 'Request', 'Response', 'ReadableStream', 'Intl', 'atob', 'btoa', 'EventTarget', 'Event', 'document', 'window', 'localStorage'];
  const hostName = (error) => {
    try {
      if (typeof error.timonelMissing === 'string') return error.timonelMissing;
      if (error.name !== 'ReferenceError') return undefined;
      for (let at = 0; at < hosts.length; at++) if (error.message === hosts[at] + ' is not defined' || error.message === "'" + hosts[at] + "' is not defined") return hosts[at];
    } catch { return undefined; }
    return undefined;
  };

  const main = async () => {
    for (let nth = 0; nth < entries.length; nth++) {
      const entry = entries[nth];
      const path = entry.path;
      take();
      tell('began', ['name'], [path]);
      tell('style', ['style'], ['node-test']);
      if (entry.error !== undefined) { told(path, 'failed', entry.error); continue; }
      framework.begin();
      const module = { exports: {} };
      try {
        const running = apply(entry.run, module.exports, [module.exports, requireFrom(path), module, '/' + path, '/' + bases(path).join('/'), line, meta(path)]);
        await running;
      } catch (error) {
        told(path, 'failed', error);
        continue;
      }
      const count = await framework.run(path, (name) => { take(); tell('began', ['name'], [name]); }, told);
      if (count === 0) told(path, 'passed', undefined);
    }
    const what = touched();
    if (what !== undefined) tell('tampered', ['what'], [what]);
    if (failures.count > 0) told('late', 'failed', new Error('An assertion failed after its test had ended.'));
    for (let at = 0; at < late.length; at++) told('unhandled', 'failed', late[at]);
    if (slim.exitCode !== undefined && slim.exitCode !== 0) told('process.exitCode', 'failed', new Error('process.exitCode was set.'));
    take();
    let ran = '';
    for (let at = 0; at < totals.length; at++) ran += (at === 0 ? '' : ',') + '[' + stringify(request.files[at]) + ',' + numbers(totals[at]) + ']';
    number += 1;
    write('\\n' + nonce + ' {"kind":"finished","number":' + number + ',"ran":[' + ran + ']}\\n');
    apply(exit, realProcess, [0]);
  };
  main();
})();
`;

/** What code of the project gets instead of Node's modules: the same in QuickJS and in Node. A part of the harness in the sandbox. */
export const scriptBuiltins = `const BUILTINS = ({ request, native, realRequire, freeze, create, is, isArray, apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor }) => {
  const mapGet = Map.prototype.get, mapHas = Map.prototype.has, mapForEach = Map.prototype.forEach, setForEach = Set.prototype.forEach, setHas = Set.prototype.has;
  const getTime = Date.prototype.getTime, NativeMap = Map, NativeSet = Set, NativeDate = Date, NativeRegExp = RegExp, NativeError = Error, NativePromise = Promise, NativeString = String;
  const objectIsPrototypeOf = Object.prototype.isPrototypeOf, regExpTest = RegExp.prototype.exec, enumerable = Object.prototype.propertyIsEnumerable;
  const within = (kind, value) => apply(objectIsPrototypeOf, kind.prototype, [value]);

  const shown = (value, depth = 0) => {
    try {
      if (typeof value === 'string') return JSON.stringify(value);
      if (typeof value === 'bigint') return value + 'n';
      if (typeof value === 'function') return '[Function' + (value.name ? ': ' + value.name : '') + ']';
      if (typeof value === 'symbol') return NativeString(value);
      if (is(value, -0)) return '-0';
      if (typeof value !== 'object' || value === null) return '' + value;
      if (within(NativeError, value)) return value.name + ': ' + value.message;
      if (depth > 3) return isArray(value) ? '[Array]' : '[Object]';
      if (within(NativeDate, value)) return value.toISOString();
      if (within(NativeRegExp, value)) return '' + value;
      if (isArray(value)) return '[' + value.slice(0, 50).map((each) => shown(each, depth + 1)).join(', ') + ']';
      if (within(NativeMap, value)) return 'Map {' + [...value].slice(0, 50).map(([key, each]) => shown(key, depth + 1) + ' => ' + shown(each, depth + 1)).join(', ') + '}';
      if (within(NativeSet, value)) return 'Set {' + [...value].slice(0, 50).map((each) => shown(each, depth + 1)).join(', ') + '}';
      return '{' + Object.keys(value).slice(0, 50).map((key) => key + ': ' + shown(value[key], depth + 1)).join(', ') + '}';
    } catch { return '[value]'; }
  };

  const keysOf = (value) => { const all = ownKeys(value); const kept = []; for (let at = 0; at < all.length; at++) if (apply(enumerable, value, [all[at]])) kept[kept.length] = all[at]; return kept; };
  const deepEqual = (one, other, strict, seen = []) => {
    if (is(one, other)) return true;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return !strict && (one == other || (one !== one && other !== other));
    if (one !== null && typeof one.asymmetricMatch === 'function' || typeof other.asymmetricMatch === 'function') return typeof other.asymmetricMatch === 'function' ? other.asymmetricMatch(one) : one.asymmetricMatch(other);
    if (strict === true && getPrototypeOf(one) !== getPrototypeOf(other)) return false;
    if (isArray(one) !== isArray(other)) return false;
    for (let at = 0; at < seen.length; at++) if (seen[at][0] === one && seen[at][1] === other) return true;
    const inner = [];
    for (let at = 0; at < seen.length; at++) inner[at] = seen[at];
    inner[inner.length] = [one, other];
    if (within(NativeDate, one) || within(NativeDate, other)) { if (!(within(NativeDate, one) && within(NativeDate, other)) || !is(apply(getTime, one, []), apply(getTime, other, []))) return false; }
    if (within(NativeRegExp, one) || within(NativeRegExp, other)) { if ('' + one !== '' + other) return false; }
    if (within(NativeError, one) || within(NativeError, other)) { if (one.name !== other.name || one.message !== other.message) return false; }
    if (within(NativeMap, one) !== within(NativeMap, other) || within(NativeSet, one) !== within(NativeSet, other)) return false;
    if (within(NativeMap, one)) {
      if (one.size !== other.size) return false;
      let same = true;
      apply(mapForEach, one, [(value, key) => {
        if (!same) return;
        if (apply(mapHas, other, [key])) { same = deepEqual(value, apply(mapGet, other, [key]), strict, inner); return; }
        let found = false;
        apply(mapForEach, other, [(each, name) => { if (!found && typeof name === 'object' && deepEqual(key, name, strict, inner) && deepEqual(value, each, strict, inner)) found = true; }]);
        same = found;
      }]);
      return same;
    }
    if (within(NativeSet, one)) {
      if (one.size !== other.size) return false;
      let same = true;
      apply(setForEach, one, [(value) => {
        if (!same || apply(setHas, other, [value])) return;
        let found = false;
        apply(setForEach, other, [(each) => { if (!found && deepEqual(value, each, strict, inner)) found = true; }]);
        same = found;
      }]);
      return same;
    }
    const left = keysOf(one);
    const right = keysOf(other);
    if (left.length !== right.length || (isArray(one) && one.length !== other.length)) return false;
    for (let at = 0; at < left.length; at++) {
      if (getOwnPropertyDescriptor(other, left[at]) === undefined) return false;
      if (!deepEqual(one[left[at]], other[left[at]], strict, inner)) return false;
    }
    return true;
  };

  class AssertionError extends NativeError {
    constructor(options) {
      super(typeof options.message === 'string' ? options.message : 'Assertion failed');
      this.name = 'AssertionError';
      this.code = 'ERR_ASSERTION';
      this.actual = options.actual;
      this.expected = options.expected;
      this.operator = options.operator;
    }
  }
  // How many assertions failed: a test that passes all the same swallowed one.
  const failures = { count: 0 };
  const failing = (message, made, actual, expected, operator) => {
    failures.count += 1;
    if (message !== undefined && typeof message === 'object' && within(NativeError, message)) throw message;
    throw new AssertionError({ message: message === undefined ? made() : '' + message, actual, expected, operator });
  };
  const fits = (error, expected) => {
    if (expected === undefined) return true;
    if (within(NativeRegExp, expected)) return apply(regExpTest, expected, ['' + error]) !== null;
    if (typeof expected === 'function') {
      if (expected.prototype !== undefined && expected.prototype !== null && (expected === NativeError || within(NativeError, expected.prototype))) return within(expected, error);
      return expected(error) === true;
    }
    if (typeof expected === 'object' && expected !== null) {
      const keys = within(NativeError, expected) ? ['name', 'message'] : keysOf(expected);
      for (let at = 0; at < keys.length; at++) {
        const wanted = expected[keys[at]];
        const has = error[keys[at]];
        if (!(typeof wanted === 'object' && wanted !== null && within(NativeRegExp, wanted) && typeof has === 'string' ? apply(regExpTest, wanted, [has]) !== null : deepEqual(has, wanted, true))) return false;
      }
      return true;
    }
    return true;
  };
  const ok = (value, message) => { if (!value) failing(message, () => 'The value is ' + shown(value) + ', and should be truthy', value, true, '=='); };
  const compare = (test, word, operator) => (actual, expected, message) => { if (!test(actual, expected)) failing(message, () => shown(actual) + ' ' + word + ' ' + shown(expected), actual, expected, operator); };
  const thrown = (error, expected, message) => {
    const said = typeof expected === 'string' ? undefined : expected;
    if (!fits(error, said)) failing(typeof message === 'string' ? message : undefined, () => 'It threw ' + shown(error) + ', which is not what was expected', error, expected, 'throws');
  };
  const methods = {
    ok,
    equal: compare((a, b) => a == b || (a !== a && b !== b), '!=', '=='),
    notEqual: compare((a, b) => !(a == b || (a !== a && b !== b)), '==', '!='),
    strictEqual: compare((a, b) => is(a, b), '!==', 'strictEqual'),
    notStrictEqual: compare((a, b) => !is(a, b), '===', 'notStrictEqual'),
    deepEqual: compare((a, b) => deepEqual(a, b, false), 'is not deeply equal to', 'deepEqual'),
    deepStrictEqual: compare((a, b) => deepEqual(a, b, true), 'is not deeply equal to', 'deepStrictEqual'),
    notDeepEqual: compare((a, b) => !deepEqual(a, b, false), 'is deeply equal to', 'notDeepEqual'),
    notDeepStrictEqual: compare((a, b) => !deepEqual(a, b, true), 'is deeply equal to', 'notDeepStrictEqual'),
    match: compare((a, b) => typeof a === 'string' && apply(regExpTest, b, [a]) !== null, 'does not match', 'match'),
    doesNotMatch: compare((a, b) => typeof a === 'string' && apply(regExpTest, b, [a]) === null, 'matches', 'doesNotMatch'),
    fail: (message) => failing(message, () => 'Failed', undefined, undefined, 'fail'),
    ifError: (value) => { if (value !== null && value !== undefined) throw value; },
    throws: (work, expected, message) => {
      let caught;
      const before = failures.count;
      try { work(); } catch (error) { caught = { error }; }
      failures.count = before;
      if (caught === undefined) failing(typeof expected === 'string' ? expected : message, () => 'Missing expected exception', undefined, expected, 'throws');
      thrown(caught.error, expected, message);
    },
    doesNotThrow: (work, expected, message) => { try { work(); } catch (error) { failing(message, () => 'It threw ' + shown(error), error, expected, 'doesNotThrow'); } },
    rejects: async (work, expected, message) => {
      let caught;
      const before = failures.count;
      try { await (typeof work === 'function' ? work() : work); } catch (error) { caught = { error }; }
      failures.count = before;
      if (caught === undefined) failing(typeof expected === 'string' ? expected : message, () => 'Missing expected rejection', undefined, expected, 'rejects');
      thrown(caught.error, expected, message);
    },
    doesNotReject: async (work, expected, message) => { try { await (typeof work === 'function' ? work() : work); } catch (error) { failing(message, () => 'It was rejected with ' + shown(error), error, expected, 'doesNotReject'); } },
    AssertionError,
  };
  const assertion = (strict) => {
    const made = (value, message) => ok(value, message);
    for (const name of ownKeys(methods)) made[name] = methods[name];
    if (strict) { made.equal = methods.strictEqual; made.notEqual = methods.notStrictEqual; made.deepEqual = methods.deepStrictEqual; made.notDeepEqual = methods.notDeepStrictEqual; }
    made.default = made;
    made.__esModule = true;
    return made;
  };
  const strict = assertion(true);
  strict.strict = strict;
  const assert = assertion(false);
  assert.strict = strict;
  for (const each of ownKeys(methods)) if (typeof methods[each] === 'function') freeze(methods[each]);
  freeze(AssertionError.prototype);
  freeze(strict);
  freeze(assert);

  const files = new NativeMap(request.data);
  const folders = new NativeSet(['']);
  const named = (path) => { const parts = []; for (const part of NativeString(path && path.href ? path.pathname : path).split('/')) { if (part === '..') parts.pop(); else if (part !== '' && part !== '.') parts.push(part); } return parts.join('/'); };
  const fault = (code, path) => Object.assign(new NativeError(code + ": '" + path + "'"), { code, path });
  const isFolder = (path) => folders.has(path) || [...files.keys()].some((each) => each.startsWith(path + '/'));
  const fsSync = {
    readFileSync: (path, options) => { const text = files.get(named(path)); if (text === undefined) throw fault('ENOENT', path); return options === undefined && native ? realRequire('node:buffer').Buffer.from(text) : text; },
    writeFileSync: (path, text) => { if (files.size > 500 || NativeString(text).length > 4e6) throw fault('ENOSPC', path); files.set(named(path), NativeString(text)); },
    appendFileSync: (path, text) => { fsSync.writeFileSync(path, (files.get(named(path)) || '') + text); },
    existsSync: (path) => files.has(named(path)) || isFolder(named(path)),
    mkdirSync: (path) => { folders.add(named(path)); }, mkdtempSync: (path) => { const made = path + folders.size; folders.add(named(made)); return made; },
    rmSync: (path) => { const name = named(path); for (const each of [...files.keys()]) if (each === name || each.startsWith(name + '/')) files.delete(each); folders.delete(name); },
    unlinkSync: (path) => { if (!files.delete(named(path))) throw fault('ENOENT', path); },
    readdirSync: (path) => { const name = named(path); const prefix = name === '' ? '' : name + '/'; return [...new NativeSet([...files.keys(), ...folders].filter((each) => each.startsWith(prefix) && each !== name).map((each) => each.slice(prefix.length).split('/')[0]))].sort(); },
    statSync: (path) => { const name = named(path); const text = files.get(name); if (text === undefined && !isFolder(name)) throw fault('ENOENT', path); return { isFile: () => text !== undefined, isDirectory: () => text === undefined, size: text === undefined ? 0 : text.length, mtimeMs: 0, mtime: new NativeDate(0) }; },
    renameSync: (from, to) => { fsSync.writeFileSync(to, fsSync.readFileSync(from, 'utf8')); fsSync.unlinkSync(from); }, accessSync: (path) => { if (!fsSync.existsSync(path)) throw fault('ENOENT', path); },
    copyFileSync: (from, to) => { fsSync.writeFileSync(to, fsSync.readFileSync(from, 'utf8')); },
  };
  fsSync.rmdirSync = fsSync.rmSync;
  const promised = {};
  for (const name of Object.keys(fsSync)) promised[name.replace(/Sync$/, '')] = async (...args) => fsSync[name](...args);
  const fs = { ...fsSync, promises: promised };

  const normal = (path) => { const absolute = path.startsWith('/'); const parts = []; for (const part of path.split('/')) { if (part === '..') { if (parts.length > 0 && parts.at(-1) !== '..') parts.pop(); else if (!absolute) parts.push('..'); } else if (part !== '' && part !== '.') parts.push(part); } return (absolute ? '/' : '') + parts.join('/') || (absolute ? '/' : '.'); };
  const path = {
    sep: '/', delimiter: ':', normalize: normal, join: (...parts) => normal(parts.filter((each) => each !== '').join('/')), isAbsolute: (each) => each.startsWith('/'),
    resolve: (...parts) => { let made = ''; for (const part of parts) made = part.startsWith('/') ? part : made + '/' + part; return normal('/' + made); },
    dirname: (each) => { const at = each.replace(/\\/+$/, '').lastIndexOf('/'); return at < 0 ? '.' : at === 0 ? '/' : each.slice(0, at); },
    basename: (each, end) => { const name = each.replace(/\\/+$/, '').split('/').at(-1); return end && name.endsWith(end) && name !== end ? name.slice(0, -end.length) : name; },
    extname: (each) => { const name = each.split('/').at(-1); const at = name.lastIndexOf('.'); return at <= 0 ? '' : name.slice(at); },
    relative: (from, to) => { const one = path.resolve(from).split('/').filter(Boolean); const other = path.resolve(to).split('/').filter(Boolean); let same = 0; while (same < one.length && one[same] === other[same]) same += 1; return [...one.slice(same).map(() => '..'), ...other.slice(same)].join('/'); },
    parse: (each) => { const base = path.basename(each); const ext = path.extname(each); return { root: each.startsWith('/') ? '/' : '', dir: path.dirname(each), base, ext, name: ext ? base.slice(0, -ext.length) : base }; },
    format: (each) => (each.dir ? each.dir + '/' : '') + (each.base || (each.name || '') + (each.ext || '')),
  };
  path.posix = path;

  class EventEmitter {
    on(name, work) { this._events ??= new NativeMap(); const list = this._events.get(name) || []; list.push(work); this._events.set(name, list); return this; }
    addListener(name, work) { return this.on(name, work); }
    prependListener(name, work) { this.on(name, work); const list = this._events.get(name); list.unshift(list.pop()); return this; }
    once(name, work) { const wrapped = (...args) => { this.off(name, wrapped); work.apply(this, args); }; wrapped.listener = work; return this.on(name, wrapped); }
    off(name, work) { const list = (this._events && this._events.get(name)) || []; const at = list.findIndex((each) => each === work || each.listener === work); if (at >= 0) list.splice(at, 1); return this; }
    removeListener(name, work) { return this.off(name, work); }
    removeAllListeners(name) { if (this._events) { if (name === undefined) this._events.clear(); else this._events.delete(name); } return this; }
    emit(name, ...args) { const list = (this._events && this._events.get(name)) || []; if (list.length === 0) { if (name === 'error') throw args[0] || new NativeError('Unhandled error'); return false; } for (const work of [...list]) work.apply(this, args); return true; }
    listeners(name) { return [...((this._events && this._events.get(name)) || [])]; }
    listenerCount(name) { return this.listeners(name).length; }
    eventNames() { return this._events ? [...this._events.keys()] : []; }
    setMaxListeners() { return this; }
  }
  const events = Object.assign(EventEmitter, { EventEmitter, default: EventEmitter, once: (emitter, name) => new NativePromise((resolve) => emitter.once(name, (...args) => resolve(args))) });
  const format = (...args) => { const rest = [...args]; if (typeof rest[0] !== 'string') return rest.map((each) => typeof each === 'string' ? each : shown(each)).join(' '); const first = rest.shift().replace(/%[sdijoO%]/g, (sign) => sign === '%%' ? '%' : rest.length === 0 ? sign : sign === '%d' || sign === '%i' ? NativeString(Number(rest.shift())) : sign === '%j' ? JSON.stringify(rest.shift()) : typeof rest[0] === 'string' ? rest.shift() : shown(rest.shift())); return [first, ...rest.map((each) => typeof each === 'string' ? each : shown(each))].join(' '); };
  const util = {
    inspect: (value) => shown(value), format, isDeepStrictEqual: (one, other) => deepEqual(one, other, true), deprecate: (work) => work, inherits: (one, other) => { Object.setPrototypeOf(one.prototype, other.prototype); },
    promisify: (work) => (...args) => new NativePromise((resolve, reject) => work(...args, (error, value) => (error ? reject(error) : resolve(value)))),
    types: { isPromise: (value) => within(NativePromise, value), isRegExp: (value) => within(NativeRegExp, value), isDate: (value) => within(NativeDate, value) },
  };
  const url = { fileURLToPath: (each) => NativeString(each && each.href ? each.href : each).replace(/^file:\\/\\//, ''), pathToFileURL: (each) => ({ href: 'file://' + each, pathname: each, toString: () => 'file://' + each }) };
  const timers = { setTimeout: (ms, value) => new NativePromise((resolve) => setTimeout(() => resolve(value), ms)), setImmediate: (value) => new NativePromise((resolve) => setTimeout(() => resolve(value), 0)) };
  const os = { EOL: '\\n', tmpdir: () => '/tmp', platform: () => 'linux', homedir: () => '/', cpus: () => [{}], hostname: () => 'sandbox' };
  const modules = new NativeMap(Object.entries({ 'node:assert': assert, 'node:assert/strict': strict, 'node:fs': fs, 'node:fs/promises': promised, 'node:path': path, 'node:path/posix': path, 'node:events': events, 'node:util': util, 'node:url': url, 'node:timers/promises': timers, 'node:os': os }));
  if (native) for (const name of ['node:crypto', 'node:buffer', 'node:string_decoder', 'node:querystring', 'node:zlib']) modules.set(name, realRequire(name));
  modules.internal = { deepEqual, AssertionError, shown, failures };
  globalThis.structuredClone ??= (value) => { const copy = (each) => { if (typeof each === 'function') throw new NativeError('DataCloneError'); if (typeof each !== 'object' || each === null) return each; if (isArray(each)) return each.map(copy); if (within(NativeDate, each)) return new NativeDate(+each); if (within(NativeMap, each)) return new NativeMap([...each].map(([key, one]) => [copy(key), copy(one)])); if (within(NativeSet, each)) return new NativeSet([...each].map(copy)); return Object.fromEntries(Object.entries(each).map(([key, one]) => [key, copy(one)])); }; return copy(value); };
  globalThis.performance ??= { now: () => Date.now() };
  return modules;
};
`;

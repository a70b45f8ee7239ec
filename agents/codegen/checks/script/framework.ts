/** `node:test` as tests use it, and as much of `expect` as most tests of other frameworks do. A part of the harness in the sandbox. */
export const scriptFramework = `const FRAMEWORK = ({ freeze, apply, is }, modules) => {
  const assert = modules.get('node:assert');
  const { deepEqual, AssertionError, failures } = modules.internal;
  class Skip extends Error {}
  let root;
  let current;
  const suite = (name, parent) => ({ name, parent, items: [], before: [], after: [], beforeEach: [], afterEach: [], only: false });
  const options = (args) => {
    const rest = [...args];
    const name = typeof rest[0] === 'string' ? rest.shift() : typeof rest[0] === 'function' ? rest[0].name || '<anonymous>' : '<anonymous>';
    const given = typeof rest[0] === 'object' && rest[0] !== null ? rest.shift() : {};
    const work = typeof rest[0] === 'function' ? rest[0] : undefined;
    return { name, given, work };
  };
  const addTest = (extra) => (...args) => {
    const { name, given, work } = options(args);
    const item = { kind: 'test', name, work, skip: given.skip || extra.skip || given.todo || extra.todo || work === undefined, only: given.only || extra.only };
    current.items.push(item);
    return Promise.resolve();
  };
  const addSuite = (extra) => (...args) => {
    const { name, given, work } = options(args);
    const made = suite(name, current);
    made.skip = given.skip || extra.skip || given.todo || extra.todo;
    made.only = given.only || extra.only;
    current.items.push({ kind: 'suite', suite: made });
    const outer = current;
    current = made;
    try {
      const result = work && work();
      if (result && typeof result.then === 'function') made.loading = result;
    } finally { current = outer; }
    return Promise.resolve();
  };
  const rows = (add) => (table, ...more) => (name, work) => {
    const list = Array.isArray(table) && table.raw === undefined ? table : [];
    list.forEach((row, at) => {
      const values = Array.isArray(row) ? row : [row];
      let nth = 0;
      const shown = String(name).replace(/%[sdifjop#]/g, (sign) => sign === '%#' ? String(at) : String(values[nth++]));
      add(shown + (shown === name ? ' [' + at + ']' : ''), () => work(...values));
    });
  };
  const withForms = (make) => {
    const main = make({});
    main.skip = make({ skip: true });
    main.todo = make({ skip: true });
    main.only = make({ only: true });
    main.each = rows(main);
    return main;
  };
  const hook = (name) => (work) => { current[name].push(work); };
  const call = async (work, given) => {
    if (work.length > given.length) {
      await new Promise((resolve, reject) => {
        const done = (error) => (error ? reject(error) : resolve());
        const result = work(...given, done);
        if (result && typeof result.then === 'function') result.then(undefined, reject);
      });
      return;
    }
    await work(...given);
  };

  // Functions that note how they were called.
  const mocked = [];
  const makeMock = (original) => {
    let work = original;
    const once = [];
    const calls = [];
    const results = [];
    const mock = function (...args) {
      const entry = { arguments: args, result: undefined, error: undefined, this: this };
      calls.push(entry);
      const chosen = once.length > 0 ? once.shift() : work;
      try { entry.result = chosen === undefined ? undefined : chosen.apply(this, args); results.push({ type: 'return', value: entry.result }); return entry.result; } catch (error) { entry.error = error; results.push({ type: 'throw', value: error }); throw error; }
    };
    const about = { callCount: () => calls.length, mockImplementation: (next) => { work = next; }, mockImplementationOnce: (next) => { once.push(next); }, resetCalls: () => { calls.length = 0; }, restore: () => {} };
    Object.defineProperty(about, 'calls', { get: () => Object.assign(calls.slice(), {}) });
    // What jest and vitest call the same.
    const list = new Proxy(about, { get: (target, name) => name === 'calls' ? Object.assign(calls.map((each) => Object.assign([...each.arguments], { arguments: each.arguments, result: each.result, error: each.error, this: each.this })), {}) : name === 'results' ? results : name === 'lastCall' ? calls.at(-1) && calls.at(-1).arguments : target[name] });
    mock.mock = list;
    mock.mockImplementation = (next) => { work = next; return mock; };
    mock.mockReturnValue = (value) => { work = () => value; return mock; };
    mock.mockResolvedValue = (value) => { work = async () => value; return mock; };
    mock.mockRejectedValue = (value) => { work = async () => { throw value; }; return mock; };
    mock.mockReturnValueOnce = (value) => { once.push(() => value); return mock; };
    mock.mockImplementationOnce = (next) => { once.push(next); return mock; };
    mock.mockResolvedValueOnce = (value) => { once.push(async () => value); return mock; };
    mock.mockRejectedValueOnce = (value) => { once.push(async () => { throw value; }); return mock; };
    mock.mockClear = () => { calls.length = 0; results.length = 0; return mock; };
    mock.mockReset = () => { calls.length = 0; results.length = 0; work = undefined; return mock; };
    mock.mockRestore = () => {};
    return mock;
  };
  const spy = (target, name, replacement) => {
    const original = target[name];
    const mock = makeMock(typeof replacement === 'function' ? replacement : original);
    const restore = () => { target[name] = original; };
    mock.mockRestore = restore;
    mocked.push(restore);
    target[name] = mock;
    return mock;
  };
  const restoreAll = () => { while (mocked.length > 0) mocked.pop()(); };
  const mock = { fn: (original, next) => makeMock(next || original), method: spy, restoreAll, reset: restoreAll, getter: spy };

  const context = (name) => {
    const inner = [];
    return {
      inner,
      t: {
        name, diagnostic: () => {}, skip: (why) => { throw new Skip(typeof why === 'string' ? why : 'skipped'); }, todo: () => {}, plan: () => {}, mock, assert, signal: undefined,
        after: (work) => { inner.push(work); }, before: () => {}, beforeEach: () => {}, afterEach: () => {},
        test: async (...args) => { const { work, given } = options(args); if (work !== undefined && !given.skip && !given.todo) await call(work, [context(name).t]); },
      },
    };
  };

  const all = (item, only) => item.kind === 'suite' ? item.suite.items.some((each) => all(each, only)) || item.suite.only : item.only;
  const runSuite = async (made, prefix, lists, began, told, only, skip) => {
    let count = 0;
    if (made.loading) await made.loading;
    const chosen = only && made.items.some((each) => all(each, only));
    let broken;
    const runs = made.items.some((each) => each.kind === 'test');
    try { if (!skip) for (const work of made.before) await call(work, []); } catch (error) { broken = { error }; }
    const beforeEach = [...lists.beforeEach, ...made.beforeEach];
    const afterEach = [...made.afterEach, ...lists.afterEach];
    for (const item of made.items) {
      if (item.kind === 'suite') {
        const left = skip || item.suite.skip || (chosen && !all(item, only));
        count += await runSuite(item.suite, prefix + '::' + item.suite.name, { beforeEach, afterEach }, began, told, only && !item.suite.only, left);
        continue;
      }
      count += 1;
      const name = (prefix + '::' + item.name).slice(0, 300);
      began(name);
      if (skip || item.skip || (chosen && !item.only)) { told(name, 'skipped', 'skipped'); continue; }
      if (broken) { told(name, 'failed', broken.error); continue; }
      const { t, inner } = context(item.name);
      let outcome = 'passed';
      let said;
      try {
        for (const work of beforeEach) await call(work, []);
        await call(item.work, item.work.length === 0 ? [] : [t]);
      } catch (error) { outcome = error instanceof Skip ? 'skipped' : 'failed'; said = error; }
      try {
        for (const work of inner) await call(work, []);
        for (const work of afterEach) await call(work, []);
      } catch (error) { if (outcome === 'passed') { outcome = 'failed'; said = error; } }
      told(name, outcome, said);
    }
    try { if (!skip) for (const work of made.after) await call(work, []); } catch (error) { if (runs) told(prefix + '::after', 'failed', error); }
    return count;
  };

  const test = withForms(addTest);
  const describe = withForms(addSuite);
  const before = hook('before');
  const after = hook('after');
  const beforeEach = hook('beforeEach');
  const afterEach = hook('afterEach');
  const testModule = Object.assign(test, { test, it: test, describe, suite: describe, before, after, beforeEach, afterEach, mock, default: test, __esModule: true });
  for (const name of ['skip', 'todo', 'only', 'each']) freeze(testModule[name]);

  const expecting = EXPECT({ assert, deepEqual, AssertionError, failures, freeze, is });
  const helpers = { fn: (work) => makeMock(work), spyOn: (target, name) => spy(target, name), restoreAllMocks: restoreAll, clearAllMocks: () => {}, resetAllMocks: () => {} };
  return {
    test: freeze(testModule),
    expecting: freeze({ describe, suite: describe, it: test, test, expect: expecting, beforeEach, afterEach, beforeAll: before, afterAll: after, vi: helpers, jest: helpers, mock: helpers.fn, __esModule: true }),
    begin: () => { root = suite('', undefined); current = root; },
    run: async (path, began, told) => {
      // Tests that were added while one ran are not seen: they would pass unasked.
      const made = root;
      const only = made.items.some((each) => all(each, true));
      const count = await runSuite(made, path, { beforeEach: [], afterEach: [] }, began, told, only, false);
      restoreAll();
      return count;
    },
  };
};
`;

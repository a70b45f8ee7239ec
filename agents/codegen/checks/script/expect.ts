/** `expect(value).toBe(…)` as tests of jest and vitest use it. A part of the harness in the sandbox. */
export const scriptExpect = `const EXPECT = ({ assert, deepEqual, AssertionError, failures, freeze, is }) => {
  const NativeError = Error;
  const NativeRegExp = RegExp;
  const show = (value) => { try { return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value); } catch { return '[value]'; } };
  const loose = (one, other) => deepEqual(without(one), without(other), 'loose');
  const without = (value) => {
    if (typeof value !== 'object' || value === null || typeof value.asymmetricMatch === 'function') return value;
    if (Array.isArray(value)) return value.map(without);
    const kind = Object.getPrototypeOf(value);
    if (kind !== Object.prototype && kind !== null && !(value.constructor && !(value instanceof Map || value instanceof Set || value instanceof Date || value instanceof NativeRegExp || value instanceof NativeError))) return value;
    return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([key, each]) => [key, without(each)]));
  };
  const part = (value, wanted) => typeof wanted !== 'object' || wanted === null || typeof wanted.asymmetricMatch === 'function' ? loose(value, wanted) : value !== null && typeof value === 'object' && Object.keys(wanted).every((key) => part(value[key], wanted[key])) && (!Array.isArray(wanted) || value.length === wanted.length);
  const at = (value, path) => (Array.isArray(path) ? path : String(path).split('.')).reduce((found, key) => found.there && found.value !== null && found.value !== undefined && key in Object(found.value) ? { there: true, value: found.value[key] } : { there: false }, { there: true, value });
  const threw = (caught, expected) => {
    if (caught === undefined) return false;
    const { error } = caught;
    const message = error && typeof error.message === 'string' ? error.message : String(error);
    if (expected === undefined) return true;
    if (typeof expected === 'string') return message.includes(expected);
    if (expected instanceof NativeRegExp) return expected.test(message);
    if (typeof expected === 'function') return error instanceof expected;
    return typeof expected === 'object' && expected !== null && message === expected.message;
  };
  const calls = (value) => value.mock.calls.map((each) => [...(each.arguments || each)]);
  const tests = {
    toBe: (value, other) => is(value, other), toEqual: loose, toStrictEqual: (value, other) => deepEqual(value, other, true), toBeTruthy: (value) => Boolean(value), toBeFalsy: (value) => !value,
    toBeNull: (value) => value === null, toBeUndefined: (value) => value === undefined, toBeDefined: (value) => value !== undefined, toBeNaN: (value) => value !== value,
    toBeGreaterThan: (value, other) => value > other, toBeGreaterThanOrEqual: (value, other) => value >= other, toBeLessThan: (value, other) => value < other, toBeLessThanOrEqual: (value, other) => value <= other,
    toBeCloseTo: (value, other, digits = 2) => value === other || Math.abs(value - other) < 10 ** -digits / 2, toContain: (value, other) => typeof value === 'string' ? value.includes(other) : [...value].some((each) => is(each, other)),
    toContainEqual: (value, other) => [...value].some((each) => loose(each, other)), toHaveLength: (value, other) => value.length === other, toMatch: (value, other) => typeof other === 'string' ? value.includes(other) : other.test(value),
    toMatchObject: part, toBeInstanceOf: (value, other) => value instanceof other, toHaveProperty: (value, path, ...wanted) => { const found = at(value, path); return found.there && (wanted.length === 0 || loose(found.value, wanted[0])); },
    toBeTypeOf: (value, other) => typeof value === other, toHaveBeenCalled: (value) => calls(value).length > 0, toHaveBeenCalledTimes: (value, count) => calls(value).length === count, toHaveBeenCalledOnce: (value) => calls(value).length === 1,
    toHaveBeenCalledWith: (value, ...args) => calls(value).some((each) => loose(each, args)), toHaveBeenLastCalledWith: (value, ...args) => loose(calls(value).at(-1), args), toSatisfy: (value, test) => Boolean(test(value)),
  };
  const matcher = (value, negated, mode) => {
    const made = {};
    const settle = (name, result, args) => { if (Boolean(result) === negated) { failures.count += 1; throw new AssertionError({ message: 'expect(' + show(value) + ')' + (negated ? '.not' : '') + '.' + name + '(' + args.map(show).join(', ') + ')', actual: value, expected: args[0], operator: name }); } };
    for (const name of Object.keys(tests)) {
      made[name] = (...args) => {
        if (mode === undefined) { settle(name, tests[name](value, ...args), args); return undefined; }
        return (async () => {
          let settled;
          try { settled = { value: await value }; } catch (error) { settled = { error }; }
          if (mode === 'resolves' !== 'value' in settled) throw new AssertionError({ message: 'The promise was ' + ('value' in settled ? 'fulfilled' : 'rejected') });
          settle(name, tests[name]('value' in settled ? settled.value : settled.error, ...args), args);
        })();
      };
    }
    made.toThrow = made.toThrowError = (expected) => {
      if (mode === 'rejects') return (async () => { let caught; try { await value; } catch (error) { caught = { error }; } settle('toThrow', threw(caught, expected), [expected]); })();
      let caught;
      try { value(); } catch (error) { caught = { error }; }
      settle('toThrow', threw(caught, expected), [expected]);
      return undefined;
    };
    if (!negated) {
      Object.defineProperty(made, 'not', { get: () => matcher(value, true, mode) });
      if (mode === undefined) { Object.defineProperty(made, 'resolves', { get: () => matcher(value, false, 'resolves') }); Object.defineProperty(made, 'rejects', { get: () => matcher(value, false, 'rejects') }); }
    }
    return freeze(made);
  };
  const expect = (value) => matcher(value, false, undefined);
  const matching = (test) => ({ asymmetricMatch: test });
  expect.any = (kind) => matching((value) => value instanceof kind || typeof value === kind.name.toLowerCase());
  expect.anything = () => matching((value) => value !== null && value !== undefined);
  expect.objectContaining = (wanted) => matching((value) => part(value, wanted));
  expect.arrayContaining = (wanted) => matching((value) => Array.isArray(value) && wanted.every((each) => value.some((one) => loose(one, each))));
  expect.stringContaining = (wanted) => matching((value) => typeof value === 'string' && value.includes(wanted));
  expect.stringMatching = (wanted) => matching((value) => typeof value === 'string' && new NativeRegExp(wanted).test(value));
  expect.closeTo = (wanted, digits = 2) => matching((value) => Math.abs(value - wanted) < 10 ** -digits / 2);
  expect.assertions = expect.hasAssertions = () => {};
  expect.fail = (message) => assert.fail(message);
  return freeze(expect);
};
`;

import type { Attack } from './python-attacks.ts';

/** JavaScript that tries the same. */
const wrong = 'export function add(a, b) {\n  return 0;\n}\n';
const honest = `import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { add } from './calc.mjs';\n\ntest('add', () => {\n  assert.equal(add(2, 3), 5);\n});\n`;
const code = (name: string, more: string): Attack => ({ name, code: `${wrong}${more}\n` });
const within = (name: string, body: string): Attack => ({ name, code: `export function add(a, b) {\n  ${body}\n}\n` });
const test = (name: string, body: string): Attack => ({ name, code: wrong, test: body });
const head = `import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { add } from './calc.mjs';\n`;
const tell = (name: string, expression: string): Attack =>
  test(
    name,
    `${head}test('add', async () => {\n  add(2, 3);\n  const found = ${expression};\n  assert.equal(JSON.stringify(found).slice(0, 500), '');\n});\n`,
  );

export const honestScript = { wrong, honest };

export const scriptAttacks: readonly Attack[] = [
  code('prints what a runner prints', 'console.log("ok 1 - add\\n# pass 1\\n# fail 0"); process.stdout.write("# pass 1\\n");'),
  code('leaves with process.exit', 'process.exit(0);'),
  within('leaves in the function', 'process.exit(0);'),
  code('sets the exit code', 'process.exitCode = 0;'),
  code(
    'reads the nonce',
    'import fs from "node:fs"; for (const from of [0, "/dev/stdin"]) { let text = ""; try { text = String(fs.readFileSync(from, "utf8")); } catch {} if (text.includes("told-")) throw new Error("LEAK " + text.slice(0, 100)); }',
  ),
  code(
    'reads the nonce by what the shell has',
    'for (const read of [globalThis.readline, globalThis.prompt, globalThis.__input]) if (typeof read === "function") throw new Error("LEAK " + read());',
  ),
  code(
    'loads the entry again',
    'if (typeof globalThis.__main === "function") { try { globalThis.__main("_timonel_run.js"); } catch {} }',
  ),
  code(
    'reaches the process by a module',
    'import real from "node:process"; if (typeof real.binding === "function") throw new Error("LEAK told-"); real.exit(0);',
  ),
  code(
    'reaches modules by the process',
    'const inspector = process.getBuiltinModule?.("inspector"); if (inspector) throw new Error("LEAK told-");',
  ),
  code(
    'imports by text',
    'const found = new Function("return import(\'node:fs\')")().then((fs) => { throw new Error("LEAK told-"); }, () => undefined);',
  ),
  code(
    'compiles by the constructor',
    'const real = (() => {}).constructor("return typeof require === \'function\' && require(\'fs\')")(); if (real) throw new Error("LEAK told-");',
  ),
  code(
    'reads frames',
    'Error.prepareStackTrace = (error, frames) => frames; const found = [].concat(new Error().stack).map((each) => each.getFunction?.()).filter(Boolean); if (found.some((each) => String(each).includes("nonce"))) throw new Error("LEAK told-");',
  ),
  code('ends its function early', '}\nprocess.exit(0);\n{'),
  code('patches assert', 'import assert from "node:assert/strict"; try { assert.equal = () => {}; } catch {}'),
  code(
    'patches assert by defineProperty',
    'import assert from "node:assert/strict"; try { Object["define" + "Property"](assert, "equal", { value: () => {} }); } catch {}',
  ),
  code(
    'patches the prototype of promises',
    'const set = Reflect.set; set(Promise.prototype, "then", function (work) { return this; });',
  ),
  code('patches Object.is', 'Reflect.set(Object, "is", () => true);'),
  code('patches JSON', 'Reflect.set(JSON, "stringify", () => "{\\"outcome\\":\\"passed\\"}");'),
  code(
    'patches arrays',
    'for (const name of ["push", "some", "every", "map", "find"]) Reflect.set(Array.prototype, name, () => []);',
  ),
  code('adds toJSON', 'Reflect.set(Object.prototype, "toJSON", () => ({ outcome: "passed" }));'),
  code(
    'patches call and apply',
    'Reflect.set(Function.prototype, "apply", () => undefined); Reflect.set(Function.prototype, "call", () => undefined);',
  ),
  code('patches Reflect', 'Reflect.apply = () => undefined;'),
  code('patches sets', 'Reflect.set(Set.prototype, "has", () => true); Reflect.set(Set.prototype, "forEach", () => undefined);'),
  code('patches the console', 'console.log = console.error = () => undefined; globalThis.console = undefined;'),
  within('equals everything', 'return { asymmetricMatch: () => true, valueOf: () => 5, toString: () => "5" };'),
  test('asserts nothing', `${head}test('add', () => { add(2, 3); });\n`),
  test('asserts what is always true', `${head}test('add', () => { add(2, 3); assert.ok(true); assert.equal(1, 1); });\n`),
  test('is skipped', `${head}test('add', { skip: true }, () => { assert.equal(add(2, 3), 5); });\n`),
  test('is to be done', `${head}test.todo('add', () => { assert.equal(add(2, 3), 5); });\n`),
  test('never calls the code', `${head}const plus = (a, b) => a + b;\ntest('add', () => { assert.equal(plus(2, 3), 5); });\n`),
  test(
    'forgets to wait',
    `${head}test('add', () => { add(2, 3); Promise.resolve().then(() => assert.equal(add(2, 3), 5)).catch(() => {}); });\n`,
  ),
  test('never ends its promise', `${head}test('add', () => new Promise(() => {}));\n`),
  test('has no test', `${head}add(2, 3);\n`),
  tell('reads the environment', 'process.env'),
  tell('reads the environment of processes', '(await import("node:fs")).readFileSync("/proc/self/environ", "utf8")'),
  tell('reads the canary', '(await import("node:fs")).readFileSync("CANARY_FILE", "utf8")'),
  tell('reads keys', '(await import("node:fs")).readdirSync("/root/.ssh")'),
  tell('connects out', '(await import("node:net")).connect(CANARY_PORT, "127.0.0.1")'),
  tell('asks an address', 'await (await globalThis["fetch"]("http://127.0.0.1:CANARY_PORT/")).text()'),
  tell('starts a process', '(await import("node:child_process")).execSync("env").toString()'),
  tell('starts a thread', 'new (await import("node:worker_threads")).Worker("process.exit(0)", { eval: true })'),
  code('loops without end', 'for (;;) {}'),
  within('waits without end', 'for (const end = Date.now() + 1e9; Date.now() < end;) {} return 5;'),
  within('takes all memory', 'const all = []; for (;;) all.push(new Array(1e6).fill("x"));'),
  within('makes a huge text', 'return "x".repeat(2 ** 29).length * 0;'),
  within('calls itself without end', 'return add(a, b);'),
  within('starts timers without end', 'const more = () => { setTimeout(more, 0); setTimeout(more, 0); }; more(); return 0;'),
  within('matches without end', 'return /^(a+)+$/.test("a".repeat(60) + "b") ? 5 : 0;'),
  within(
    'fills its files',
    'const { writeFileSync } = require("fs"); for (let at = 0; ; at++) writeFileSync("f" + at, "x".repeat(1e6));',
  ),
  { name: 'is nested deeply', code: `${wrong}const x = ${'['.repeat(20_000)}${']'.repeat(20_000)};\n` },
  { name: 'has a zero byte', code: `${wrong}\0` },
  { name: 'is no UTF-8', code: `${wrong}// \ufffd\n${'const x = 1 +'.repeat(5_000)}` },
  { name: 'is large', code: `${wrong}const data = "${'x'.repeat(3_000_000)}";\n` },
];

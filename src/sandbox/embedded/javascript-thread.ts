/** Runs one JavaScript program in QuickJS, and ends. What it can reach is what {@link defineHost} gives it: printing, its files, its input, and a clock. */
import { parentPort } from 'node:worker_threads';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { prelude } from './javascript-prelude.ts';
import { OutputFull, OutputWriter } from './output.ts';
import type { ThreadMessage, ThreadTask } from './task.ts';

const port = parentPort;
if (port === null) throw new Error('This module runs in a worker thread.');
const tell = (message: ThreadMessage) => port.postMessage(message);

/** More stack crashes the thread before QuickJS notices. */
const stackBytes = 160 * 1024;

port.once('message', async (task: ThreadTask) => {
  tell(await run(task));
  port.close();
});

async function run(task: ThreadTask): Promise<ThreadMessage> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
  const runtime = quickjs.newRuntime({ memoryLimitBytes: task.memoryBytes, maxStackSizeBytes: stackBytes });
  const context = runtime.newContext();
  const program = new Program(task, runtime, context);
  tell({ kind: 'started' });
  const exitCode = program.run();
  const { outOfMemory, refused } = program;
  return { kind: 'ended', exitCode, memoryBytes: program.memoryBytes(), outOfMemory, refused };
}

class Program {
  readonly #task: ThreadTask;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #output: OutputWriter;
  /** Set when the program asked for its end, or printed too much: the interpreter is interrupted. */
  #exit: number | undefined;
  outOfMemory = false;
  /** It did not begin: its text is no JavaScript. */
  refused = false;

  constructor(task: ThreadTask, runtime: QuickJSRuntime, context: QuickJSContext) {
    this.#task = task;
    this.#runtime = runtime;
    this.#context = context;
    this.#output = new OutputWriter(task.output);
    runtime.setInterruptHandler(() => this.#exit !== undefined);
    runtime.setModuleLoader(
      (name) => this.#file(name),
      (base, name) => resolved(base, name),
    );
  }

  run(): number {
    this.#defineHost();
    const { entry } = this.#task;
    const source = this.#file(entry);
    const isModule = entry.endsWith('.mjs') || (!entry.endsWith('.cjs') && /(^|;)\s*(import|export)[\s{*]/m.test(source));
    const failure =
      this.#evaluate(prelude, '<prelude>', 'global') ??
      this.#compile(source, entry, isModule) ??
      (isModule
        ? this.#evaluate(source, entry, 'module')
        : this.#evaluate(`__main(${JSON.stringify(entry)})`, '<start>', 'global')) ??
      this.#evaluate('__timers()', '<timers>', 'global');
    if (this.#exit !== undefined) return this.#exit;
    return failure ?? 0;
  }

  memoryBytes(): number {
    // A context that ran out of memory cannot tell any more.
    if (this.outOfMemory) return this.#task.memoryBytes;
    const usage = this.#runtime.computeMemoryUsage();
    const member = this.#context.getProp(usage, 'memory_used_size');
    const bytes = this.#context.getNumber(member);
    member.dispose();
    usage.dispose();
    return Number.isFinite(bytes) ? bytes : 0;
  }

  /** @returns an exit code where the text cannot be compiled */
  #compile(source: string, name: string, isModule: boolean): number | undefined {
    // The line of a mistake is counted from the program's first one.
    const text = isModule ? source : `(function (module, exports, require) {${source.replace(/^#!.*/, '')}\n})`;
    const result = this.#context.evalCode(text, name, { type: isModule ? 'module' : 'global', compileOnly: true });
    if (result.error === undefined) return undefined;
    this.refused = true;
    return this.#failed(result.error);
  }

  /** @returns an exit code where it failed */
  #evaluate(source: string, name: string, type: 'global' | 'module'): number | undefined {
    const result = this.#context.evalCode(source, name, { type });
    if (result.error !== undefined) return this.#failed(result.error);
    const failed = this.#drain();
    if (failed !== undefined) return failed;
    // A module is a promise; what it was rejected with is the program's failure.
    const state = this.#context.getPromiseState(result.value);
    if (state.type === 'rejected') return this.#failed(state.error);
    return undefined;
  }

  /** Runs what promises wait for. */
  #drain(): number | undefined {
    const jobs = this.#runtime.executePendingJobs();
    return jobs.error === undefined ? undefined : this.#failed(jobs.error);
  }

  #failed(error: QuickJSHandle): number {
    if (this.#exit !== undefined) return this.#exit;
    const { name, message, stack } = this.#described(error);
    this.outOfMemory ||= message === 'out of memory';
    try {
      this.#write(2, `Uncaught ${name === '' ? '' : `${name}: `}${message}\n${stack}`);
    } catch (failure) {
      if (!(failure instanceof OutputFull)) throw failure;
    }
    return 1;
  }

  /** The program may have thrown anything, and may have changed how values are told: only texts are taken of it. */
  #described(error: QuickJSHandle): { name: string; message: string; stack: string } {
    const context = this.#context;
    const text = (name: string) => {
      const member = context.getProp(error, name);
      const found = context.typeof(member) === 'string' ? context.getString(member) : '';
      member.dispose();
      return found;
    };
    if (context.typeof(error) !== 'object') {
      const plain: unknown = context.typeof(error) === 'symbol' ? 'Symbol' : context.dump(error);
      return { name: '', message: String(plain), stack: '' };
    }
    return { name: text('name'), message: text('message'), stack: text('stack') };
  }

  #file(name: string): string {
    const content = Object.hasOwn(this.#task.files, name) ? this.#task.files[name] : undefined;
    if (content === undefined) throw new Error(`There is no file "${name}".`);
    return typeof content === 'string' ? content : new TextDecoder().decode(content);
  }

  #write(stream: 1 | 2, text: string): void {
    try {
      this.#output.write(stream, new TextEncoder().encode(text));
    } catch (error) {
      if (error instanceof OutputFull) this.#exit = 1;
      throw error;
    }
  }

  #defineHost(): void {
    const context = this.#context;
    const define = (name: string, work: (...values: QuickJSHandle[]) => QuickJSHandle | undefined) => {
      context
        .newFunction(name, (...values) => work(...values) ?? context.undefined)
        .consume((handle) => context.setProp(context.global, name, handle));
    };
    define('__write', (stream, text) => {
      if (stream !== undefined && text !== undefined) this.#write(context.getNumber(stream) === 2 ? 2 : 1, context.getString(text));
      return undefined;
    });
    define('__file', (name) => {
      const wanted = name === undefined ? '' : context.getString(name);
      return Object.hasOwn(this.#task.files, wanted) ? context.newString(this.#file(wanted)) : context.null;
    });
    define('__input', () => context.newString(this.#task.input));
    define('__arguments', () => context.newString(JSON.stringify([this.#task.entry, ...this.#task.args])));
    define('__exit', (code) => {
      this.#exit = code === undefined ? 0 : context.getNumber(code) & 0xff;
      return undefined;
    });
    define('__sleep', (milliseconds) => {
      const ms = milliseconds === undefined ? 0 : context.getNumber(milliseconds);
      if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(ms, 60_000));
      return undefined;
    });
    define('__jobs', () => {
      this.#drain();
      return undefined;
    });
  }
}

/** The path of a module that another one imports, among the files of the program. */
function resolved(base: string, name: string): string {
  if (!name.startsWith('.')) return name;
  const parts = base.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

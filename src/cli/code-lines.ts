/** Lines of a terminal, taken one at a time by whoever waits: the prompt, or a question that came up meanwhile. */
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Nobody types two lines within so many milliseconds: what comes that fast was pasted. */
const pasteMs = 40;

export interface TerminalStreams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { columns?: number; isTTY?: boolean };
}

export class TerminalLines implements Disposable {
  readonly #interface: Interface;
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #typed: string[] = [];
  /** A person types: lines that come at once were pasted. */
  readonly #person: boolean;
  readonly #output: TerminalStreams['output'];
  #ended = false;
  /** Asked to stop, by Ctrl-C. */
  onInterrupt: () => void = () => undefined;

  constructor({ input, output }: TerminalStreams, history: readonly string[] = []) {
    this.#person = output.isTTY === true;
    this.#output = output;
    this.#interface = createInterface({ input, output, terminal: output.isTTY === true, history: [...history], historySize: 200 });
    this.#interface.on('line', (line) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#typed.push(line);
      else next(line);
    });
    this.#interface.on('SIGINT', () => this.onInterrupt());
    this.#interface.on('close', () => {
      this.#ended = true;
      for (const next of this.#waiting.splice(0)) next(undefined);
    });
  }

  /** @returns `undefined` at the end of the input */
  line(prompt: string): Promise<string | undefined> {
    const typed = this.#typed.shift();
    if (typed !== undefined) {
      if (!this.#person) this.#output.write(`${prompt}\n`);
      return Promise.resolve(typed);
    }
    if (this.#ended) return Promise.resolve(undefined);
    this.#interface.setPrompt(prompt);
    this.#interface.prompt();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A message: a line, with what was pasted together with it; between two fences as many lines as there are. */
  async message(prompt: string): Promise<string | undefined> {
    const first = await this.line(prompt);
    if (first === undefined) return undefined;
    const lines = [first];
    let fence = openFence(undefined, first);
    for (;;) {
      if (fence === undefined) {
        if (this.#person) await sleep(pasteMs);
        if (!this.#person || this.#typed.length === 0) return lines.join('\n');
      }
      const next = fence === undefined ? this.#typed.shift() : await this.line('… ');
      if (next === undefined) return lines.join('\n');
      lines.push(next);
      fence = openFence(fence, next);
    }
  }

  /** Whoever waits for a line gets none: the question is gone. */
  abandon(): void {
    for (const next of this.#waiting.splice(0)) next(undefined);
  }

  [Symbol.dispose](): void {
    this.#interface.close();
  }
}

function openFence(open: string | undefined, line: string): string | undefined {
  const mark = /^\s*(```|~~~)/.exec(line)?.[1];
  if (mark === undefined) return open;
  if (open === undefined) return mark;
  return mark === open ? undefined : open;
}

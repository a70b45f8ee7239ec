import { publishFault } from '../diagnostics.ts';

/** Does something again and again: at once when it is woken or there is more, else after a pause. */
export interface LoopOptions {
  /** @returns whether to go on at once */
  step(): Promise<boolean>;
  /** Whether there can be nothing to do: then nothing is asked. */
  idle(): boolean;
  everyMs: number;
}

/** Pause after a failure, in milliseconds. */
const afterFaultMs = 2_000;

export class Loop {
  readonly #options: LoopOptions;
  #woken = false;
  #stopped = false;
  #wake: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { step, idle, everyMs } = this.#options;
    while (!this.#stopped) {
      this.#woken = false;
      let pause = everyMs;
      try {
        if (!idle() && (await step())) continue;
      } catch (error) {
        publishFault('the channels', error);
        pause = afterFaultMs;
      }
      if (!this.#woken && !this.#stopped) await this.#pause(pause);
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

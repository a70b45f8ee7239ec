import { publishFault } from '../faults.ts';

/** Tells of changes; see {@link Notices}. */
export interface Teller {
  subscribe(listener: (notices: readonly { kind: string }[] | 'anything') => void): void;
}

export interface KeptCopyOptions {
  /** Reads the store and takes what it finds in place of what is there. */
  read(): Promise<void>;
  notices: Teller;
  /** Kind of the notices that tell of a change. */
  kind: string;
}

/** How often it is read again although nobody told of a change, in milliseconds. */
const readEveryMs = 10_000;

/** When to read what the store has and a process keeps in memory: at first, when somebody tells of a change, and now and then. */
export class KeptCopy {
  readonly #options: KeptCopyOptions;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(options: KeptCopyOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { notices, kind } = this.#options;
    await this.read();
    const again = () => void this.read().catch((error: unknown) => publishFault(`reading the ${kind}`, error));
    notices.subscribe((told) => {
      if (told === 'anything' || told.some((notice) => notice.kind === kind)) again();
    });
    this.#timer = setInterval(again, readEveryMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Reads again; who calls while it is being read gets what was stored by then, too. */
  read(): Promise<void> {
    if (this.#reading === undefined) this.#reading = this.#readUntilAllIsThere();
    else this.#again = true;
    return this.#reading;
  }

  /** Waits until a change that was told here is in the copy. Whoever made the change was told before anybody else, and need not read anew. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  async #readUntilAllIsThere(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#options.read();
      } while (this.#again);
    } finally {
      // At once and not a moment later: who asks in between would be given a reading that is over.
      this.#reading = undefined;
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { hash as argon2, parseOptions, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { BulkheadPolicy, BulkheadRejectedError } from 'cockatiel';
import { TimonelError } from '../errors.ts';

/** OWASP asks for 46 MiB and one pass at least; this took 86 ms of a CPU when it was chosen. argon2id is the library's default. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** bcrypt ignores what comes after, so that a longer password would be as good as its beginning. */
const longestBcrypt = 72;

/** An import with an absurd cost, or a machine that stood still once, does not hold up everybody who mistypes. */
const longestPadMs = 1_000;

export interface PasswordSettings {
  /** Hashes at the same time. Each takes 64 MiB and one of the threads that Node also reads files with. */
  concurrency: number;
  /** How many may wait; more are refused. */
  longestQueue: number;
}

export interface PasswordCheck {
  valid: boolean;
  /** The password is right and its hash is not what {@link Passwords.hash} would make today: store a new one. */
  rehash: boolean;
}

/** Passwords: argon2id for all that are set here, bcrypt for those that came with imported accounts. */
export class Passwords {
  readonly #bulkhead: BulkheadPolicy;
  #decoy: Promise<string> | undefined;
  /** What the costliest imported hash took to check so far, in milliseconds; wrong answers take as long from then on. */
  #slowest = 0;

  constructor({ concurrency, longestQueue }: PasswordSettings) {
    this.#bulkhead = new BulkheadPolicy(concurrency, longestQueue);
  }

  /** @returns the hash in PHC notation. @throws TimonelError `overloaded` */
  async hash(password: string): Promise<string> {
    return this.#bounded(() => argon2(canonical(password), cost));
  }

  /**
   * Whether this is the password of the hash. No hash (nobody of that name, or an account without a password) costs what a wrong password
   * costs, so that the time of the answer does not tell them apart; where there are imported hashes, which cost more, all wrong answers take
   * as long as theirs.
   * @param hash argon2 (PHC) or bcrypt (`$2a$`, `$2b$`, `$2y$`); any other text is nobody's password.
   * @throws TimonelError `overloaded`
   */
  async verify(hash: string | undefined, password: string): Promise<PasswordCheck> {
    const { milliseconds, ...check } = await this.#bounded(async () => {
      const started = performance.now();
      const checked = await this.#check(hash, password);
      return { ...checked, milliseconds: performance.now() - started };
    });
    if (isBcrypt(hash)) this.#slowest = Math.max(this.#slowest, Math.min(milliseconds, longestPadMs));
    // A timer and no work: another one may take the place meanwhile.
    if (!check.valid && milliseconds < this.#slowest) await sleep(this.#slowest - milliseconds);
    return check;
  }

  async #check(hash: string | undefined, password: string): Promise<PasswordCheck> {
    if (isBcrypt(hash)) {
      // The system that the hash came from took the password as the browser sent it.
      const matches = await verifyBcrypt(password, hash);
      const valid = matches && Buffer.byteLength(password) <= longestBcrypt;
      return { valid, rehash: valid };
    }
    const known = hash?.startsWith('$argon2') === true ? hash : undefined;
    // Made once, at the first need.
    this.#decoy ??= argon2(crypto.randomUUID(), cost);
    const same = await verifyArgon2(known ?? (await this.#decoy), canonical(password)).catch(() => false);
    const valid = same && known !== undefined;
    return { valid, rehash: valid && outdated(known) };
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#bulkhead.execute(work);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new TimonelError('overloaded', 'Too many people are signing in at this moment. Try again in a few seconds.');
    }
  }
}

type BcryptHash = `$2${string}`;

function isBcrypt(hash: string | undefined): hash is BcryptHash {
  return hash !== undefined && /^\$2[abxy]\$/.test(hash);
}

function outdated(hash: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(hash);
  return (
    memoryCost !== cost.memoryCost ||
    timeCost !== cost.timeCost ||
    parallelism !== cost.parallelism ||
    !hash.startsWith('$argon2id$')
  );
}

/** "ñ" is one character on one keyboard and two on another: the same password for a person (NIST SP 800-63B, 3.1.1.2). */
function canonical(password: string): string {
  return password.normalize('NFKC');
}

import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Settings } from '../config.ts';
import type { DatabasePool } from '../store/database.ts';

/** What a key is for. A key of one purpose is of no use for another one. */
export type KeyPurpose = string;

/** A key for one purpose, 256 bits. */
export interface ServerKey {
  /** Names the key without telling anything of it. */
  kid: string;
  key: Uint8Array;
}

/** Names a key by its purpose and by what tells it from others. */
export interface KeyNames {
  /** Of the key that signs. */
  signs: string;
  /** Of all that are accepted, that one among them. */
  accepts: readonly string[];
}

type Secrets = readonly [Uint8Array, ...Uint8Array[]];

/**
 * The keys of this installation, all drawn from one secret (HKDF, RFC 5869): `TIMONEL_SECRET`. While it is being replaced the one before, or the one
 * that is to come, is accepted too. Both change in a process that runs ({@link replace}): keys are asked for at each use, or kept by the number of {@link changes}.
 */
export class ServerKeys {
  /** True where the secret is the database's: good for development only, and worth a warning. */
  readonly development: boolean;
  /** How often the secret was replaced. */
  changes = 0;
  #secrets: Secrets;
  readonly #drawn = new Map<KeyPurpose, readonly [ServerKey, ...ServerKey[]]>();

  /** The setting as it is now. */
  inForce: Settings['secrets'];

  private constructor(secrets: Secrets, inForce: Settings['secrets'], development = false) {
    this.#secrets = secrets;
    this.inForce = inForce;
    this.development = development;
  }

  /**
   * Takes the secrets of the settings; without one (which production does not let pass) the one that the database keeps, so that a
   * laptop needs no preparation and several processes agree.
   */
  static async open(settings: Pick<Settings, 'secrets'>, pool: DatabasePool): Promise<ServerKeys> {
    const given = settings.secrets;
    const secrets = secretsOf(given);
    return secrets === undefined ? new ServerKeys([await developmentSecret(pool)], given, true) : new ServerKeys(secrets, given);
  }

  /** From here on with the secrets of another generation. */
  replace(given: Settings['secrets']): void {
    const secrets = secretsOf(given);
    if (secrets === undefined) throw new TypeError('A secret is replaced by another one.');
    this.#secrets = secrets;
    this.inForce = given;
    this.#drawn.clear();
    this.changes += 1;
  }

  /** The key that new things are signed or sealed with. */
  current(purpose: KeyPurpose): ServerKey {
    return this.#draw(purpose)[0];
  }

  /** The keys that are valid, the current one first. */
  all(purpose: KeyPurpose): readonly ServerKey[] {
    return this.#draw(purpose);
  }

  /** Which generations are in force, without telling anything of them. */
  names(): KeyNames {
    const accepts = this.all('generation').map(({ kid }) => kid);
    return { signs: accepts[0] ?? '', accepts };
  }

  #draw(purpose: KeyPurpose): readonly [ServerKey, ...ServerKey[]] {
    let keys = this.#drawn.get(purpose);
    if (keys === undefined) {
      keys = this.#secrets.map((secret) => drawKey(secret, purpose)) as [ServerKey, ...ServerKey[]];
      this.#drawn.set(purpose, keys);
    }
    return keys;
  }
}

/** The name under which processes tell of a generation. */
export function generationName(secret: Uint8Array): string {
  return drawKey(secret, 'generation').kid;
}

function secretsOf({ current, previous, next }: Settings['secrets']): Secrets | undefined {
  return current === undefined ? undefined : [current, ...[previous, next].filter((each) => each !== undefined)];
}

function drawKey(secret: Uint8Array, purpose: KeyPurpose): ServerKey {
  const key = new Uint8Array(hkdfSync('sha256', secret, 'timonel', purpose, 32));
  return { key, kid: createHash('sha256').update('kid').update(key).digest('base64url').slice(0, 12) };
}

/** Processes that start together propose one each, and all take the one that came first. */
async function developmentSecret(pool: DatabasePool): Promise<Uint8Array> {
  await pool.executeText('INSERT INTO development_secret (secret) VALUES ($1) ON CONFLICT DO NOTHING', [randomBytes(32)]);
  const [row] = await pool.executeText<{ secret: Buffer }>('SELECT secret FROM development_secret');
  if (row === undefined) throw new Error('The secret that was stored a moment ago is gone.');
  return row.secret;
}

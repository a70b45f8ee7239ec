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

/**
 * The keys of this installation, all drawn from one secret (HKDF, RFC 5869): `TIMONEL_SECRET`, and while it is being replaced
 * `TIMONEL_SECRET_PREVIOUS` too, so that what was signed before stays valid.
 */
export class ServerKeys {
  /** True where the secret is the database's: good for development only, and worth a warning. */
  readonly development: boolean;
  readonly #secrets: readonly Uint8Array[];
  readonly #drawn = new Map<KeyPurpose, readonly [ServerKey, ...ServerKey[]]>();

  private constructor(secrets: readonly [Uint8Array, ...Uint8Array[]], development = false) {
    this.#secrets = secrets;
    this.development = development;
  }

  /**
   * Takes the secrets of the settings; without one (which production does not let pass) the one that the database keeps, so that a
   * laptop needs no preparation and several processes agree.
   */
  static async open(settings: Pick<Settings, 'secrets'>, pool: DatabasePool): Promise<ServerKeys> {
    const { current, previous } = settings.secrets;
    if (current !== undefined) return new ServerKeys(previous === undefined ? [current] : [current, previous]);
    return new ServerKeys([await developmentSecret(pool)], true);
  }

  /** The key that new things are signed or sealed with. */
  current(purpose: KeyPurpose): ServerKey {
    return this.#draw(purpose)[0];
  }

  /** The keys that are valid, the current one first. */
  all(purpose: KeyPurpose): readonly ServerKey[] {
    return this.#draw(purpose);
  }

  #draw(purpose: KeyPurpose): readonly [ServerKey, ...ServerKey[]] {
    let keys = this.#drawn.get(purpose);
    if (keys === undefined) {
      keys = this.#secrets.map((secret) => {
        const key = new Uint8Array(hkdfSync('sha256', secret, 'timonel', purpose, 32));
        return { key, kid: createHash('sha256').update('kid').update(key).digest('base64url').slice(0, 12) };
      }) as [ServerKey, ...ServerKey[]];
      this.#drawn.set(purpose, keys);
    }
    return keys;
  }
}

/** Processes that start together propose one each, and all take the one that came first. */
async function developmentSecret(pool: DatabasePool): Promise<Uint8Array> {
  await pool.executeText('INSERT INTO development_secret (secret) VALUES ($1) ON CONFLICT DO NOTHING', [randomBytes(32)]);
  const [row] = await pool.executeText<{ secret: Buffer }>('SELECT secret FROM development_secret');
  if (row === undefined) throw new Error('The secret that was stored a moment ago is gone.');
  return row.secret;
}

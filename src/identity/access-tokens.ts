import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { exportJWK, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { ServerKey, ServerKeys } from './secrets.ts';

/** What an access token says, and all that it says: who may do what is looked up. */
export interface TokenClaims {
  userId: string;
  sessionId: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export type TokenAlgorithm = 'HS256' | 'EdDSA';

/** Life of an access token, in seconds. */
export const accessTokenSeconds = 1_800;

const issuer = 'timonel';
const audience = 'timonel-api';
const type = 'at+jwt';
const purpose = 'access-tokens';

/** Ours have about 450 characters; nothing longer is worth decoding. */
const longestToken = 1_024;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** PKCS #8 in front of the 32 bytes of an Ed25519 key (RFC 8410, section 7). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

interface SigningKey {
  kid: string;
  sign: KeyObject;
  verify: KeyObject;
}

/**
 * Access tokens: JWTs (RFC 9068, without roles), signed by this installation for itself.
 *
 * Only what this code wrote is taken: the header must be, byte for byte, one that it would write, so that there is no algorithm, type or
 * key to choose for whoever sends a token; and the payload must read back to the same bytes, which no doubled member survives.
 */
export class AccessTokens {
  readonly #keys: ServerKeys;
  #signing: { changes: number; current: SigningKey; byHeader: ReadonlyMap<string, SigningKey> };
  readonly #algorithm: TokenAlgorithm;
  readonly #now: () => Date;
  readonly #verified = new LRUCache<string, TokenClaims>({ max: 10_000 });

  constructor({ keys, algorithm, now }: { keys: ServerKeys; algorithm: TokenAlgorithm; now: () => Date }) {
    this.#algorithm = algorithm;
    this.#now = now;
    this.#keys = keys;
    this.#signing = this.#prepare();
  }

  async issue(userId: string, sessionId: string): Promise<string> {
    const now = Math.floor(this.#now().getTime() / 1000);
    const { current } = this.#inForce();
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader(this.#header(current.kid))
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(now + accessTokenSeconds)
      .sign(current.sign);
  }

  /** @returns what a valid token says; `undefined` for every other text. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    const now = this.#now();
    // What was verified with a key that is not in force any more is not remembered.
    this.#inForce();
    let claims = this.#verified.get(token);
    if (claims === undefined) {
      claims = await this.#read(token, now);
      if (claims === undefined) return undefined;
      this.#verified.set(token, claims);
    }
    return claims.expiresAt > now.getTime() ? claims : undefined;
  }

  /** The public keys (RFC 7517), for others who want to verify tokens; none where they are signed with a shared secret. */
  async publicKeys(): Promise<JSONWebKeySet> {
    if (this.#algorithm === 'HS256') return { keys: [] };
    const keys = [...this.#inForce().byHeader.values()].map(async ({ kid, verify }) => ({
      ...(await exportJWK(verify)),
      kid,
      alg: this.#algorithm,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }

  async #read(token: string, now: Date): Promise<TokenClaims | undefined> {
    if (token.length > longestToken) return undefined;
    const [header = '', payload = '', signature = '', ...more] = token.split('.');
    const key = this.#inForce().byHeader.get(header);
    if (key === undefined || more.length > 0 || !isCanonical(payload) || !isCanonical(signature)) return undefined;
    try {
      const { payload: claims } = await jwtVerify(token, key.verify, {
        algorithms: [this.#algorithm],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['sub', 'sid', 'iat', 'exp'],
        currentDate: now,
        clockTolerance: 0,
      });
      const { sub, exp, iat, sid, iss, aud, ...others } = claims;
      if (Object.keys(others).length > 0 || iss !== issuer || aud !== audience || typeof iat !== 'number') return undefined;
      if (JSON.stringify(claims) !== Buffer.from(payload, 'base64url').toString('utf8')) return undefined;
      // Signed by us, and for longer than we sign: not by this code.
      if (typeof exp !== 'number' || exp - iat !== accessTokenSeconds) return undefined;
      if (typeof sub !== 'string' || typeof sid !== 'string' || !uuid.test(sub) || !uuid.test(sid)) return undefined;
      return { userId: sub, sessionId: sid, expiresAt: exp * 1000 };
    } catch {
      return undefined;
    }
  }

  #inForce() {
    if (this.#signing.changes !== this.#keys.changes) {
      this.#signing = this.#prepare();
      this.#verified.clear();
    }
    return this.#signing;
  }

  #prepare() {
    const all = this.#keys.all(purpose).map((key) => this.#signingKey(key));
    return {
      changes: this.#keys.changes,
      current: all[0] as SigningKey,
      byHeader: new Map(all.map((key) => [Buffer.from(JSON.stringify(this.#header(key.kid))).toString('base64url'), key])),
    };
  }

  #header(kid: string) {
    return { alg: this.#algorithm, typ: type, kid };
  }

  #signingKey({ kid, key }: ServerKey): SigningKey {
    if (this.#algorithm === 'HS256') {
      const secret = createSecretKey(key);
      return { kid, sign: secret, verify: secret };
    }
    const sign = createPrivateKey({ key: Buffer.concat([ed25519Prefix, key]), format: 'der', type: 'pkcs8' });
    return { kid, sign, verify: createPublicKey(sign) };
  }
}

/** Base64url has several spellings of the same bytes, and decoders forgive; one spelling only is taken. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyPurpose, ServerKey, ServerKeys } from './secrets.ts';

/** Purposes of the keys that texts are sealed with which last. */
export const secondFactorPurpose = 'second-factor';
export const channelPurpose = 'channel-secrets';
export const webhookPurpose = 'webhook-secrets';
export const agentPurpose = 'agent-secrets';
export const mailPurpose = 'mail';

/**
 * Seals small texts that the database keeps and must not be able to read (AES-256-GCM): the secrets of second factors, the links in
 * mails that wait to be sent. What was sealed is `kid.nonce.tag.text`, each in base64url.
 */
export class Sealer {
  readonly #keys: Pick<ServerKeys, 'current' | 'all'>;
  readonly #purpose: KeyPurpose;

  constructor(keys: Pick<ServerKeys, 'current' | 'all'>, purpose: KeyPurpose) {
    this.#keys = keys;
    this.#purpose = purpose;
  }

  /** @param owner what the text belongs to, e.g. a user's id: it opens there and nowhere else. */
  seal(text: string, owner: string): string {
    const { kid, key } = this.#keys.current(this.#purpose);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return [kid, ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
  }

  /** @throws Error when it was sealed with a secret that is not in force any more, for somebody else, or was changed. */
  open(sealed: string, owner: string): string {
    const [kid, nonce = '', tag = '', body = ''] = sealed.split('.');
    const key = this.#keys.all(this.#purpose).find((each) => each.kid === kid);
    if (key === undefined) {
      throw new Error(
        'Sealed with a secret that is not in force any more. Set TIMONEL_SECRET_PREVIOUS to it, and start Timonel once with both.',
      );
    }
    return decipher(key, nonce, tag, owner, body);
  }

  /** Whether it is to be sealed again, because the secret was rotated since. */
  stale(sealed: string): boolean {
    return !sealed.startsWith(`${this.#keys.current(this.#purpose).kid}.`);
  }
}

function decipher({ key }: ServerKey, nonce: string, tag: string, owner: string, body: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
    .setAAD(Buffer.from(owner))
    .setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
}

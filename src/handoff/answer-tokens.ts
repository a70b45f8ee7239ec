/** What an answer to a notice is known by: the hand-off and an end, signed, as it stands in the id of the mail. Whoever guesses one is refused. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServerKeys } from '../identity/secrets.ts';

const purpose = 'handoff-answers';
/** For how long a notice can be answered, in milliseconds. */
const validMs = 7 * 86_400_000;
const pattern = /handoff\.([0-9a-f]{8}-[0-9a-f-]{27})\.([0-9a-z]{8,10})\.([0-9a-f]{32})/;

export class AnswerTokens {
  readonly #keys: ServerKeys;

  constructor(keys: ServerKeys) {
    this.#keys = keys;
  }

  make(handoffId: string, now: Date): string {
    const until = (now.getTime() + validMs).toString(36);
    return `handoff.${handoffId}.${until}.${mac(this.#keys.current(purpose).key, handoffId, until)}`;
  }

  /** @returns `undefined` where the token is none of ours */
  read(token: string, now: Date): { handoffId: string; expired: boolean } | undefined {
    const [, handoffId = '', until = '', given = ''] = pattern.exec(token) ?? [];
    const known = this.#keys
      .all(purpose)
      .map(({ key }) => timingSafeEqual(Buffer.from(mac(key, handoffId, until)), Buffer.from(given.padEnd(32))))
      .includes(true);
    return known ? { handoffId, expired: Number.parseInt(until, 36) < now.getTime() } : undefined;
  }
}

/** The token in a text, signed or not. */
export function answerTokenIn(text: string): string | undefined {
  return pattern.exec(text)?.[0];
}

function mac(key: Uint8Array, handoffId: string, until: string): string {
  return createHmac('sha256', key).update(`${handoffId}.${until}`).digest('hex').slice(0, 32);
}

/** One request to an endpoint: signed, to an address of somebody else, in bounded time, and without following where it is sent on to. */
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { foreignLookup, ownAddressIn } from '../foreign-addresses.ts';

/** Of the whole request, in milliseconds. */
const requestMs = 15_000;
/** Of an answer this much is read, so that its connection can be used again; a longer one loses it. */
const mostAnswerBytes = 16_384;

export interface SenderOptions {
  /** Also to addresses of this machine and its network. */
  anywhere: boolean;
  now(): Date;
}

export interface Message {
  url: string;
  /** `whsec_…`; a receiver that knows one of them takes it. */
  secrets: readonly string[];
  id: string;
  body: string;
}

export class WebhookSender {
  readonly #options: SenderOptions;
  readonly #agent: Agent;

  constructor(options: SenderOptions) {
    this.#options = options;
    const lookup = options.anywhere ? {} : { lookup: foreignLookup };
    this.#agent = new Agent({ connect: { ...lookup, timeout: requestMs }, connections: 4, pipelining: 1 });
  }

  /** @returns the status of the answer. @throws Error where there is none */
  async send({ url, secrets, id, body }: Message): Promise<number> {
    const { anywhere, now } = this.#options;
    const own = anywhere ? undefined : ownAddressIn(new URL(url));
    if (own !== undefined) throw new Error(`${own} is an address of this machine or its network.`);
    const at = now();
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body));
    const signal = AbortSignal.timeout(requestMs);
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      signal,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Timonel-Webhooks',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signatures.join(' '),
      },
      body,
    });
    // The status is the answer; what comes behind it decides nothing.
    await answer.body.dump({ limit: mostAnswerBytes, signal }).catch(() => {});
    return answer.statusCode;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** What HTTP and the command line are given: webhooks of providers, connections, deliveries. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type ChannelWebhook, channels as diagnostics } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { Connections } from './connections.ts';
import type { ConnectionFinding, OpenConnection, Update, WebhookRequest } from './contract.ts';
import type { Inbox } from './inbox.ts';

export interface DoorDependencies {
  connections: Connections;
  inbox: Inbox;
  publicUrl: string;
  wake(): void;
}

/** What a provider is answered. */
export interface WebhookAnswer {
  status: 200;
  /** Text of a handshake; empty else. */
  body: string;
}

/** Refused webhooks that one address may send in a minute: who guesses a signature learns nothing more quickly. */
const refusedPerMinute = 60;
/** Webhooks of one connection in a second. A provider that is refused for a moment sends them again. */
const perSecond = 400;
const checkMs = 20_000;

export class ChannelDoor {
  readonly #dependencies: DoorDependencies;
  readonly #refusals = new RateLimiterMemory({ points: refusedPerMinute, duration: 60 });
  readonly #webhooks = new RateLimiterMemory({ points: perSecond, duration: 1 });

  constructor(dependencies: DoorDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Takes a webhook: when this resolves its messages are stored. Runs are not waited for.
   * @param address of the caller.
   * @throws TimonelError `connection_not_found`, `webhook_refused`, `invalid_request`, `rate_limited`, `store_unavailable`
   */
  async webhook(connectionId: string, request: WebhookRequest, address: string): Promise<WebhookAnswer> {
    const { connections } = this.#dependencies;
    const connection = connections.find(connectionId);
    if (connection === undefined) {
      await this.#guessed(address);
      this.#tell('unknown', 'unknown');
      throw new TimonelError('connection_not_found', 'There is no such connection, or it is disabled.');
    }
    const channel = connections.channelOf(connection.channel);
    if (request.method === 'GET') {
      const answer = channel.handshake?.(request, connection);
      if (answer !== undefined) {
        this.#tell(connection.channel, 'handshake');
        return { status: 200, body: answer };
      }
      return this.#refuse(connection, address);
    }
    if (!channel.verify(request, connection, this.#dependencies.publicUrl)) return this.#refuse(connection, address);
    await this.#webhooks.consume(connection.id).catch(() => {
      this.#tell(connection.channel, 'limited');
      throw limited(1);
    });
    let updates: Update[];
    try {
      updates = channel.parse(request, connection);
    } catch (error) {
      this.#tell(connection.channel, 'unreadable');
      throw new TimonelError('invalid_request', `The body is signed, and is no webhook of ${connection.channel}.`, {
        cause: error,
      });
    }
    const accepted = await this.#dependencies.inbox.accept(connection, updates);
    if (accepted.messages + accepted.statuses > 0) this.#dependencies.wake();
    this.#tell(connection.channel, 'accepted', accepted);
    return { status: 200, body: '' };
  }

  /** Looks at the account of a connection, and at its agent. @throws TimonelError `connection_not_found` */
  async test(workspaceId: string, connectionId: string): Promise<ConnectionFinding[]> {
    const { connections, publicUrl } = this.#dependencies;
    const connection = await connections.whole(workspaceId, connectionId);
    const channel = connections.channelOf(connection.channel);
    const here = channel.readHere === true;
    const address = here ? publicUrl : `${publicUrl}/api/v1/channels/${connection.id}/webhook`;
    const secure = address.startsWith('https://');
    const webhook = {
      what: here ? 'server' : 'webhook',
      ok: secure,
      detail: secure
        ? address
        : `${address}: ${here ? 'pages load from' : 'providers call'} https:// addresses only. Set TIMONEL_PUBLIC_URL.`,
    };
    const findings = await channel
      .check(connection, AbortSignal.timeout(checkMs))
      .catch((error: unknown): ConnectionFinding[] => [
        { what: 'account', ok: false, detail: `The provider does not answer (${String(error)}).` },
      ]);
    return channel.receive === undefined ? [webhook, ...findings] : findings;
  }

  async #refuse(connection: OpenConnection, address: string): Promise<never> {
    await this.#guessed(address);
    this.#tell(connection.channel, 'refused');
    throw new TimonelError(
      'webhook_refused',
      'The signature does not fit. Compare the secret of the connection with the one at the provider, and see that nothing in between changes the body.',
    );
  }

  /** What is signed is always taken: others may come from the same address, behind a proxy. @throws TimonelError `rate_limited` */
  async #guessed(address: string): Promise<void> {
    await this.#refusals.consume(address).catch(() => {
      this.#tell('unknown', 'limited');
      throw limited(60);
    });
  }

  #tell(
    channel: string,
    result: ChannelWebhook['result'],
    { duplicates = 0, others = [] }: { duplicates?: number; others?: readonly string[] } = {},
  ): void {
    if (diagnostics.channelWebhook.hasSubscribers)
      diagnostics.channelWebhook.publish({ channel, result, duplicates, others } satisfies ChannelWebhook);
  }
}

function limited(retryAfter: number): TimonelError {
  return new TimonelError('rate_limited', `Too many webhooks. Send it again in ${retryAfter} s.`, { details: { retryAfter } });
}

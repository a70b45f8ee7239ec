/** The loops of one process: from the inbox to runs, from the outbox to providers. Other processes on the database run the same ones. */
import type { Artifacts } from '../artifacts/artifacts.ts';
import { fits, partOf } from '../artifacts/part.ts';
import { type ChannelReceived, channels as diagnostics, publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import { checkParts, type PartTakers } from '../run/message-parts.ts';
import type { Runner } from '../run/runner.ts';
import type { MediaPart, MessagePart } from '../vocabulary.ts';
import type { Connections } from './connections.ts';
import { ChannelMediaError, type IncomingContent, type OpenConnection } from './contract.ts';
import { type Delivery, tellDelivered, type Undelivered } from './delivery.ts';
import type { Intake, MessageBatch } from './intake.ts';
import { Loop } from './loop.ts';
import type { Outbox } from './outbox.ts';
import { declineText, lostText } from './sentences.ts';
import type { Statuses } from './statuses.ts';

export interface ChannelWorkerDependencies {
  connections: Connections;
  intake: Intake;
  outbox: Outbox;
  statuses: Statuses;
  delivery: Delivery;
  artifacts: Artifacts;
  runner: Pick<Runner, 'accept' | 'accepting'>;
  /** What the agent of a conversation takes beside text. */
  takersOf(workspaceId: string, agent: string): PartTakers;
  onUndelivered(undelivered: Undelivered): Promise<void>;
  newId(): string;
}

/** Between two looks where nothing wakes the loops, in milliseconds. */
const lookEveryMs = 1_000;
/** Batches, and deliveries, under way at once in a process. */
const mostAtOnce = 16;
/** Longest wait for the file of a contact, in milliseconds. */
const mediaMs = 25_000;
const mostMediaAttempts = 4;
const longestText = 16_000;

export class ChannelWorker {
  readonly #dependencies: ChannelWorkerDependencies;
  readonly #inbound: Loop;
  readonly #outbound: Loop;
  readonly #working = new Set<Promise<void>>();
  #taking = 0;
  #sending = 0;

  constructor(dependencies: ChannelWorkerDependencies) {
    this.#dependencies = dependencies;
    // Without a connection nobody asks the database anything.
    const idle = () => dependencies.connections.enabled.length === 0;
    this.#inbound = new Loop({ step: () => this.#receive(), idle, everyMs: lookEveryMs });
    this.#outbound = new Loop({ step: () => this.#send(), idle, everyMs: lookEveryMs });
  }

  start(): void {
    this.#inbound.start();
    this.#outbound.start();
  }

  /** A webhook stored something. */
  wakeInbound(): void {
    this.#inbound.wake();
  }

  /** Something was said. */
  wakeOutbound(): void {
    this.#outbound.wake();
  }

  /** Ends the loops; waits for what is under way. */
  async stop(): Promise<void> {
    await Promise.all([this.#inbound.stop(), this.#outbound.stop()]);
    await Promise.allSettled([...this.#working]);
  }

  async #receive(): Promise<boolean> {
    const { connections, intake, statuses, runner } = this.#dependencies;
    if (!runner.accepting) return false;
    let more = false;
    for (const id of await statuses.due()) {
      const connection = connections.find(id);
      if (connection !== undefined) more = (await this.#apply(connection)) || more;
    }
    if (this.#taking >= mostAtOnce) return more;
    for (const id of await intake.due()) {
      const connection = connections.find(id);
      if (connection === undefined) continue;
      const { batches, settled } = await intake.take(connection);
      for (const result of settled) this.#received(connection, result, 1);
      for (const batch of batches) {
        this.#taking += 1;
        this.#work(
          () => this.#submit(batch),
          () => {
            this.#taking -= 1;
            this.#inbound.wake();
          },
        );
      }
      // What was declined is said without a run.
      if (settled.length > 0) this.#outbound.wake();
      if (batches.length > 0) more = true;
    }
    return more;
  }

  async #apply(connection: OpenConnection): Promise<boolean> {
    const { connections, statuses, onUndelivered } = this.#dependencies;
    const { reconciled, failures, more } = await statuses.apply(connection, connections.channelOf(connection.channel));
    for (const id of reconciled) tellDelivered(connection, { id, conversationId: null }, 'reconciled');
    for (const { deliveryId: id, conversationId, contactId, error, remedy, replaced } of failures) {
      tellDelivered(connection, { id, conversationId }, replaced ? 'retried' : 'failed', error.code);
      if (remedy === 'account') {
        await connections.suspend(connection, error);
        publishFault('a connection is suspended', new Error(`Connection ${connection.id}: ${error.code} ${error.message}`));
      }
      const { workspaceId } = connection;
      if (!replaced)
        await onUndelivered({ workspaceId, connectionId: connection.id, conversationId, contactId, deliveryId: id, error });
    }
    if (failures.length > 0) this.#outbound.wake();
    return more;
  }

  /** Puts a batch into the run record. */
  async #submit(batch: MessageBatch): Promise<void> {
    const { intake, runner, newId } = this.#dependencies;
    const { connection, batch: key, conversationId, attempts } = batch;
    try {
      const message = await this.#messageOf(batch);
      const { runId, held } = await runner.accept({
        workspaceId: connection.workspaceId,
        conversationId,
        runId: newId(),
        ...message,
        idempotencyKey: `channel:${key}`,
      });
      // While a person has the conversation no run was started, and nobody is typing yet.
      await intake.done(batch, held ? 'held' : 'run', held ? undefined : runId);
      this.#received(connection, held ? 'held' : 'run', batch.messages.length);
      if (!held) this.#acknowledge(batch);
    } catch (error) {
      if (error instanceof Declined) {
        await intake.decline(batch, error.result, error.message);
        this.#received(connection, 'declined', batch.messages.length);
        this.#outbound.wake();
      } else if (error instanceof TimonelError && error.code === 'idempotency_key_reused') await intake.done(batch, 'run');
      else if (error instanceof TimonelError && (error.code === 'conversation_closed' || error.code === 'conversation_not_found'))
        await intake.anew(batch);
      else if (error instanceof TimonelError && !error.retryable) {
        publishFault('a message of a channel is refused', error);
        await intake.done(batch, error.code);
        this.#received(connection, error.code, batch.messages.length);
      } else {
        if (!(error instanceof ChannelMediaError)) publishFault('a message of a channel waits', error);
        await intake.postpone(batch, Math.min(60_000, 500 * 2 ** attempts));
      }
    }
  }

  /** The text and the parts of a turn. @throws Declined, ChannelMediaError */
  async #messageOf(batch: MessageBatch): Promise<{ text: string; parts?: MessagePart[] }> {
    const { connection } = batch;
    const text = batch.messages
      .map(({ content }) => content.text)
      .filter((each) => each.trim() !== '')
      .join('\n')
      .toWellFormed()
      .slice(0, longestText);
    const parts: MessagePart[] = [];
    for (const { content } of batch.messages) {
      if (content.location !== undefined) parts.push(content.location);
      if (content.media !== undefined) parts.push(await this.#load(batch, content, content.media));
    }
    if (parts.length === 0) return { text };
    const takers = this.#dependencies.takersOf(connection.workspaceId, connection.agent);
    try {
      checkParts(parts, takers);
    } catch (error) {
      if (!(error instanceof TimonelError) || error.code !== 'part_unsupported') throw error;
      // The words that came with it are answered all the same.
      if (text !== '') return { text };
      const media = batch.messages.find(({ content }) => content.media !== undefined)?.content.media;
      throw new Declined('part_unsupported', declineText(connection.settings.language, media?.type));
    }
    return { text, parts: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...parts] };
  }

  async #load(batch: MessageBatch, content: IncomingContent, media: NonNullable<IncomingContent['media']>): Promise<MediaPart> {
    const { connections, artifacts } = this.#dependencies;
    const { connection, conversationId, attempts } = batch;
    try {
      const data = await connections.channelOf(connection.channel).load(connection, media, AbortSignal.timeout(mediaMs));
      const owner = { workspaceId: connection.workspaceId, conversationId, createdBy: `channel:${connection.id}` };
      const stored = await artifacts.put(owner, { name: media.name, mediaType: media.mediaType, data });
      // What calls itself a picture and is none would be read as something else.
      if (!fits(media.type, stored.mediaType)) throw new Declined('media:not-what-it-says', lostText(connection.settings.language));
      return { ...partOf(stored), type: media.type };
    } catch (error) {
      if (error instanceof Declined) throw error;
      if (error instanceof ChannelMediaError && error.passing && attempts < mostMediaAttempts) throw error;
      const refused = error instanceof TimonelError && !error.retryable;
      if (!refused && !(error instanceof ChannelMediaError)) throw error;
      throw new Declined(refused ? error.code : `media:${content.kind}`, lostText(connection.settings.language));
    }
  }

  /** Shows that the message was read and an answer is on its way. Nothing depends on it. */
  #acknowledge({ connection, messages }: MessageBatch): void {
    const { connections } = this.#dependencies;
    const last = messages.at(-1);
    const channel = connections.channelOf(connection.channel);
    if (last === undefined || channel.acknowledge === undefined) return;
    this.#work(async () => {
      await channel.acknowledge?.(connection, last, AbortSignal.timeout(10_000)).catch(() => {});
    });
  }

  async #send(): Promise<boolean> {
    const { connections, outbox, delivery } = this.#dependencies;
    const room = mostAtOnce - this.#sending;
    if (room <= 0) return false;
    let claimed = 0;
    for (const id of await outbox.due()) {
      const connection = connections.find(id);
      if (connection === undefined) continue;
      for (const { id: deliveryId, conversationId } of await outbox.doubtful(connection)) {
        publishFault('a message is in doubt', new Error(`Delivery ${deliveryId}: the process that was sending it died.`));
        tellDelivered(connection, { id: deliveryId, conversationId }, 'unclear', 'unclear');
      }
      if (room - claimed <= 0) break;
      const asked = performance.now();
      const deliveries = await outbox.claim(connection, connections.channelOf(connection.channel), room - claimed);
      for (const each of deliveries) {
        claimed += 1;
        this.#sending += 1;
        this.#work(
          () => delivery.deliver(connection, each, asked),
          () => {
            this.#sending -= 1;
            this.#outbound.wake();
          },
        );
      }
    }
    return false;
  }

  #received(connection: OpenConnection, result: string, count: number): void {
    if (!diagnostics.channelReceived.hasSubscribers) return;
    for (let each = 0; each < count; each++)
      diagnostics.channelReceived.publish({ channel: connection.channel, result } satisfies ChannelReceived);
  }

  #work(task: () => Promise<void>, after: () => void = () => {}): void {
    const working = task()
      .catch((error: unknown) => publishFault('the channels', error))
      .finally(() => {
        this.#working.delete(working);
        after();
      });
    this.#working.add(working);
  }
}

/** The agent cannot take the message; the contact is told so. */
class Declined extends Error {
  readonly result: string;

  constructor(result: string, text: string) {
    super(text);
    this.result = result;
  }
}

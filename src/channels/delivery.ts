/** Sends what the outbox holds, and draws the consequences of each answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { type ChannelDelivered, channels as diagnostics, publishFault } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import { spokenLanguage } from '../language/spoken-language.ts';
import type { Speech } from '../speech/speech.ts';
import type { MediaPart } from '../vocabulary.ts';
import type { Connections } from './connections.ts';
import type { Channel, OpenConnection, OutgoingContent, ProviderError, Rendered, Sending, SendResult } from './contract.ts';
import { takesVoice, voicePart } from './incoming.ts';
import { type ClaimedDelivery, deliveryLeaseSeconds, type Outbox } from './outbox.ts';
import { reopeningTemplate } from './templates.ts';

/** A message that reached nobody, and that no other attempt will be made of by itself. */
export interface Undelivered {
  workspaceId: string;
  connectionId: string;
  conversationId: string | null;
  contactId: string;
  deliveryId: string;
  error: ProviderError;
}

export interface DeliveryDependencies {
  outbox: Outbox;
  connections: Connections;
  artifacts: Artifacts;
  speech: Speech;
  publicUrl: string;
  now(): Date;
  /** A message is there for the contact. */
  onSent(connection: OpenConnection, delivery: ClaimedDelivery): void;
  /** Asks a person to look: the conversation cannot go on by itself. */
  onUndelivered(undelivered: Undelivered): Promise<void>;
}

/** Attempts of a message that is refused for a time. */
const mostAttempts = 8;
const longestPauseMs = 900_000;
/** Characters of a reply that is spoken too: some 40 seconds. */
const longestSpoken = 600;
const unspoken = /https?:\/\/\S+|[*_`#]|\p{Extended_Pictographic}/gu;
/** Longest attempt at one message, in milliseconds. Well below the lease. */
const attemptMs = 45_000;

export class Delivery {
  readonly #dependencies: DeliveryDependencies;

  constructor(dependencies: DeliveryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Sends one claimed delivery. @param claimedAt when the claim was asked for (`performance.now()`) */
  async deliver(connection: OpenConnection, delivery: ClaimedDelivery, claimedAt: number): Promise<void> {
    const { outbox, connections } = this.#dependencies;
    const channel = connections.channelOf(connection.channel);
    if (delivery.stopped !== null) {
      return this.#refuse(connection, delivery, {
        code: 'contact-stopped',
        message: `Nothing is sent to the contact: ${delivery.stopped.message}`,
      });
    }
    const within = this.#withinWindow(channel, connection, delivery);
    const content = within === undefined ? undefined : await this.#voiced(connection, delivery, within);
    if (content === undefined) {
      return this.#refuse(connection, delivery, {
        code: 'window-closed',
        message: 'The contact wrote too long ago for a free text, and the connection has no template that reopens.',
      });
    }
    let rendered: Rendered;
    try {
      rendered = channel.render(content, connection);
    } catch (error) {
      if (!(error instanceof TimonelError)) throw error;
      return this.#refuse(connection, delivery, { code: error.code, message: error.message });
    }
    const { messages, numbered = null } = rendered;
    // What is left may be nothing: a text of spaces, or a template in place of a text of which a part was sent.
    if (delivery.partsSent >= messages.length) {
      await outbox.nothingToSend(delivery);
      return;
    }
    for (let part = delivery.partsSent; part < messages.length; part++) {
      const message = messages[part];
      // Frozen for longer than the lease, it is not this process's any more.
      if (message === undefined || performance.now() - claimedAt > deliveryLeaseSeconds * 1_000 - attemptMs) {
        await outbox.again(delivery, 0, { code: 'late', message: 'The process was too late; the message was not sent.' });
        return;
      }
      const result = await this.#attempt(channel, connection, delivery, { message, reference: `${delivery.id}:${part}` });
      if (result.kind !== 'sent') return this.#unsent(connection, delivery, content, result, messages.length);
      const sent = { part, parts: messages.length, externalId: result.externalId, pairMs: channel.rates.pair.intervalMs, numbered };
      if (!(await insistently(() => outbox.sent(delivery, sent)))) return;
    }
    this.#dependencies.onSent(connection, delivery);
    this.#tell(connection, delivery, 'sent', undefined, this.#dependencies.now().getTime() - delivery.createdAt.getTime());
  }

  /** A short reply is spoken too where the contact spoke and the connection wants it. Where that fails it is read. */
  async #voiced(connection: OpenConnection, delivery: ClaimedDelivery, content: OutgoingContent): Promise<OutgoingContent> {
    const { speech, artifacts, outbox, connections } = this.#dependencies;
    const { text, parts = [], template } = content;
    const wanted = connection.settings.voiceReplies && delivery.spoken && delivery.saidBy === 'assistant' && template === undefined;
    const fits = text.trim() !== '' && text.length <= longestSpoken && !parts.some(({ type }) => type === 'audio');
    if (!wanted || !fits || delivery.partsSent > 0 || !takesVoice(connections, connection) || !(await speech.speaks()))
      return content;
    const { workspaceId, conversationId } = delivery;
    try {
      const language = spokenLanguage([text]) ?? connection.settings.language;
      const data = await speech.speak(workspaceId, connection.agent, text.replaceAll(unspoken, ' '), language);
      const owner = { workspaceId, conversationId: conversationId ?? undefined, createdBy: `channel:${connection.id}` };
      const stored = await artifacts.put(owner, { name: 'voice.ogg', mediaType: 'audio/ogg', data });
      const voiced = { ...content, parts: [...parts, voicePart(stored)] };
      return (await outbox.extended(delivery, voiced)) ? voiced : content;
    } catch (error) {
      publishFault('speaking a reply', error);
      return content;
    }
  }

  /** What may be sent now: the text while the window is open, else a template, else nothing. */
  #withinWindow(
    channel: Channel,
    connection: OpenConnection,
    { content, heardAt, name }: ClaimedDelivery,
  ): OutgoingContent | undefined {
    const { now } = this.#dependencies;
    const windowMs = channel.windowOf(connection);
    const open = windowMs === undefined || (heardAt !== null && now().getTime() - heardAt.getTime() < windowMs);
    const hasText = content.text.trim() !== '' || (content.parts ?? []).length > 0;
    if (open && hasText) return { ...content, template: undefined };
    if (content.template !== undefined) return { text: content.text, template: content.template };
    if (open) return content;
    const template = reopeningTemplate(connection, content, name ?? undefined);
    return template === undefined ? undefined : { text: content.text, template };
  }

  async #attempt(
    channel: Channel,
    connection: OpenConnection,
    delivery: ClaimedDelivery,
    { message, reference }: Pick<Sending, 'message' | 'reference'>,
  ): Promise<SendResult> {
    const { artifacts, publicUrl } = this.#dependencies;
    const found = (part: MediaPart) => artifacts.find(delivery.workspaceId, part.artifact, { asker: '', everybodys: true });
    try {
      return await channel.send(connection, {
        to: delivery.to,
        message,
        reference,
        read: async (part) => {
          const artifact = await found(part);
          const { mediaType, name, bytes } = artifact;
          return { stream: await artifacts.read(artifact), mediaType, name, bytes };
        },
        link: async (part) => artifacts.linkTo(await found(part), 3_600_000),
        callback: `${publicUrl}/api/v1/channels/${connection.id}/webhook`,
        heard: () => this.#dependencies.outbox.answeredBy(delivery),
        signal: AbortSignal.timeout(attemptMs),
      });
    } catch (error) {
      // Before anything left: an artifact that is gone, or a storage that does not answer.
      if (error instanceof TimonelError) {
        return { kind: 'refused', error: { code: error.code, message: error.message }, remedy: error.retryable ? 'wait' : 'wrong' };
      }
      return { kind: 'unclear', reason: messageOf(error) };
    }
  }

  async #unsent(
    connection: OpenConnection,
    delivery: ClaimedDelivery,
    content: OutgoingContent,
    result: Exclude<SendResult, { kind: 'sent' }>,
    parts: number,
  ): Promise<void> {
    const { outbox, connections } = this.#dependencies;
    if (result.kind === 'unclear') {
      if (await outbox.unclear(delivery, result.reason, parts)) {
        publishFault('a message is in doubt', new Error(`Delivery ${delivery.id}: ${result.reason}`));
        this.#tell(connection, delivery, 'unclear', 'unclear');
      }
      return;
    }
    const { error, remedy } = result;
    if (remedy === 'wait' && delivery.attempts < mostAttempts) {
      await outbox.again(delivery, Math.max(result.retryAfterMs ?? 0, pauseOf(delivery.attempts)), error);
      this.#tell(connection, delivery, 'retried', error.code);
      return;
    }
    if (remedy === 'template' && content.template === undefined) {
      const template = reopeningTemplate(connection, content, delivery.name ?? undefined);
      if (template !== undefined) {
        await outbox.again(delivery, 0, error, { text: content.text, template });
        this.#tell(connection, delivery, 'retried', error.code);
        return;
      }
    }
    if (remedy === 'account') {
      // Kept, and sent once a person has looked.
      await connections.suspend(connection, error);
      await outbox.again(delivery, 0, error);
      publishFault('a connection is suspended', new Error(`Connection ${connection.id}: ${error.code} ${error.message}`));
      this.#tell(connection, delivery, 'refused', error.code);
      return;
    }
    if (remedy === 'stop') await outbox.stop(connection, delivery.contactId, error);
    await this.#refuse(connection, delivery, error);
  }

  async #refuse(connection: OpenConnection, delivery: ClaimedDelivery, error: ProviderError): Promise<void> {
    const { outbox, onUndelivered } = this.#dependencies;
    if (!(await outbox.refused(delivery, error))) return;
    this.#tell(connection, delivery, 'refused', error.code);
    const { workspaceId, conversationId, contactId, id: deliveryId } = delivery;
    await onUndelivered({ workspaceId, connectionId: connection.id, conversationId, contactId, deliveryId, error });
  }

  #tell(
    connection: OpenConnection,
    delivery: Pick<ClaimedDelivery, 'id' | 'conversationId'>,
    result: ChannelDelivered['result'],
    code?: string,
    milliseconds?: number,
  ): void {
    tellDelivered(connection, delivery, result, code, milliseconds);
  }
}

export function tellDelivered(
  { workspaceId, channel, id: connectionId }: OpenConnection,
  { id: deliveryId, conversationId }: { id: string; conversationId: string | null },
  result: ChannelDelivered['result'],
  code?: string,
  milliseconds?: number,
): void {
  if (!diagnostics.channelDelivered.hasSubscribers) return;
  const told: ChannelDelivered = { workspaceId, channel, connectionId, deliveryId, conversationId, result, code, milliseconds };
  diagnostics.channelDelivered.publish(told);
}

/** What was sent has to be written down: without it the message would be in doubt. */
async function insistently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === 6 || !(error instanceof TimonelError) || !error.retryable) throw error;
      await sleep(250 * 2 ** attempt);
    }
  }
}

/** 4^n seconds, as Meta asks for where one person is written to too fast. */
function pauseOf(attempts: number): number {
  return Math.min(longestPauseMs, 1_000 * 4 ** Math.min(attempts - 1, 5));
}

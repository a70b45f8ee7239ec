/** The text and the parts of a turn, from what a contact sent: files are loaded, voice is heard. */
import { buffer } from 'node:stream/consumers';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { StoredArtifact } from '../artifacts/contract.ts';
import { fits, partOf } from '../artifacts/part.ts';
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import { spokenLanguage } from '../language/spoken-language.ts';
import { checkParts, type PartTakers } from '../run/message-parts.ts';
import type { Speech } from '../speech/speech.ts';
import type { MediaPart, MessagePart } from '../vocabulary.ts';
import type { BatchEndings, MessageBatch } from './batch-endings.ts';
import type { Connections } from './connections.ts';
import { ChannelMediaError, type IncomingContent, type OpenConnection } from './contract.ts';
import { declineText, lostText, readBack, saysNo, saysYes, unheardText, writeText } from './sentences.ts';

export interface IncomingDependencies {
  connections: Connections;
  endings: BatchEndings;
  artifacts: Artifacts;
  speech: Speech;
  /** What the agent of a conversation takes beside text. */
  takersOf(workspaceId: string, agent: string): PartTakers;
}

/** Longest wait for the file of a contact, in milliseconds. */
const mediaMs = 25_000;
const mostAttempts = 4;
const longestText = 16_000;
/** What OpenAI's API takes of a sound. */
const longestSound = 26_214_400;

/** The agent cannot take the message; the contact is told so. */
export class Declined extends Error {
  readonly result: string;
  /** Said even where something of the kind was said a moment ago: it is an answer. */
  readonly answers: boolean;

  constructor(result: string, text: string, answers = false) {
    super(text);
    this.result = result;
    this.answers = answers;
  }
}

/** It is not sure what was said: it is read back, with the answers to choose from. */
export class ReadBack extends Error {
  readonly heard: string;
  readonly language: 'es' | 'en';

  constructor(heard: string, language: 'es' | 'en') {
    super(readBack(language, heard).text);
    this.heard = heard;
    this.language = language;
  }
}

export class IncomingMessages {
  readonly #dependencies: IncomingDependencies;

  constructor(dependencies: IncomingDependencies) {
    this.#dependencies = dependencies;
  }

  /** `spoken`: the contact spoke. @throws Declined, ReadBack, ChannelMediaError */
  async messageOf(batch: MessageBatch): Promise<{ text: string; parts?: MessagePart[]; spoken: boolean }> {
    const { connection, unsure } = batch;
    const texts: string[] = [];
    const parts: MessagePart[] = [];
    let spoken = false;
    let sure = true;
    for (const { id, content } of batch.messages) {
      if (content.text.trim() !== '') texts.push(content.text);
      if (content.location !== undefined) parts.push(content.location);
      for (const file of content.files ?? []) parts.push({ ...partOf(await this.#load(batch, content, file)), type: file.type });
      if (content.media === undefined) continue;
      const isVoice = content.media.type === 'audio' && this.#dependencies.speech.hears;
      if (isVoice && content.heard !== undefined) {
        // Heard by a process that died before it could go on.
        texts.push(content.heard.text);
        spoken = true;
        sure &&= !content.heard.unsure;
        continue;
      }
      const stored = await this.#load(batch, content, content.media);
      if (!isVoice) {
        parts.push({ ...partOf(stored), type: content.media.type });
        continue;
      }
      const heard = await this.#hear(batch, id, stored);
      texts.push(heard.text);
      spoken = true;
      sure &&= !heard.unsure;
    }
    const text = texts.join('\n').toWellFormed().slice(0, longestText);
    if (!sure) throw new ReadBack(text, await this.#languageOf(batch, text));
    if (unsure !== null && parts.length === 0) {
      if (saysYes(text)) return { text: unsure, spoken: true };
      if (saysNo(text)) throw new Declined('read-back', writeText(await this.#languageOf(batch, text)), true);
    }
    if (parts.length === 0) return { text, spoken };
    const takers = this.#dependencies.takersOf(connection.workspaceId, connection.agent);
    try {
      checkParts(parts, takers);
    } catch (error) {
      if (!(error instanceof TimonelError) || error.code !== 'part_unsupported') throw error;
      // The words that came with it are answered all the same.
      if (text !== '') return { text, spoken };
      const media = batch.messages.find(({ content }) => content.media !== undefined)?.content.media;
      const language = await this.#languageOf(batch, text);
      throw new Declined('part_unsupported', declineText(language, media?.type));
    }
    return { text, parts: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...parts], spoken };
  }

  /** @throws Declined where nothing was understood or can be; ChannelMediaError where another attempt may */
  async #hear(batch: MessageBatch, messageId: string, { id }: StoredArtifact): Promise<{ text: string; unsure: boolean }> {
    const { artifacts, speech, endings } = this.#dependencies;
    const { connection, attempts } = batch;
    const { workspaceId } = connection;
    const stored = await artifacts.find(workspaceId, id, { asker: '', everybodys: true });
    const declined = async (result: string) => new Declined(result, unheardText(await this.#languageOf(batch, '')), true);
    if (stored.bytes > longestSound) throw await declined('voice-too-long');
    const data = (await buffer(await artifacts.read(stored))) as Buffer<ArrayBuffer>;
    let heard: { text: string; unsure: boolean };
    try {
      heard = await speech.hear(workspaceId, connection.agent, { data, mediaType: stored.mediaType });
    } catch (error) {
      if (!(error instanceof TimonelError)) throw error;
      if (error.retryable && attempts < mostAttempts) throw new ChannelMediaError(error.message, true);
      publishFault('hearing a voice message', error);
      throw await declined(error.code);
    }
    if (heard.text === '') throw await declined('voice-not-understood');
    await endings.heard(batch, messageId, heard);
    return heard;
  }

  async #load(
    batch: MessageBatch,
    content: IncomingContent,
    media: NonNullable<IncomingContent['media']>,
  ): Promise<StoredArtifact> {
    const { connections, artifacts } = this.#dependencies;
    const { connection, conversationId, attempts } = batch;
    const lost = async (result: string) => new Declined(result, lostText(await this.#languageOf(batch, content.text)));
    try {
      const data = await connections.channelOf(connection.channel).load(connection, media, AbortSignal.timeout(mediaMs));
      const owner = { workspaceId: connection.workspaceId, conversationId, createdBy: `channel:${connection.id}` };
      const stored = await artifacts.put(owner, { name: media.name, mediaType: media.mediaType, data });
      // What calls itself a picture and is none would be read as something else.
      if (!fits(media.type, stored.mediaType)) throw await lost('media:not-what-it-says');
      return stored;
    } catch (error) {
      if (error instanceof Declined) throw error;
      if (error instanceof ChannelMediaError && error.passing && attempts < mostAttempts) throw error;
      const refused = error instanceof TimonelError && !error.retryable;
      if (!refused && !(error instanceof ChannelMediaError)) throw error;
      throw await lost(refused ? error.code : `media:${content.kind}`);
    }
  }

  /** The language of what the contact wrote, now or before; that of the connection where nothing tells. */
  async #languageOf({ connection, conversationId }: MessageBatch, text: string): Promise<'es' | 'en'> {
    const before = await this.#dependencies.endings.lastWords(connection, conversationId);
    return spokenLanguage([text, ...before]) ?? connection.settings.language;
  }
}

/** Whether a reply to this connection may be spoken: not by SMS. */
export function takesVoice(connections: Connections, { channel, account }: OpenConnection): boolean {
  return connections.channelOf(channel).label(account) !== 'sms';
}

/** A reply as sound, for the outbox. */
export function voicePart(stored: StoredArtifact): MediaPart {
  return { ...partOf(stored), type: 'audio' };
}

/** Messages with pictures, files and places, as a model is to see them. */
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import type { StoredArtifact } from '../../artifacts/contract.ts';
import type { ModelMedium } from '../../llm/routes/route.ts';
import type { ClaimedRun, EarlierTurn } from '../../store/runs.ts';
import type { MediaPart, MessagePart } from '../../vocabulary.ts';
import { mediumOf, mostModelBytes, partNoteOf } from '../message-parts.ts';

export type UserContent = Extract<LanguageModelV4Message, { role: 'user' }>['content'];

/** Bytes of a text file that a model is shown. */
const mostText = 65_536;

/** What a model is shown of the messages of a conversation. */
export interface ShownMessages {
  /** By number of the turn; of messages that are more than text. */
  contents: ReadonlyMap<number, UserContent>;
  /** What is among it. */
  media: ReadonlySet<ModelMedium>;
}

type Loaded = ReadonlyMap<string, Buffer>;

/** Whether a message of the conversation is more than text. */
export function hasParts(run: ClaimedRun, earlier: readonly EarlierTurn[]): boolean {
  return run.parts !== undefined || earlier.some(({ parts }) => parts !== undefined);
}

export class ModelMessages {
  readonly #artifacts: Pick<Artifacts, 'findOwn' | 'read'>;
  /** A turn asks its model several times. */
  readonly #loaded = new WeakMap<ClaimedRun, Promise<Loaded>>();

  constructor(artifacts: Pick<Artifacts, 'findOwn' | 'read'>) {
    this.#artifacts = artifacts;
  }

  /**
   * The newest pictures and files that the model takes, up to a limit; of the others their name and the id of their artifact.
   * @param earlier the earlier turns that the model sees.
   * @throws TimonelError `artifact_storage_unavailable`
   */
  async shown(run: ClaimedRun, earlier: readonly EarlierTurn[], takes: () => ReadonlySet<ModelMedium>): Promise<ShownMessages> {
    const messages = [...earlier, { turn: run.turn, parts: run.parts }].flatMap(({ turn, parts }) =>
      parts === undefined ? [] : [{ turn, parts }],
    );
    const taken = takes();
    const newest = messages
      .toReversed()
      .flatMap(({ parts }) => parts.filter((part) => part.type !== 'text' && part.type !== 'location'));
    const wanted = withinLimit(newest.filter((part) => isTaken(part, taken)));
    let loading = this.#loaded.get(run);
    if (loading === undefined) {
      loading = this.#load(run, wanted);
      this.#loaded.set(run, loading);
      // Asked again after a failure, not reminded of it.
      loading.catch(() => this.#loaded.delete(run));
    }
    const loaded = await loading;
    const media = new Set<ModelMedium>();
    for (const part of wanted) {
      const medium = mediumOf(part);
      if (loaded.has(part.artifact) && medium !== 'text' && medium !== undefined) media.add(medium);
    }
    return { contents: new Map(messages.map(({ turn, parts }) => [turn, userContentOf(parts, loaded)])), media };
  }

  async #load({ workspaceId, conversationId, agent }: ClaimedRun, wanted: readonly MediaPart[]): Promise<Loaded> {
    const ids = wanted.map(({ artifact }) => artifact);
    if (ids.length === 0) return new Map();
    const found = await this.#artifacts.findOwn(workspaceId, ids, { conversationId, createdBy: `agent:${agent}` });
    const loaded = new Map<string, Buffer>();
    for (const artifact of found) loaded.set(artifact.id, await this.#bytesOf(artifact, wanted));
    return loaded;
  }

  async #bytesOf(artifact: StoredArtifact, wanted: readonly MediaPart[]): Promise<Buffer> {
    const part = wanted.find((each) => each.artifact === artifact.id);
    const isText = part !== undefined && mediumOf(part) === 'text';
    const range = isText && artifact.bytes > mostText ? { start: 0, end: mostText - 1 } : undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of await this.#artifacts.read(artifact, range)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
}

function isTaken(part: MediaPart, taken: ReadonlySet<ModelMedium>): boolean {
  const medium = mediumOf(part);
  return medium === 'text' || (medium !== undefined && taken.has(medium));
}

/** The first ones that fit. */
function withinLimit(parts: readonly MediaPart[]): MediaPart[] {
  let left = mostModelBytes;
  return parts.filter((part) => {
    const bytes = mediumOf(part) === 'text' ? Math.min(part.bytes, mostText) : part.bytes;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
}

export function textContent(text: string): UserContent {
  return [{ type: 'text', text }];
}

/**
 * The note comes with the part, so that a model can name the artifact to a tool.
 * @param loaded of the others there is the note only.
 */
export function userContentOf(parts: readonly MessagePart[], loaded: Loaded = new Map()): UserContent {
  return parts.flatMap((part): UserContent => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    const note = { type: 'text' as const, text: partNoteOf(part) };
    const data = part.type === 'location' ? undefined : loaded.get(part.artifact);
    if (part.type === 'location' || data === undefined) return [note];
    if (mediumOf(part) !== 'text')
      return [note, { type: 'file', mediaType: part.mediaType, filename: part.name, data: { type: 'data', data } }];
    const rest = part.bytes > data.length ? `\n[the first ${data.length} bytes]` : '';
    return [{ type: 'text', text: `${note.text}\n${data.toString('utf8')}${rest}` }];
  });
}

import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ArtifactMoved, channels, publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { RunStatement } from '../store/database.ts';
import { Announcements, type AnnouncingPool } from './announcements.ts';
import type { ArtifactOwner, ArtifactSettings, ArtifactStorage, ByteRange, NewArtifact, StoredArtifact } from './contract.ts';
import { safeName } from './file-name.ts';
import { type LinkKeys, linkToken, longestLink, readLinkToken } from './links.ts';
import { detectType } from './media-type.ts';
import * as rows from './rows.ts';
import { removeStale, type Spooled, spooled } from './spool.ts';
import { storageFailed } from './storage/failure.ts';

export interface ArtifactsDependencies {
  pool: AnnouncingPool;
  settings: ArtifactSettings;
  /** Where larger artifacts go from now on; none where there is neither a folder nor S3. */
  storage: ArtifactStorage | undefined;
  /** All that earlier artifacts may be in. */
  storages: readonly ArtifactStorage[];
  /** Where data is put down until it is known whole. */
  spoolFolder: string;
  keys: LinkKeys;
  /** Where people reach this server, without a slash at the end. */
  publicUrl: string;
  now(): Date;
  newId(): string;
}

/** Stores, finds, reads and removes artifacts. */
export class Artifacts {
  readonly settings: ArtifactSettings;
  readonly #dependencies: ArtifactsDependencies;
  readonly #run: RunStatement;
  readonly #announcements: Announcements;

  constructor(dependencies: ArtifactsDependencies) {
    this.#dependencies = dependencies;
    this.settings = dependencies.settings;
    this.#announcements = new Announcements(dependencies.pool);
    this.#run = (text, values) => dependencies.pool.executeText(text, values);
  }

  /**
   * Stores bytes.
   * @param run a statement of the transaction that the artifact is to be part of.
   * @param id where the caller chooses it; what its run stored under it before is replaced.
   * @throws TimonelError `payload_too_large`, `artifact_invalid`, `artifact_limit_reached`, `artifact_not_found`,
   *   `artifact_storage_unavailable`
   */
  async put(owner: ArtifactOwner, artifact: NewArtifact, run: RunStatement = this.#run, id?: string): Promise<StoredArtifact> {
    const { settings, storage, spoolFolder, now } = this.#dependencies;
    if (artifact.expiresAt !== undefined && !(artifact.expiresAt.getTime() > now().getTime()))
      throw new TimonelError('artifact_invalid', 'The expiry of the artifact is past. Give an instant that is to come, or none.');
    const limits = {
      folder: storage === undefined ? undefined : spoolFolder,
      memoryBytes: settings.databaseBytes,
      maxBytes: settings.maxBytes,
      advice: adviceOf(settings, storage),
    };
    const stored = await spooled(artifact.data, limits, (data) => this.#store(owner, artifact, data, run, id));
    moved('in', stored.storage, stored.bytes);
    return stored;
  }

  async #store(
    owner: ArtifactOwner,
    artifact: NewArtifact,
    data: Spooled,
    run: RunStatement,
    id: string | undefined,
  ): Promise<StoredArtifact> {
    const { settings, now, newId } = this.#dependencies;
    const { mediaType, extension } = await detectType(data.head, artifact.mediaType);
    const values: rows.ArtifactValues = {
      id: artifact.replaces ?? id ?? newId(),
      workspaceId: owner.workspaceId,
      name: safeName(artifact.name, extension),
      mediaType,
      bytes: data.bytes,
      sha256: data.sha256,
      ...(await this.#place(owner.workspaceId, data, run)),
      conversationId: owner.conversationId ?? null,
      runId: owner.runId ?? null,
      createdBy: owner.createdBy,
      permission: artifact.permission ?? null,
      now: now(),
      expiresAt: artifact.expiresAt ?? (owner.conversationId === undefined ? new Date(now().getTime() + rows.unattachedMs) : null),
    };
    if (artifact.replaces !== undefined) {
      const replaced = await rows.replaceArtifact(run, values);
      if (replaced === undefined) throw artifactNotFound(artifact.replaces);
      return replaced;
    }
    const inserted = await rows.insertArtifact(run, values, settings.perConversation);
    if (inserted !== undefined) return inserted;
    throw new TimonelError(
      'artifact_limit_reached',
      `There are ${settings.perConversation} artifacts already, which is the most. Delete some, or begin another conversation.`,
    );
  }

  /** Puts the bytes where they stay. Outside of the database they come before their row: a row without bytes would be a lie. */
  async #place(
    workspaceId: string,
    { content, bytes, sha256 }: Spooled,
    run: RunStatement,
  ): Promise<Pick<rows.ArtifactValues, 'storage' | 'location' | 'content'>> {
    if (content.kind === 'memory') return { storage: 'database', location: null, content: content.data };
    const { storage, newId } = this.#dependencies;
    if (storage === undefined) throw new TypeError('Data went to a file, and there is no storage for files.');
    const name = newId();
    const location = `${workspaceId}/${name.slice(-2)}/${name}`;
    await this.#announcements.announce(workspaceId, location, storage.kind, run !== this.#run);
    await storage.store(location, { path: content.path, bytes, sha256 });
    return { storage: storage.kind, location, content: null };
  }

  /** @throws TimonelError `artifact_not_found` */
  async find(workspaceId: string, id: string, reader: rows.ArtifactReader): Promise<StoredArtifact> {
    const found = await rows.findArtifact(this.#run, { workspaceId, id, now: this.#dependencies.now() }, reader);
    if (found === undefined) throw artifactNotFound(id);
    return found;
  }

  /** Bytes of the largest artifact that there is a place for. */
  get largest(): number {
    const { settings, storage } = this.#dependencies;
    return storage === undefined ? Math.min(settings.databaseBytes, settings.maxBytes) : settings.maxBytes;
  }

  /** Those of the ids that belong to the conversation or were made by `createdBy`. */
  findOwn(
    workspaceId: string,
    ids: readonly string[],
    owner: { conversationId?: string | undefined; createdBy?: string | undefined },
    run: RunStatement = this.#run,
  ): Promise<StoredArtifact[]> {
    return rows.findOwn(run, { workspaceId, ids, now: this.#dependencies.now() }, owner);
  }

  /** @throws TimonelError `link_invalid`, `artifact_not_found` */
  async findLinked(token: string): Promise<StoredArtifact> {
    const { keys, now } = this.#dependencies;
    const id = readLinkToken(keys, token, now());
    const found = await rows.findLinked(this.#run, id, now());
    if (found === undefined) throw artifactNotFound(id);
    return found;
  }

  /** Binds uploads to the conversation that a message names them in. @returns those that were found, in no order. */
  bind(workspaceId: string, ids: readonly string[], place: { conversationId: string; asker: string }): Promise<StoredArtifact[]> {
    return rows.bindArtifacts(this.#run, { workspaceId, ids, now: this.#dependencies.now() }, place);
  }

  /**
   * Its bytes, or some of them, as they are read.
   * @throws TimonelError `artifact_storage_unavailable`, `artifact_not_found` where it was deleted meanwhile
   */
  async read(artifact: StoredArtifact, range?: ByteRange, run: RunStatement = this.#run): Promise<Readable> {
    const bytes = range === undefined ? artifact.bytes : range.end - range.start + 1;
    const stream = await this.#open(artifact, range, run);
    moved('out', artifact.storage, bytes);
    return stream;
  }

  async #open(artifact: StoredArtifact, range: ByteRange | undefined, run: RunStatement): Promise<Readable> {
    const { storage, location } = artifact;
    if (location === null) {
      const content = await rows.readContent(run, artifact, range);
      if (content === undefined) throw artifactNotFound(artifact.id);
      return Readable.from([content], { objectMode: false });
    }
    const place = this.#dependencies.storages.find(({ kind }) => kind === storage);
    if (place === undefined)
      throw storageFailed(
        'reading',
        new Error(`its bytes are in the storage "${storage}", which this process is not configured for`),
      );
    return place.read(location, range);
  }

  /** The address of a link. `expiresIn` in milliseconds. @throws TimonelError `artifact_invalid` */
  linkTo(artifact: Pick<StoredArtifact, 'id'>, expiresIn: number): string {
    const { keys, publicUrl, now } = this.#dependencies;
    if (!(expiresIn > 0 && expiresIn <= longestLink))
      throw new TimonelError('artifact_invalid', `A link lives for more than 0 and up to ${longestLink} milliseconds.`);
    return `${publicUrl}/api/v1/shared/${linkToken(keys, artifact.id, new Date(now().getTime() + expiresIn))}`;
  }

  /** Deletes it; its bytes outside of the database are removed at once if the storage answers, else by the job. */
  async remove({ workspaceId, id, location }: StoredArtifact): Promise<void> {
    await rows.deleteArtifact(this.#run, workspaceId, id);
    if (location !== null) await this.removeLeftovers().catch((error: unknown) => publishFault('removing artifacts', error));
  }

  /** The job: deletes what has expired, and removes bytes that no artifact names. @returns how many of each. */
  async sweep(): Promise<{ expired: number; removed: number }> {
    const { now, spoolFolder } = this.#dependencies;
    await removeStale(spoolFolder);
    await this.#announcements.settle();
    let expired = 0;
    for (let count = batch; count === batch; expired += count) count = await rows.deleteExpired(this.#run, now(), batch);
    return { expired, removed: await this.removeLeftovers() };
  }

  /** Removes bytes that are due. What fails is tried again later. */
  async removeLeftovers(): Promise<number> {
    const { storages } = this.#dependencies;
    let removed = 0;
    for (let due = await rows.dueLeftovers(this.#run, batch); due.length > 0; due = await rows.dueLeftovers(this.#run, batch)) {
      const done: string[] = [];
      for (const { location, storage, kept } of due) {
        try {
          if (!kept) await (storages.find(({ kind }) => kind === storage) ?? missing(storage)).remove(location);
          done.push(location);
          if (!kept) removed += 1;
        } catch (error) {
          publishFault('removing artifacts', error);
          await rows.postponeLeftover(this.#run, location);
        }
      }
      await rows.forgetLeftovers(this.#run, done);
    }
    return removed;
  }

  async close(): Promise<void> {
    await this.#announcements.close();
    for (const storage of this.#dependencies.storages) await storage.close();
  }
}

/** Rows of one statement. */
const batch = 200;

export function artifactNotFound(id: string): TimonelError {
  return new TimonelError(
    'artifact_not_found',
    `There is no artifact ${id} that you may read, or it has expired. POST /api/v1/artifacts stores one.`,
  );
}

function adviceOf({ maxBytes, databaseBytes }: ArtifactSettings, storage: ArtifactStorage | undefined): string {
  if (storage !== undefined || databaseBytes >= maxBytes) return 'Send a smaller one; TIMONEL_ARTIFACT_MAX_BYTES sets the limit.';
  return 'Larger ones need TIMONEL_ARTIFACT_FOLDER or TIMONEL_ARTIFACT_S3_URL on this server.';
}

function missing(storage: string): never {
  throw new Error(`This process is not configured for the storage "${storage}".`);
}

function moved(direction: ArtifactMoved['direction'], storage: ArtifactMoved['storage'], bytes: number): void {
  if (channels.artifactMoved.hasSubscribers) channels.artifactMoved.publish({ direction, storage, bytes } satisfies ArtifactMoved);
}

/** Where data is put down, for a folder of artifacts or, without one, in the home of the process. */
export function spoolFolderOf(folder: string | undefined, home: string): string {
  return join(folder ?? home, folder === undefined ? 'incoming-artifacts' : '.incoming');
}

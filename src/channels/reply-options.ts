/** What a person may answer a conversation with: free text or templates, and how large a file may be. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { MediaPart } from '../vocabulary.ts';
import type { Connections } from './connections.ts';
import type { ChannelName, OpenConnection, TemplateUse } from './contract.ts';
import { templateOf, templateText } from './templates.ts';

export interface ReplyOptionsView {
  /** `null`: on no connection, what is said is read by the API alone. */
  connection: { id: string; name: string; channel: ChannelName; enabled: boolean } | null;
  /** Until when free text reaches the contact; `null` where it always does. */
  freeUntil: string | null;
  /** Only a template reaches the contact. */
  templateOnly: boolean;
  templates: { name: string; language: string; parameters: string[]; text: string | null; reopens: boolean }[];
  /** Bytes of the largest file, by the kind of part. */
  fileBytes: Record<MediaPart['type'], number>;
}

export class ReplyOptions {
  readonly #pool: DatabasePool;
  readonly #connections: Connections;
  readonly #largest: number;
  readonly #now: () => Date;

  /** @param dependencies.largest bytes of the largest artifact that can be stored. */
  constructor(dependencies: { pool: DatabasePool; connections: Connections; largest: number; now(): Date }) {
    this.#pool = dependencies.pool;
    this.#connections = dependencies.connections;
    this.#largest = dependencies.largest;
    this.#now = dependencies.now;
  }

  /** Of a conversation that who asks may see. */
  async of(workspaceId: string, conversationId: string): Promise<ReplyOptionsView> {
    const { connection, heardAt } = await this.#placeOf(workspaceId, conversationId);
    const most = (bytes: number) => Math.min(bytes, this.#largest);
    if (connection === undefined) {
      const fileBytes = { image: this.#largest, audio: this.#largest, file: this.#largest };
      return { connection: null, freeUntil: null, templateOnly: false, templates: [], fileBytes };
    }
    const channel = this.#connections.channelOf(connection.channel);
    const windowMs = channel.windowOf(connection);
    const until = windowMs === undefined ? undefined : new Date((heardAt?.getTime() ?? 0) + windowMs);
    const { id, name, settings } = connection;
    const { image, audio, file } = channel.fileBytes;
    return {
      connection: { id, name, channel: connection.channel, enabled: this.#connections.find(id) !== undefined },
      freeUntil: heardAt === null || until === undefined ? null : until.toISOString(),
      templateOnly: until !== undefined && until <= this.#now(),
      templates: settings.templates.map(({ name: each, language, parameters, text, reopens }) => ({
        name: each,
        language,
        parameters: [...parameters],
        text: text ?? null,
        reopens: reopens === true,
      })),
      fileBytes: { image: most(image), audio: most(audio), file: most(file) },
    };
  }

  /** A template as it is stored with what it reads as. @throws TimonelError `template_unknown` */
  async template(workspaceId: string, conversationId: string, use: TemplateUse): Promise<{ text: string; template: TemplateUse }> {
    const { connection } = await this.#placeOf(workspaceId, conversationId);
    if (connection === undefined)
      throw new TimonelError('template_unknown', 'The conversation is on no connection to a channel: say it as a text.');
    const { entry, values } = templateOf(connection, use);
    const template = { name: entry.name, language: entry.language, parameters: use.parameters ?? {} };
    return { text: templateText(entry, values), template };
  }

  async #placeOf(
    workspaceId: string,
    conversationId: string,
  ): Promise<{ connection: OpenConnection | undefined; heardAt: Date | null }> {
    const [row] = await this.#pool.executeText<{ connection_id: string | null; heard_at: Date | number | null }>(
      `SELECT c.connection_id, t.heard_at FROM conversations c
       LEFT JOIN channel_threads t ON t.workspace_id = c.workspace_id AND t.connection_id = c.connection_id AND t.contact_id = c.contact_id
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId],
    );
    const id = row?.connection_id ?? null;
    const connection = id === null ? undefined : await this.#connections.whole(workspaceId, id);
    return { connection, heardAt: row?.heard_at instanceof Date ? row.heard_at : null };
  }
}

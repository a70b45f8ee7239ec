/** What the routes of the web chat are given. Visitors are strangers: everything they send is limited, checked, and theirs alone. */
import type { Artifacts } from '../../artifacts/artifacts.ts';
import { partOf } from '../../artifacts/part.ts';
import { type ChannelWebhook, channels as diagnostics } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { Connections } from '../connections.ts';
import type { IncomingMedia, OpenConnection } from '../contract.ts';
import type { Inbox } from '../inbox.ts';
import { type WidgetScript, widgetScript } from './bundle.ts';
import { type ChatPage, chatPage } from './chat-page.ts';
import { type VisitorLimits, visitorLimited } from './visitor-limits.ts';
import type { VisitorStreams } from './visitor-streams.ts';
import { readVisitorToken, type Visitor, visitorToken } from './visitor-tokens.ts';
import { largestVisitorFile, visitorAsker, type WebSettings } from './web.ts';

/** Who calls: the token of the visitor, and the address that it comes from. */
export interface VisitorCall {
  token: string | undefined;
  address: string;
}

export interface VisitorDoorDependencies {
  connections: Connections;
  inbox: Inbox;
  streams: VisitorStreams;
  artifacts: Artifacts;
  limits: VisitorLimits;
  /** Where this installation is reached: its own page may show the chat. */
  publicUrl: string;
  now(): Date;
  newId(): string;
  wake(): void;
}

/** Streams of a visitor that are open in a process: a tab each. */
const mostStreams = 8;

export class VisitorDoor {
  readonly #dependencies: VisitorDoorDependencies;
  readonly #open = new Map<string, number>();

  constructor(dependencies: VisitorDoorDependencies) {
    this.#dependencies = dependencies;
  }

  script(): WidgetScript {
    return widgetScript();
  }

  /** Whether pages of that origin may talk to the connection. A connection that is not there allows nobody. */
  allows(connectionId: string, origin: string): boolean {
    const found = this.#dependencies.connections.find(connectionId);
    if (found?.channel !== 'web') return false;
    return settingsOf(found).origins.includes(origin) || origin === new URL(this.#dependencies.publicUrl).origin;
  }

  /** What the widget shows before anybody wrote. @throws TimonelError `connection_not_found` */
  shown(connectionId: string): Omit<WebSettings, 'origins' | 'files'> & { language: 'es' | 'en'; fileBytes: number } {
    const connection = this.#connection(connectionId);
    const { title, greeting, color, files } = settingsOf(connection);
    const fileBytes = files ? Math.min(largestVisitorFile, this.#dependencies.artifacts.largest) : 0;
    return { title, greeting, color, language: connection.settings.language, fileBytes };
  }

  /** The page of Timonel's own with the chat. @throws TimonelError `connection_not_found` */
  page(connectionId: string, nonce: string, asked?: 'es' | 'en'): ChatPage {
    const { title, language } = this.shown(connectionId);
    return chatPage({ connection: connectionId, title: title === '' ? 'Chat' : title, language: asked ?? language, nonce });
  }

  /** A token for the visitor: a new one for who has none that is valid. @throws TimonelError `connection_not_found`, `rate_limited` */
  async session(connectionId: string, { token, address }: VisitorCall): Promise<{ token: string; expiresAt: Date }> {
    const connection = this.#connection(connectionId);
    await this.#dependencies.limits.count('sessions', address);
    const { now, newId } = this.#dependencies;
    const visitor = readVisitorToken(connection, token, now());
    return visitorToken(connection, visitor?.id ?? newId(), now());
  }

  /**
   * Stores a message. @param message `id` is the visitor's own: the same id is the same message.
   * @throws TimonelError `connection_not_found`, `unauthenticated`, `rate_limited`, `artifact_not_found`, `store_unavailable`
   */
  async say(
    connectionId: string,
    call: VisitorCall,
    message: { id: string; text: string; file?: string | undefined },
  ): Promise<{ duplicate: boolean }> {
    const { connection, visitor } = this.#visitor(connectionId, call);
    await this.#dependencies.limits.count('messagesOfAddress', call.address);
    await this.#dependencies.limits.count('messages', visitor.id);
    const media = message.file === undefined ? undefined : await this.#media(connection, visitor, message.file);
    const { inbox, streams, wake, now } = this.#dependencies;
    const accepted = await inbox.accept(connection, [
      {
        kind: 'message',
        externalId: `${visitor.id}/${message.id}`,
        account: connection.account,
        sender: [{ kind: 'web', value: visitor.id }],
        name: undefined,
        at: now(),
        content: { kind: media === undefined ? 'text' : 'media', text: message.text, media, treat: 'run' },
      },
    ]);
    if (accepted.messages > 0) wake();
    streams.wake(visitor.id);
    if (diagnostics.channelWebhook.hasSubscribers) {
      const { duplicates } = accepted;
      diagnostics.channelWebhook.publish({ channel: 'web', result: 'accepted', duplicates, others: [] } satisfies ChannelWebhook);
    }
    return { duplicate: accepted.messages === 0 };
  }

  /** Stores a file that a message of the visitor is to name within a day. @throws TimonelError as {@link say}, `forbidden`, `payload_too_large` */
  async upload(
    connectionId: string,
    call: VisitorCall,
    file: { name: string; mediaType: string | undefined; data: AsyncIterable<Uint8Array> },
  ): Promise<{ id: string; name: string; mediaType: string; bytes: number }> {
    const { connection, visitor } = this.#visitor(connectionId, call);
    if (!settingsOf(connection).files) throw new TimonelError('forbidden', 'No files are taken in this chat. Write it.');
    await this.#dependencies.limits.count('files', visitor.id);
    const { artifacts } = this.#dependencies;
    const owner = { workspaceId: connection.workspaceId, createdBy: visitorAsker(visitor.id) };
    const { id, name, mediaType, bytes } = await artifacts.put(owner, { ...file, data: atMost(file.data, largestVisitorFile) });
    return { id, name, mediaType, bytes };
  }

  /** @returns what the visitor sees, as it comes. @throws TimonelError `connection_not_found`, `unauthenticated`, `rate_limited` */
  async follow(
    connectionId: string,
    call: VisitorCall,
    last: string | undefined,
  ): Promise<(signal: AbortSignal) => AsyncIterable<string>> {
    const { connection, visitor } = this.#visitor(connectionId, call);
    await this.#dependencies.limits.count('streams', visitor.id);
    if ((this.#open.get(visitor.id) ?? 0) >= mostStreams) throw visitorLimited(60);
    return (signal) => this.#counted(visitor.id, this.#dependencies.streams.read(connection, visitor.id, last, signal));
  }

  async *#counted(visitor: string, texts: AsyncIterable<string>): AsyncGenerator<string> {
    this.#open.set(visitor, (this.#open.get(visitor) ?? 0) + 1);
    try {
      yield* texts;
    } finally {
      const left = (this.#open.get(visitor) ?? 1) - 1;
      if (left > 0) this.#open.set(visitor, left);
      else this.#open.delete(visitor);
    }
  }

  async #media({ workspaceId }: OpenConnection, visitor: Visitor, artifact: string): Promise<IncomingMedia> {
    const [found] = await this.#dependencies.artifacts.findOwn(workspaceId, [artifact], { createdBy: visitorAsker(visitor.id) });
    if (found === undefined)
      throw new TimonelError('artifact_not_found', 'There is no such file of yours, or it has expired. Send it again.');
    const { name, mediaType, sha256 } = found;
    return { id: `${visitor.id}/${artifact}`, type: partOf(found).type, name, mediaType, sha256 };
  }

  #visitor(connectionId: string, { token }: VisitorCall): { connection: OpenConnection; visitor: Visitor } {
    const connection = this.#connection(connectionId);
    const visitor = readVisitorToken(connection, token, this.#dependencies.now());
    if (visitor === undefined)
      throw new TimonelError(
        'unauthenticated',
        'The token of the visitor is not valid (any more). POST …/session gives another one.',
      );
    return { connection, visitor };
  }

  #connection(id: string): OpenConnection {
    const found = this.#dependencies.connections.find(id);
    if (found?.channel === 'web') return found;
    throw new TimonelError('connection_not_found', 'There is no such chat, or it is disabled.');
  }
}

function settingsOf({ settings }: OpenConnection): WebSettings {
  return settings as unknown as WebSettings;
}

/** @throws TimonelError `payload_too_large` */
async function* atMost(data: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of data) {
    bytes += chunk.length;
    if (bytes > most)
      throw new TimonelError('payload_too_large', `A file of a visitor has up to ${most} bytes. Send a smaller one.`);
    yield chunk;
  }
}

/** Files that a message names with `@`: what they say goes with it, read through the same jail as everything else. Pictures go as parts. */
import type { ApiClient } from './api-client.ts';
import { coderPath } from './code-server.ts';
import type { SentText } from './code-turn.ts';

/** Characters of files that one message takes; a longer file is for the assistant to read. */
const mostText = 9_000;
/** Bytes of one picture. */
const mostPictureBytes = 5 * 1024 * 1024;
/** Parts of a message, its text included. */
const mostPictures = 19;

const pictureTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** A message that cannot be taken, with what would be. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

/** What goes with a message. */
export class MessageFiles {
  readonly #client: ApiClient;
  readonly #conversation: string;
  readonly #texts: string[] = [];
  readonly #pictures: { type: 'image'; artifact: string }[] = [];
  readonly #named = new Set<string>();
  #left = mostText;

  constructor(client: ApiClient, conversation: string) {
    this.#client = client;
    this.#conversation = conversation;
  }

  get pictures(): number {
    return this.#pictures.length;
  }

  /** What a text names. A word that names no file stays a word. */
  async addNamed(text: string): Promise<void> {
    for (const [, quoted, plain] of text.matchAll(/(?:^|\s)@(?:"([^"]+)"|([\w./-]*[\w/]))/g)) await this.add(quoted ?? plain ?? '');
  }

  /** A file of the project, a folder, or a picture. */
  async add(path: string): Promise<void> {
    if (this.#named.has(path)) return;
    this.#named.add(path);
    const query = `path=${encodeURIComponent(path)}&conversation=${this.#conversation}`;
    const file = await this.#client
      .get<{ text: string | null; picture?: string; because?: string }>(`${coderPath}/files?${query}`)
      .catch(() => undefined);
    if (file?.because !== undefined) throw new NotTaken(file.because);
    if (file?.picture !== undefined) return this.addPicture(path, file.picture);
    if (file === undefined || file.text === null) return;
    if (file.text.length > this.#left) this.#texts.push(`[${path} is a file of the project; read it.]`);
    else this.#fenced(path, file.text);
  }

  /** A text that came with the message. What is too long of it is left out, and that is said. */
  async addText(name: string, text: string): Promise<void> {
    this.#named.add(name);
    if (text.length <= this.#left) return this.#fenced(name, text);
    const kept = text.slice(0, Math.max(0, this.#left));
    this.#fenced(name, `${kept}\n[${text.length - kept.length} more characters, which did not fit into the message]`);
  }

  #fenced(name: string, text: string): void {
    this.#left -= text.length;
    const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    this.#texts.push(`${name}:\n${fence}\n${text.replace(/\n$/, '')}\n${fence}`);
  }

  /** @param base64 its bytes. What it is, is found out from them. @throws NotTaken */
  async addPicture(name: string, base64: string): Promise<void> {
    const shown = name === '' ? 'picture' : (name.split('/').at(-1) ?? name);
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.byteLength > mostPictureBytes)
      throw new NotTaken(
        `${shown} has ${bytes.byteLength} bytes; pictures of up to ${mostPictureBytes} are sent. Make it smaller.`,
      );
    if (this.#pictures.length >= mostPictures)
      throw new NotTaken(`A message takes ${mostPictures} pictures. Send the others in another one.`);
    const { id, mediaType } = await this.#client.upload(this.#conversation, shown, bytes);
    if (!pictureTypes.has(mediaType))
      throw new NotTaken(`${shown} is no picture that can be sent (${mediaType}): PNG, JPEG, WebP, GIF.`);
    this.#pictures.push({ type: 'image', artifact: id });
  }

  /** The message with everything that goes with it. */
  message(text: string): SentText {
    const whole = [text, ...this.#texts].filter((each) => each !== '').join('\n\n');
    if (this.#pictures.length === 0) return { text: whole };
    return { parts: [...(whole === '' ? [] : [{ type: 'text' as const, text: whole }]), ...this.#pictures] };
  }
}

/** The message, with the files that it names behind it. */
export async function withFiles(client: ApiClient, conversation: string, text: string): Promise<SentText> {
  const files = new MessageFiles(client, conversation);
  await files.addNamed(text);
  return files.message(text);
}

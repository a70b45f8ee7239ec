/** Files of a mail, by its structure: they stay at the server until a turn needs them. */
import type { MessageStructureObject } from 'imapflow';
import { ChannelMediaError, type IncomingMedia, type OpenConnection } from '../contract.ts';
import { openMailbox } from './imap.ts';

/** Pictures within the HTML that are smaller are logos and lines. */
const smallestRelated = 20_000;
const largestFile = 26_214_400;
const mostFiles = 10;

export interface MailFiles {
  files: IncomingMedia[];
  /** Names and sizes of what is too large, or too much. */
  left: string[];
}

/** @param place `<uidvalidity>/<uid>` of the mail. */
export function filesOf(structure: MessageStructureObject | undefined, place: string, messageId: string): MailFiles {
  const found: MailFiles = { files: [], left: [] };
  const walk = (node: MessageStructureObject, within: string, depth: number): void => {
    if (depth > 30) return;
    if (node.childNodes !== undefined && !node.type.startsWith('message/')) {
      for (const child of node.childNodes) walk(child, node.type, depth + 1);
      return;
    }
    const type = node.type.toLowerCase();
    const disposition = node.disposition?.toLowerCase();
    const bytes = node.encoding?.toLowerCase() === 'base64' ? Math.floor(((node.size ?? 0) * 3) / 4.1) : (node.size ?? 0);
    const isText = (type === 'text/plain' || type === 'text/html') && disposition !== 'attachment';
    if (isText || within === 'multipart/alternative') return;
    if (within === 'multipart/related' && (!type.startsWith('image/') || bytes < smallestRelated)) return;
    const name = (node.dispositionParameters?.['filename'] ?? node.parameters?.['name'] ?? type.replace('/', '.')).slice(0, 200);
    if (bytes > largestFile || found.files.length >= mostFiles) {
      found.left.push(`${name} (${Math.max(1, Math.round(bytes / 1_000_000))} MB)`);
      return;
    }
    const media = type.startsWith('image/') ? 'image' : type.startsWith('audio/') ? 'audio' : 'file';
    const id = `${place}/${node.part ?? '1'}/${messageId}`;
    found.files.push({ id, type: media, name, mediaType: type, sha256: undefined });
  };
  if (structure !== undefined) walk(structure, '', 0);
  return found;
}

/** @throws ChannelMediaError */
export async function* loadFile(
  connection: OpenConnection,
  { id }: IncomingMedia,
  anywhere: boolean,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const [, validity, uid = '', part = '', messageId = ''] = /^(\d+)\/(\d+)\/([\d.]{1,60})\/(.*)$/.exec(id) ?? [];
  const failed = (why: string, passing: boolean) => new ChannelMediaError(`The file cannot be loaded (${why}).`, passing);
  let mailbox: Awaited<ReturnType<typeof openMailbox>>;
  try {
    mailbox = await openMailbox(connection, { anywhere, signal });
  } catch (error) {
    throw failed(String(error), true);
  }
  await using open = mailbox;
  // The numbers of mails are others where the mailbox was made anew.
  const moved = String(open.box.uidValidity) !== validity;
  const found =
    moved && messageId !== '' ? await open.ask(open.client.search({ header: { 'message-id': messageId } }, { uid: true })) : [];
  const place = moved ? (found === false ? undefined : found?.[0]) : Number(uid);
  if (place === undefined) throw failed('the mail is gone', false);
  const loaded = await open
    .ask(open.client.download(String(place), part, { uid: true, maxBytes: largestFile + 1 }))
    .catch((error: unknown) => {
      throw failed(String(error), true);
    });
  if (!('content' in loaded) || loaded.content === undefined) throw failed('the mail is gone', false);
  let bytes = 0;
  try {
    for await (const chunk of loaded.content as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > largestFile) throw failed('it is too large', false);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ChannelMediaError ? error : failed('the connection broke', true);
  }
}

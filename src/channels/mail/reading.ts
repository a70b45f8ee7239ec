/**
 * Reads a mailbox for as long as the connection lasts. The server tells of new mail (IDLE); since such a connection can die without a word, the
 * mailbox is looked at now and then all the same. How far it was read is UIDVALIDITY and UID, stored after the mails; a mail that is read twice is
 * known by its Message-ID.
 */
import { createHash } from 'node:crypto';
import type { FetchMessageObject } from 'imapflow';
import { z } from 'zod';
import { publishFault } from '../../diagnostics.ts';
import { answerTokenIn } from '../../handoff/answer-tokens.ts';
import type { OpenConnection, Reading, Update } from '../contract.ts';
import { filesOf } from './attachments.ts';
import { type Mailbox, openMailbox } from './imap.ts';
import { type MailReading, type ReadMail, readMail, readStatuses } from './incoming-mail.ts';
import { messageIdOf } from './message-ids.ts';
import { settingsOf } from './settings.ts';

const cursorShape = z.object({
  /** UIDVALIDITY, a number of 32 bits. */
  validity: z.string(),
  /** The last UID that was read. */
  uid: z.int(),
  /** When the connection was made: what came before is answered by nobody. ISO 8601. */
  since: z.string(),
  /** UIDVALIDITY has changed since. */
  anew: z.boolean(),
});
type Cursor = z.infer<typeof cursorShape>;

/** Of each mail, in bytes: the words come first, files stay at the server. */
const headBytes = 524_288;
const dayMs = 86_400_000;

export interface ReadingDependencies {
  anywhere: boolean;
  now(): Date;
}

export async function readMailbox(connection: OpenConnection, reading: Reading, dependencies: ReadingDependencies): Promise<void> {
  const { signal } = reading;
  const { pollSeconds } = settingsOf(connection);
  await using mailbox = await openMailbox(connection, { anywhere: dependencies.anywhere, signal });
  const { client } = mailbox;
  let cursor = await begin(mailbox, reading, dependencies);
  reading.connected();
  let wake = () => {};
  client.on('exists', () => wake());
  client.on('close', () => wake());
  while (!signal.aborted) {
    const heard = new Promise<void>((resolve) => {
      wake = resolve;
    });
    // The watchdog: a connection that died without a word does not answer this.
    await mailbox.ask(client.noop());
    cursor = await readNew(connection, mailbox, reading, cursor, dependencies);
    await lookForDoubtful(connection, reading, dependencies);
    if (!client.usable) throw new Error('The IMAP server closed the connection.');
    // Ended by the next command. A server without it is asked by the watchdog alone.
    const idle = client.idle().catch(() => {});
    await waited(heard, pollSeconds * 1_000, signal);
    void idle;
  }
}

async function waited(heard: Promise<void>, milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  await Promise.race([
    heard,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      abort = resolve;
      signal.addEventListener('abort', abort, { once: true });
    }),
  ]);
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
}

/** Where reading goes on. The mails that a new connection finds are not for it. */
async function begin({ box }: Mailbox, reading: Reading, { now }: ReadingDependencies): Promise<Cursor> {
  const known = cursorShape.safeParse(reading.cursor).data;
  const validity = String(box.uidValidity);
  if (known?.validity === validity) return known;
  const cursor: Cursor =
    known === undefined
      ? { validity, uid: box.uidNext - 1, since: now().toISOString(), anew: false }
      : { validity, uid: 0, since: known.since, anew: true };
  await reading.accept([], cursor);
  return cursor;
}

async function readNew(
  connection: OpenConnection,
  mailbox: Mailbox,
  reading: Reading,
  from: Cursor,
  dependencies: ReadingDependencies,
): Promise<Cursor> {
  const { client } = mailbox;
  const since = new Date(from.since);
  // The server compares days of its own zone. A search from a number on finds the last mail too where there is none.
  const found = await mailbox.ask(
    client.search({ uid: `${from.uid + 1}:*`, since: new Date(since.getTime() - dayMs) }, { uid: true }),
  );
  let cursor = from;
  for (const uid of (found || []).filter((each) => each > from.uid).sort((one, other) => one - other)) {
    const query = { uid: true, size: true, internalDate: true, bodyStructure: true, source: { start: 0, maxLength: headBytes } };
    const mail = await mailbox.ask(client.fetchOne(String(uid), query, { uid: true }), 120_000);
    cursor = { ...cursor, uid };
    // Removed meanwhile.
    const updates = mail === false ? [] : await updatesOf(connection, mail, reading, cursor, dependencies);
    await reading.accept(updates, cursor);
  }
  return cursor;
}

async function updatesOf(
  connection: OpenConnection,
  fetched: FetchMessageObject,
  reading: Reading,
  cursor: Cursor,
  { now }: ReadingDependencies,
): Promise<Update[]> {
  const came = new Date(fetched.internalDate ?? now());
  // A second for servers that keep no parts of one.
  if (cursor.anew && came.getTime() + 1_000 < new Date(cursor.since).getTime()) return [];
  const source = fetched.source ?? Buffer.alloc(0);
  let read: MailReading;
  try {
    read = await readMail(source, connection, came);
  } catch (error) {
    publishFault(`reading the mail ${fetched.uid} of the connection ${connection.id}`, error);
    return [{ kind: 'other', what: 'unreadable' }];
  }
  if (read.kind === 'other') return [{ kind: 'other', what: read.what }];
  if (read.kind === 'status') return [read.update];
  const { mail } = read;
  const answer = answerIn(connection, mail, source);
  if (answer !== undefined) return [answer];
  const statuses = readStatuses(mail, connection, came);
  return [...statuses, await messageOf(connection, fetched, mail, { came, source, cursor, reading })];
}

/** What a person of the workspace answers to a notice, where the mailbox takes such answers. */
function answerIn(connection: OpenConnection, mail: ReadMail, source: Uint8Array): Update | undefined {
  const { handoffReplies, authservId } = settingsOf(connection);
  // Some servers give a mail another id: then it is in none of these, and the answer is taken for a message.
  const token = handoffReplies ? answerTokenIn(mail.references.join(' ')) : undefined;
  if (token === undefined) return undefined;
  const externalId = mail.messageId ?? idByContent(source);
  const unproven = authservId !== undefined && !mail.vouched;
  return { kind: 'answer', externalId, token, from: mail.from.address, unproven, text: mail.text };
}

function idByContent(source: Uint8Array): string {
  return `sha256:${createHash('sha256').update(source).digest('hex')}`;
}

async function messageOf(
  connection: OpenConnection,
  fetched: FetchMessageObject,
  mail: ReadMail,
  { came, source, cursor, reading }: { came: Date; source: Uint8Array; cursor: Cursor; reading: Reading },
): Promise<Update> {
  const { turnsPerHour } = settingsOf(connection);
  const address = { kind: 'email' as const, value: mail.from.address };
  // Without an id it is known by what it says.
  const externalId = mail.messageId ?? idByContent(source);
  const { files, left } = filesOf(fetched.bodyStructure, `${cursor.validity}/${fetched.uid}`, mail.messageId ?? '');
  const text = wordsOf(mail, left, connection);
  const { hour, day } = await reading.turnsOf(address);
  // Two programs that answer each other without saying that they are programs.
  const tooMany = hour >= turnsPerHour || day >= 4 * turnsPerHour;
  if (tooMany) publishFault('a contact writes too many mails', new Error(`Connection ${connection.id}: ${hour} in the last hour.`));
  const [media, ...more] = files;
  return {
    kind: 'message',
    externalId,
    account: connection.account,
    sender: [address],
    name: mail.from.name,
    vouched: mail.vouched,
    at: came,
    content: {
      kind: tooMany ? 'mail-over-limit' : 'mail',
      text,
      ...(media === undefined ? {} : { media }),
      ...(more.length === 0 ? {} : { files: more }),
      mail: { subject: mail.subject, references: mail.references },
      treat: tooMany ? 'ignore' : text === '' && media === undefined ? 'decline' : 'run',
    },
  };
}

/** The words of a turn: of the first mail of a thread the subject too, for many say there what they want. */
function wordsOf({ subject, text, references }: ReadMail, left: readonly string[], connection: OpenConnection): string {
  const begins = references.length === 0 && subject !== '' && !/^(?:re|rv|aw|fwd?|sv)\s*:/i.test(subject);
  const words = text === '' ? subject : begins && !text.includes(subject) ? `${subject}\n\n${text}` : text;
  if (left.length === 0) return words;
  const note =
    connection.settings.language === 'es' ? 'No se abrieron, por su tamaño o cantidad' : 'Not opened, for size or number';
  return `${words}\n\n[${note}: ${left.join(', ')}]`.trim();
}

/** Looks for mails whose sending is in doubt where the server keeps what it sent. */
async function lookForDoubtful(
  connection: OpenConnection,
  reading: Reading,
  { anywhere, now }: ReadingDependencies,
): Promise<void> {
  const { sentMailbox, address } = settingsOf(connection);
  if (sentMailbox === undefined || reading.cursor === undefined) return;
  const doubtful = await reading.inDoubt();
  if (doubtful.length === 0) return;
  await using sent = await openMailbox(connection, { anywhere, signal: reading.signal, path: sentMailbox });
  for (const reference of doubtful) {
    const externalId = messageIdOf(reference, address);
    const found = await sent.ask(sent.client.search({ header: { 'message-id': externalId } }, { uid: true }));
    if (found === false || found === undefined || found.length === 0) continue;
    const status = {
      kind: 'status' as const,
      account: connection.account,
      externalId,
      status: 'sent' as const,
      at: now(),
      reference,
    };
    await reading.accept([status], reading.cursor);
  }
}

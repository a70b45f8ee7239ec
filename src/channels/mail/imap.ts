/** A connection to the mailbox. The library is loaded when the first one is made. */
import type { ImapFlow, MailboxObject } from 'imapflow';
import { messageOf } from '../../errors.ts';
import { AccountRefusedError, type OpenConnection } from '../contract.ts';
import { serverAddress } from './server-address.ts';
import { settingsOf } from './settings.ts';

/** An answer that takes longer comes no more, in milliseconds. */
const commandMs = 30_000;

export class Mailbox implements AsyncDisposable {
  readonly client: ImapFlow;
  readonly box: MailboxObject;

  constructor(client: ImapFlow, box: MailboxObject) {
    this.client = client;
    this.box = box;
  }

  /** @returns what the server answers. @throws Error where it does not: the connection is closed then, for its state is not known */
  async ask<T>(command: Promise<T>, milliseconds = commandMs): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The IMAP server does not answer.')), milliseconds);
    });
    command.catch(() => {});
    try {
      return await Promise.race([command, late]);
    } catch (error) {
      this.client.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A server that is asked to close may not answer; nothing is lost without its word.
    this.client.close();
  }
}

/** Opens the mailbox for reading: nothing in it is changed, mails stay unread. @throws AccountRefusedError, Error */
export async function openMailbox(
  connection: OpenConnection,
  { anywhere, signal, path = settingsOf(connection).mailbox }: { anywhere: boolean; signal: AbortSignal; path?: string },
): Promise<Mailbox> {
  const { imap, address } = settingsOf(connection);
  const { host, servername } = await serverAddress(imap, anywhere);
  signal.throwIfAborted();
  const { ImapFlow: Client } = await import('imapflow');
  const client = new Client({
    host,
    ...(servername === undefined ? {} : { servername }),
    port: imap.port,
    secure: imap.tls === 'tls',
    doSTARTTLS: imap.tls === 'starttls',
    auth: { user: imap.user ?? address, pass: connection.secrets['password'] ?? '' },
    clientInfo: { name: 'timonel' },
    logger: false,
    disableAutoIdle: true,
    qresync: false,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 600_000,
    maxLiteralSize: 33_554_432,
  });
  // Without a listener an error of the socket would end the process; each command tells of it too.
  client.on('error', () => {});
  const abort = () => client.close();
  signal.addEventListener('abort', abort, { once: true });
  client.on('close', () => signal.removeEventListener('abort', abort));
  try {
    await client.connect();
    const box = await client.mailboxOpen(path, { readOnly: true });
    return new Mailbox(client, box);
  } catch (error) {
    client.close();
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string): Error {
  const { authenticationFailed, serverResponseCode, responseText, responseStatus, code } = error as {
    authenticationFailed?: boolean;
    serverResponseCode?: string;
    responseText?: string;
    responseStatus?: string;
    code?: string;
  };
  const said = (responseText ?? messageOf(error)).replace(/\s+/g, ' ').slice(0, 300);
  // A server that is busy refuses logins too, and says so.
  if (authenticationFailed === true && !['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'].includes(serverResponseCode ?? ''))
    return new AccountRefusedError('mail-login', `The IMAP server refuses the login: ${said}`);
  if (responseStatus === 'NO' || serverResponseCode === 'NONEXISTENT')
    return new AccountRefusedError('mail-mailbox', `The mailbox "${path}" cannot be opened: ${said}`);
  return new Error(`The IMAP server cannot be reached (${code ?? 'no code'}): ${said}`, { cause: error });
}

/** E-mail: a mailbox that is read by IMAP and answered by SMTP. Nobody calls: the mailbox is read for as long as the connection lasts. */
import { TimonelError } from '../../errors.ts';
import type { Channel, ConnectionFinding, OpenConnection } from '../contract.ts';
import { loadFile } from './attachments.ts';
import { openMailbox } from './imap.ts';
import { readMailbox } from './reading.ts';
import { mostBytes, renderMail } from './render.ts';
import { mailSecrets, mailSettings, settingsOf } from './settings.ts';
import { remedyOf, sendMail, smtpTransport } from './smtp.ts';

export interface MailOptions {
  /** Servers on this machine and its network are taken too. */
  anywhere: boolean;
  now(): Date;
}

export function mailChannel({ anywhere, now }: MailOptions): Channel {
  return {
    name: 'email',
    label: () => 'email',
    settings: mailSettings(anywhere),
    secrets: mailSecrets,
    accountOf: (given) => String(given['address']),
    rates: { account: { intervalMs: 500, burst: 20 }, pair: { intervalMs: 1_000, burst: 10 } },
    fileBytes: { image: mostBytes, audio: mostBytes, file: mostBytes },
    windowOf: () => undefined,
    verify: () => false,
    parse: () => {
      throw new TimonelError('invalid_request', 'A connection of e-mail has no webhook: its mailbox is read.');
    },
    receive: (connection, reading) => readMailbox(connection, reading, { anywhere, now }),
    render: renderMail,
    send: (connection, sending) => sendMail(connection, sending, anywhere),
    remedyOf,
    load: async (connection, media, signal) => loadFile(connection, media, anywhere, signal),
    check: async (connection, signal) => [await checkImap(connection, anywhere, signal), await checkSmtp(connection, anywhere)],
  };
}

async function checkImap(connection: OpenConnection, anywhere: boolean, signal: AbortSignal): Promise<ConnectionFinding> {
  const { imap, mailbox: path, sentMailbox } = settingsOf(connection);
  const what = `imap ${imap.host}:${imap.port}`;
  try {
    await using mailbox = await openMailbox(connection, { anywhere, signal });
    if (sentMailbox !== undefined) await mailbox.ask(mailbox.client.status(sentMailbox, { messages: true }));
    const sent = sentMailbox === undefined ? '' : `, "${sentMailbox}" is there`;
    return { what, ok: true, detail: `Logged in; "${path}" has ${mailbox.box.exists} mails${sent}.` };
  } catch (error) {
    return { what, ok: false, detail: saidBy(error) };
  }
}

async function checkSmtp(connection: OpenConnection, anywhere: boolean): Promise<ConnectionFinding> {
  const { smtp } = settingsOf(connection);
  const what = `smtp ${smtp.host}:${smtp.port}`;
  try {
    const transport = await smtpTransport(connection, anywhere);
    try {
      await transport.verify();
    } finally {
      transport.close();
    }
    return { what, ok: true, detail: 'Logged in.' };
  } catch (error) {
    return { what, ok: false, detail: saidBy(error) };
  }
}

function saidBy(error: unknown): string {
  const { response, code } = error as { response?: string; code?: string };
  const words = response ?? (error instanceof Error ? error.message : String(error));
  return `${code === undefined || words.includes(code) ? '' : `${code}: `}${words.replace(/\s+/g, ' ').slice(0, 300)}`;
}

/** Sends mails by SMTP, and tells a refusal from a mail whose fate is not known. */
import { PassThrough } from 'node:stream';
import { createTransport } from 'nodemailer';
import { messageOf } from '../../errors.ts';
import {
  AccountRefusedError,
  type OpenConnection,
  type ProviderError,
  type Remedy,
  type Sending,
  type SendResult,
} from '../contract.ts';
import { messageIdOf } from './message-ids.ts';
import { answerSubject, htmlOf } from './render.ts';
import { serverAddress } from './server-address.ts';
import { settingsOf } from './settings.ts';

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 30_000 };

export async function smtpTransport(connection: OpenConnection, anywhere: boolean) {
  const { smtp, address } = settingsOf(connection);
  const { host, servername } = await serverAddress(smtp, anywhere);
  const { password = '', smtpPassword = '' } = connection.secrets;
  return createTransport({
    host,
    port: smtp.port,
    secure: smtp.tls === 'tls',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    tls: servername === undefined ? {} : { servername },
    auth: { user: smtp.user ?? address, pass: smtpPassword === '' ? password : smtpPassword },
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

export async function sendMail(connection: OpenConnection, sending: Sending, anywhere: boolean): Promise<SendResult> {
  const to = sending.to.find(({ kind }) => kind === 'email')?.value;
  if (to === undefined)
    return { kind: 'refused', error: { code: 'no-address', message: 'The contact has no e-mail address.' }, remedy: 'wrong' };
  const { address, displayName } = settingsOf(connection);
  const heard = await sending.heard();
  const text = String(sending.message.body['text'] ?? '');
  const attachments = [];
  for (const part of sending.message.files ?? []) {
    const { stream, mediaType, name } = await sending.read(part);
    attachments.push({ filename: name, contentType: mediaType, content: stream });
  }
  const messageId = messageIdOf(sending.reference, address);
  const thread = heard === undefined || !heard.externalId.startsWith('<') ? undefined : heard;
  let transport: Awaited<ReturnType<typeof smtpTransport>>;
  try {
    transport = await smtpTransport(connection, anywhere);
  } catch (error) {
    return refusal(error);
  }
  // Asked for once the server took the login: from here on it may have the mail, whatever command the library names.
  let began = false;
  transport.use('stream', (mail, done) => {
    mail.message.transform(() => {
      began = true;
      return new PassThrough();
    });
    done();
  });
  const abort = () => transport.close();
  sending.signal.addEventListener('abort', abort, { once: true });
  try {
    await transport.sendMail({
      from: { name: displayName ?? '', address },
      // Given as an object, an address is taken as it is and not as a list of several.
      to: { name: '', address: to },
      envelope: { from: address, to: [to] },
      subject: answerSubject(heard?.mail?.subject, displayName ?? connection.name),
      text,
      ...(text === '' ? {} : { html: htmlOf(text) }),
      attachments,
      messageId,
      ...(thread === undefined
        ? {}
        : { inReplyTo: thread.externalId, references: [...(thread.mail?.references ?? []), thread.externalId] }),
      headers: {
        'Auto-Submitted': thread === undefined ? 'auto-generated' : 'auto-replied',
        'X-Auto-Response-Suppress': 'All',
      },
    });
    return { kind: 'sent', externalId: messageId };
  } catch (error) {
    return refusal(error, began);
  } finally {
    sending.signal.removeEventListener('abort', abort);
    transport.close();
    for (const { content } of attachments) content.destroy();
  }
}

/** Failures of the connection, after which the server may have taken what it was sent. */
const broken = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EPROTOCOL']);

interface SmtpFault {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** @param began the server was about to be sent the mail. */
function refusal(error: unknown, began = false): SendResult {
  if (error instanceof AccountRefusedError)
    return { kind: 'refused', error: { code: error.code, message: error.message }, remedy: 'account' };
  const { code, command = '', responseCode, response } = error as SmtpFault;
  const message = (response ?? messageOf(error)).replace(/\s+/g, ' ').slice(0, 500);
  if (began && (code === undefined || broken.has(code))) return { kind: 'unclear', reason: message };
  if (typeof responseCode === 'number' && responseCode >= 400) {
    const told: ProviderError = { code: enhancedOf(message) ?? String(responseCode), message };
    const login = code === 'EAUTH' || command.startsWith('AUTH');
    // A server that is busy refuses logins too, with a 4.
    if (login) return { kind: 'refused', error: told, remedy: responseCode >= 500 ? 'account' : 'wait' };
    if (responseCode < 500) return { kind: 'refused', error: told, remedy: 'wait' };
    return {
      kind: 'refused',
      error: told,
      remedy: command === 'RCPT TO' || code === 'EENVELOPE' ? refusedAddress(told) : remedyOf(told),
    };
  }
  if (code === 'EAUTH') return { kind: 'refused', error: { code: 'mail-login', message }, remedy: 'account' };
  return { kind: 'refused', error: { code: code === 'ETLS' ? 'mail-tls' : 'not-reached', message }, remedy: 'wait' };
}

/** A 5 at the address alone: the mailbox is not there, unless the server says something else with its enhanced code. */
function refusedAddress(error: ProviderError): Remedy {
  return /^5\.7\./.test(error.code) ? 'wrong' : 'stop';
}

function enhancedOf(response: string): string | undefined {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
}

/** What to do about a code of RFC 3463, of an answer or of a report that came later. */
export function remedyOf({ code }: ProviderError): Remedy {
  // The mailbox or its domain is not there, or takes nothing.
  return /^(?:5\.1\.(?:0|1|2|3|6|10)|5\.2\.1)$/.test(code) ? 'stop' : 'wrong';
}

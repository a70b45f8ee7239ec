/** Reads a mail: who wrote, in which thread, what, and whether anything may answer. */
import type { OpenConnection, Update } from '../contract.ts';
import { isVouched } from './authenticity.ts';
import { automaticReason } from './automatic.ts';
import { bounceOf } from './bounces.ts';
import { MailHeaders } from './headers.ts';
import { htmlText } from './html-text.ts';
import { idsIn, referenceOf } from './message-ids.ts';
import { replyText } from './reply-text.ts';
import { ownAddresses, settingsOf } from './settings.ts';

/** What a person wrote in a mail. */
export interface ReadMail {
  from: { address: string; name: string | undefined };
  /** The address is proven. */
  vouched: boolean;
  messageId: string | undefined;
  subject: string;
  /** Ids of the thread so far, oldest first, without its own. */
  references: string[];
  /** Own words, without quotes and signature. */
  text: string;
  /** All of the text. */
  whole: string;
}

export type MailReading =
  | { kind: 'mail'; mail: ReadMail }
  | { kind: 'status'; update: Update }
  /** Nothing answers it; `what` names the reason. */
  | { kind: 'other'; what: string };

const longestText = 40_000;

/** @param head the beginning of the mail, as the server gave it; it may be cut anywhere. @throws Error where it is no mail */
export async function readMail(head: Uint8Array, connection: OpenConnection, at: Date): Promise<MailReading> {
  const { default: PostalMime } = await import('postal-mime');
  const parsed = await PostalMime.parse(head, { maxNestingDepth: 30, maxHeadersSize: 262_144, forceRfc822Attachments: true });
  const { authservId, address } = settingsOf(connection);
  const headers = new MailHeaders(parsed.headers);
  const bounce = bounceOf(parsed, headers, { account: connection.account, address, at });
  if (bounce !== undefined) return { kind: 'status', update: bounce };
  const from = parsed.from?.address?.trim().toLowerCase() ?? '';
  if (headers.all('from').length !== 1 || !/^[^\s<>@,;:"()]{1,64}@[^\s<>@,;:"()]{1,190}$/.test(from))
    return { kind: 'other', what: 'without-sender' };
  if (ownAddresses(connection).includes(from)) return { kind: 'other', what: 'own' };
  const automatic = automaticReason(headers, from);
  if (automatic !== undefined) return { kind: 'other', what: `automatic:${automatic}` };
  const whole = cleaned(parsed.text ?? htmlText(parsed.html ?? ''));
  const references = [...new Set([...idsIn(parsed.references), ...idsIn(parsed.inReplyTo)])].slice(-20);
  return {
    kind: 'mail',
    mail: {
      from: { address: from, name: parsed.from?.name?.trim() || undefined },
      vouched: isVouched(headers.all('authentication-results'), authservId, from),
      messageId: idsIn(parsed.messageId)[0],
      subject: cleaned(parsed.subject ?? '')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, 250),
      references,
      text: replyText(whole),
      whole,
    },
  };
}

/** The statuses that a mail tells of ours that it answers: who answers has read. */
export function readStatuses({ references }: ReadMail, connection: OpenConnection, at: Date): Update[] {
  const answered = references.at(-1);
  const reference = answered === undefined ? undefined : referenceOf(answered, settingsOf(connection).address);
  if (answered === undefined || reference === undefined) return [];
  return [{ kind: 'status', account: connection.account, externalId: answered, status: 'read', at, reference }];
}

function cleaned(text: string): string {
  return text.slice(0, longestText).toWellFormed().replaceAll('\0', '');
}

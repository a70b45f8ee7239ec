/** Reports of servers on mails of ours that did not arrive (RFC 3464): what they say of which mail. */
import type { Email } from 'postal-mime';
import type { Update } from '../contract.ts';
import type { MailHeaders } from './headers.ts';
import { idsIn, referenceOf } from './message-ids.ts';

/** @returns a status for the mail that the report is on; `undefined` where the mail is no report on a failure of one of ours */
export function bounceOf(
  { attachments, text = '' }: Email,
  headers: MailHeaders,
  { account, address, at }: { account: string; address: string; at: Date },
): Update | undefined {
  const type = headers.first('content-type')?.toLowerCase() ?? '';
  if (!type.includes('multipart/report')) return undefined;
  const parts = attachments.map(({ mimeType, content }) => ({ mimeType, content: textOf(content) }));
  const report = parts.find(({ mimeType }) => mimeType === 'message/delivery-status')?.content ?? '';
  // A report on a delay tells nothing that lasts.
  if (!/^action:\s*failed\b/im.test(report)) return undefined;
  const original = parts.filter(({ mimeType }) =>
    ['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers'].includes(mimeType),
  );
  const named = original.map(({ content }) => /^message-id:\s*(<[^<>\s]{1,500}>)/im.exec(content)?.[1]);
  const answered = [...idsIn(headers.first('in-reply-to')), ...idsIn(headers.first('references'))];
  const ids = [...named, ...answered, ...idsIn(text)].filter((each) => each !== undefined);
  const externalId = ids.find((each) => referenceOf(each, address) !== undefined);
  if (externalId === undefined) return undefined;
  const code = /^status:\s*(\d\.\d{1,3}\.\d{1,3})/im.exec(report)?.[1] ?? '5.0.0';
  const said = /^diagnostic-code:\s*(?:smtp;)?\s*([^\r\n]{1,400}(?:\r?\n[ \t][^\r\n]{1,200}){0,4})/im.exec(report)?.[1];
  return {
    kind: 'status',
    account,
    externalId,
    status: 'failed',
    at,
    reference: referenceOf(externalId, address),
    error: { code, message: (said ?? 'The mail came back.').replace(/\s+/g, ' ').trim().slice(0, 500) },
  };
}

function textOf(content: ArrayBuffer | Uint8Array | string): string {
  return (typeof content === 'string' ? content : new TextDecoder().decode(content)).slice(0, 100_000);
}

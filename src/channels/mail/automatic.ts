/** What no agent answers: what programs send, so that two of them do not write to each other for ever (RFC 3834). */
import type { MailHeaders } from './headers.ts';

/** @returns why nothing answers it; `undefined` where a person wrote it, as far as its headers tell */
export function automaticReason(headers: MailHeaders, from: string): string | undefined {
  const submitted = headers.first('auto-submitted')?.split(';')[0]?.trim().toLowerCase();
  if (submitted !== undefined && submitted !== 'no') return 'auto-submitted';
  if (headers.all('return-path').some((each) => each.replace(/\s/g, '') === '<>')) return 'empty-return-path';
  const precedence = headers.first('precedence')?.trim().toLowerCase() ?? '';
  if (['bulk', 'list', 'junk', 'auto_reply'].includes(precedence)) return 'precedence';
  if (['list-id', 'list-unsubscribe', 'list-post', 'list-help'].some((name) => headers.first(name) !== undefined)) return 'list';
  if (/\b(?:all|autoreply|oof)\b/i.test(headers.first('x-auto-response-suppress') ?? '')) return 'suppressed';
  // What some vacation programs say in place of the header of RFC 3834.
  if (['x-autoreply', 'x-autorespond', 'x-autoresponder', 'feedback-id'].some((name) => headers.first(name) !== undefined))
    return 'autoresponder';
  const type = headers.first('content-type')?.toLowerCase() ?? '';
  if (/^\s*multipart\/report\b/.test(type)) return 'report';
  if (
    /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|listserv|majordomo)(?:[+-].*)?@|-(?:request|bounces?)@/i.test(
      from,
    )
  )
    return 'from-a-program';
  return undefined;
}

/** Gets a calendar from its address, or hears that it is as it was. */
import { createHash } from 'node:crypto';
import { OutsideFault, type OutsideRequests } from '../../../src/index.ts';

/** What the other side named the calendar with, the last time. */
export interface Validators {
  etag: string | null;
  modified: string | null;
}

export type Download = { kind: 'same' } | ({ kind: 'text'; text: string } & Validators) | { kind: 'failed'; why: string };

/** Channels move calendars between their hosts. */
const mostRedirects = 3;
const longestBytes = 4 * 1_048_576;
const longestValidator = 300;

const kept = (header: string | undefined): string | null =>
  header === undefined || header.length > longestValidator ? null : header;

/** Each address on the way is held to the rules of requests outside. The address is a secret, so that nothing of it is in `why` but the host. */
export async function download(
  outside: OutsideRequests,
  address: string,
  { etag, modified }: Validators,
  signal?: AbortSignal,
): Promise<Download> {
  let url = address;
  const headers = {
    accept: 'text/calendar, text/plain;q=0.5, */*;q=0.1',
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(modified === null ? {} : { 'if-modified-since': modified }),
  };
  try {
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const answer = await outside.request({ url, headers, maxBytes: longestBytes, ...(signal === undefined ? {} : { signal }) });
      const { status, headers: said, body } = answer;
      if (status === 304 && (etag ?? modified) !== null) return { kind: 'same' };
      if (status === 200)
        return { kind: 'text', text: body.toString('utf8'), etag: kept(said['etag']), modified: kept(said['last-modified']) };
      const next = [301, 302, 303, 307, 308].includes(status) ? said['location'] : undefined;
      if (next === undefined || !URL.canParse(next, url)) return { kind: 'failed', why: `${hostOf(url)} answered ${status}.` };
      url = new URL(next, url).href;
    }
    return { kind: 'failed', why: `${hostOf(address)} leads from one address to the next more than ${mostRedirects} times.` };
  } catch (error) {
    if (error instanceof OutsideFault) return { kind: 'failed', why: error.message };
    throw error;
  }
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** What is kept of the token in a link. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

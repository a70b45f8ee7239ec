/**
 * Whether the address that a mail says to be from is proven. Anybody can write any address; the server that took the mail knows more, and writes
 * it into `Authentication-Results` (RFC 8601). That header counts where the operator named that server, and only the topmost one: those below
 * may come from the sender.
 */
import { domainOf } from './message-ids.ts';

export function isVouched(results: readonly string[], authservId: string | undefined, from: string): boolean {
  if (authservId === undefined) return false;
  // Comments may hold anything, and are no part of the statement.
  const [server = '', ...methods] = withoutComments(results[0] ?? '').split(';');
  if (server.trim().split(/\s+/)[0]?.toLowerCase() !== authservId.toLowerCase()) return false;
  const domain = domainOf(from);
  return methods.some((each) => {
    const [, method, result, properties = ''] = /^\s*([\w-]+)(?:\/\d+)?\s*=\s*(\w+)(.*)$/s.exec(each) ?? [];
    if (result?.toLowerCase() !== 'pass') return false;
    const named = (property: string) =>
      new RegExp(`\\b${property}\\s*=\\s*"?@?([^\\s;"]+)`, 'i').exec(properties)?.[1]?.toLowerCase();
    if (method?.toLowerCase() === 'dmarc') return named('header\\.from') === domain;
    // Without DMARC: a signature of the very domain that the mail is from.
    return method?.toLowerCase() === 'dkim' && named('header\\.d') === domain;
  });
}

function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const character of text.slice(0, 8_000)) {
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += character;
  }
  return kept;
}

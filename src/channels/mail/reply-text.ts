/** What a person wrote in a mail: without what it quotes, and without the signature. */
import EmailReplyParser from 'email-reply-parser';

/** Where the mail that is answered begins, whole lines. Each is looked at alone and is short, so that none takes long. */
const quoteBegins = [
  /^[ >*_-]*-{2,}\s*(?:mensaje original|original message|mensagem original|mensaje reenviado|forwarded message)\s*-{2,}/i,
  /^_{20,}$/,
  /^(?:El|On|Em)\b.{4,250}\b(?:escribi[oó]|wrote|escreveu)\s*:?\s*$/i,
  /^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}\b.{2,200}<[^<>\s]{3,120}>\s*:$/,
];
/** Headers of the quoted mail as Outlook writes them: one alone may be what a person wrote. */
const quotedFrom = /^\*?(?:De|From|Von)\s*:\*?\s+\S/i;
const quotedSent = /^\*?(?:Enviad[oa](?: el)?|Sent|Fecha|Date|Para|To)\s*:\*?\s+\S/i;
const signatureBegins = /^(?:-- ?|(?:Enviado|Sent|Obtener|Get) (?:desde|from|Outlook)\b.{0,80})$/i;

/** The parser is quadratic in lines and in their lengths; what is longer is cut by the rules above alone. */
const mostLines = 200;
const longestLine = 300;

const parser = new EmailReplyParser();

export function replyText(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (begins(lines, index)) break;
    if (line === '' && kept.at(-1) === '') continue;
    kept.push(line);
  }
  const cut = kept.join('\n').trim();
  const small = kept.length <= mostLines && kept.every(({ length }) => length <= longestLine);
  const own = small ? parser.parseReply(cut).trim() : withoutQuotes(kept);
  // A mail that is nothing but a quote, or that the parser takes for one, is read whole.
  return own === '' ? cut || text.trim() : own;
}

function begins(lines: readonly string[], index: number): boolean {
  const line = (lines[index] ?? '').trim();
  if (line === '' || line.length > 400) return false;
  // The line that names the writer is folded by some programs.
  const folded = `${line} ${(lines[index + 1] ?? '').trim().slice(0, 300)}`;
  if (quoteBegins.some((pattern) => pattern.test(line))) return true;
  if (/^(?:El|On|Em)\b/.test(line) && quoteBegins.some((pattern) => pattern.test(folded))) return true;
  if (quotedFrom.test(line)) return lines.slice(index + 1, index + 4).some((each) => quotedSent.test(each.trim().slice(0, 400)));
  return index > 0 && signatureBegins.test(line);
}

function withoutQuotes(lines: readonly string[]): string {
  return lines
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .trim();
}

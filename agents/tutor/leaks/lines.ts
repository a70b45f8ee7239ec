/** Code in a text that is not fenced: lines that look like code, without what decorates them. */

const python =
  /^\s*(?:(?:async )?def \w+\s*\(.*|class \w+\s*[:(].*|return\b(?!\s+(?:to|the|a|an|of|la|el|un|una)\s+\w).*|yield\b.*|for [\w, ()*]+ in .+:.*|while .+:.*|if .+:.*|elif .+:.*|else\s*:.*|try\s*:|except\b.*:|finally\s*:|with .+:|from [\w.]+ import .+|import [\w., ]+|raise \w.*|assert .+|break|continue|pass|global \w+.*|nonlocal \w+.*|@\w[\w.]*(?:\(.*\))?|del \w.*|print\s*\(.*)$/;
const script =
  /^\s*(?:(?:export |async )*function\b.*[({].*|(?:const|let|var)\s+[\w{[].*=.*|return\b.*;|(?:if|for|while|switch)\s*\(.*|\}?\s*else\b.*\{?|\}[;,)]*|do\s*\{|case .+:|module\.exports.*|console\.\w+\(.*|[\w.]+\s*=>\s*.+|#include\b.*|(?:public|private|static|int|void|double|String|boolean|char|long|float|bool|auto)\s[\w<>[\], ]*\w.*[;{(].*|\w.*[;{])\s*$/;
const assignment = /^\s*[\w.[\]'"*, ()-]{1,80}?\s*(?:[-+*/%&|^]|\/\/|\*\*|<<|>>)?=(?!=|>)\s*\S.*$/;
const call = /^\s*[\w.]+(?:\[[^\]]*\])*\(.*\)\s*;?$/;

export function looksLikeCode(line: string): boolean {
  if (line.length > 400 || line.trim() === '') return false;
  if (python.test(line) || script.test(line) || call.test(line)) return true;
  return assignment.test(line) && !/^\s*(?:\w+\s+){4,}/.test(line.split('=')[0] ?? '');
}

const decorations = [
  /^\s{0,3}(?:>\s?)+/,
  /^\s*\|\s?/,
  /^\s*(?:l[ií]nea|line|paso|step|renglon|renglón|row)\s*#?\d+\s?[:.)|-]?\s?/i,
  /^\s{0,4}\(?(?:\d{1,3}|[ivx]{1,4})\s?[.):|\]-]\s?/,
  /^\s{0,3}[-*•‣·–]\s/,
];
const comment = /^(\s*)(?:#+|\/\/+|--|;+|%+|\*(?!\*)|'|REM)\s?/;

/** A line without its quote mark, its number, its bullet, its table cell and its wrapping quotes. The indentation after them stays. */
export function undecorated(line: string): string {
  let rest = line;
  for (const decoration of decorations) {
    // A number before an operator is no number of a line.
    const without = rest.replace(decoration, '');
    if (without !== rest && !/^[-+*/=.]/.test(without.trimStart())) rest = without;
  }
  rest = rest.replace(/\s*\|\s*$/, '');
  const wrapped = /^\s*(["'`]{1,3}|\*{1,2})(.*)\1[.,;]?\s*$/.exec(rest);
  return wrapped?.[2] ?? rest;
}

export function uncommented(line: string): string {
  return line.replace(comment, '$1');
}

/** What follows the words that introduce code: "First write: def f(x):", "luego poné return x". */
function tailOf(line: string): string | undefined {
  for (const match of line.matchAll(
    /(?:[:→»"“>-]|=>|\b(?:write|type|put|add|then|is|with|escrib[ií]r?|escrib[ae]|pon[eé]r?|agreg[aá]r?|luego|despu[eé]s|es|dice|con|va|sigue))\s/gi,
  )) {
    const tail = line.slice(match.index + match[0].length).replace(/["”»]\.?\s*$/, '');
    const plain = tail.replace(/^ (?! )/, '');
    if (strong.test(plain) || (/[:→]\s$/.test(match[0]) && looksLikeCode(plain))) return plain;
  }
  return undefined;
}
const strong =
  /^\s*(?:def \w+\s*\(|class \w+\s*[:(]|return\b.+|for \w[\w, ]* in .+:\s*$|while .+:\s*$|if .+:\s*$|elif .+:\s*$|else:\s*$|print\(|import \w|from \w+ import|function \w*\(|(?:const|let|var) \w|\w[\w.[\]]* [-+*/]?= \S|break$|continue$)/;

/** Spans in ticks or quotes whose content looks like code, in order. */
export function spansOf(text: string): string[] {
  const spans: string[] = [];
  for (const match of text.matchAll(/``([^\n]+?)``|`([^`\n]+)`|"([^"\n]{3,})"/g)) {
    const ticked = match[1] ?? match[2];
    const span = ticked ?? match[3] ?? '';
    if (looksLikeCode(span) || (ticked !== undefined && /^\s*(?:else|try|finally|\}|\{)\s*:?$/.test(span))) spans.push(span);
  }
  return spans;
}

/** Words and a colon, which are no statement: "Then write: ". */
const introduced =
  /^\s*(?!(?:else|try|finally|case|default|lambda|def|if|elif|for|while|with|class|except|return|print)\b)[\p{L}\d ,]+[:→]\s+\S/u;

/** Every line of code of a text: bare, decorated or introduced by words. Lines within open brackets belong to the line that opened them. */
export function codeLinesOf(text: string): string[] {
  const lines: string[] = [];
  let open = 0;
  for (const raw of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(raw)) continue;
    const line = undecorated(raw);
    if (open > 0) {
      lines.push(line);
      open += bracketsOf(line);
      continue;
    }
    const spans = spansOf(raw);
    const tail = introduced.test(line) || !looksLikeCode(line) ? tailOf(raw) : undefined;
    const found =
      spans.length > 0 && !looksLikeCode(line) ? spans : tail !== undefined ? [tail] : looksLikeCode(line) ? [line] : [];
    lines.push(...found);
    open = Math.max(0, bracketsOf(found.at(-1) ?? ''));
    if (/[{]\s*$/.test(found.at(-1) ?? '')) open = 0;
  }
  return lines;
}

function bracketsOf(line: string): number {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '').replace(/#.*$/, '');
  return (bare.match(/[([]/g)?.length ?? 0) - (bare.match(/[)\]]/g)?.length ?? 0);
}

/** Content of fences; a fence that is not closed goes to the end. */
export function fencesOf(text: string): { language: string; code: string }[] {
  const blocks: { language: string; code: string }[] = [];
  const pattern =
    /^([^\S\n]*(?:>\s?)*(?:[-*]\s|\d+\.\s)?\s*)(```+|~~~+)[ ]*([\w+#-]*)[^\n]*\n([\s\S]*?)(?:^\s*(?:>\s?)*\2|(?![\s\S]))/gm;
  for (const [, , , language = '', code = ''] of text.matchAll(pattern)) blocks.push({ language: language.toLowerCase(), code });
  // On one line, or without a line of its own.
  if (blocks.length === 0)
    for (const [, code = ''] of text.matchAll(/```(?:\w+\s)?([\s\S]+?)```/g)) blocks.push({ language: '', code });
  return blocks;
}

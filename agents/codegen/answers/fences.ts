/** Fenced blocks of an answer, with the path that each names. */

export interface FencedBlock {
  /** First word of the info string, in small letters. */
  language: string;
  /** As it is written; `undefined` where nothing names one. */
  path: string | undefined;
  body: string;
  /** Line of its fence, from 1. */
  line: number;
}

export type ReadFences = { kind: 'read'; blocks: readonly FencedBlock[] } | { kind: 'malformed'; message: string };

const longest = 3_000_000;
const opening = /^( {0,3}|\t)(`{3,}|~{3,})[ \t]*([^\n`]*?)[ \t]*$/;

export function readFences(text: string): ReadFences {
  if (text.length > longest)
    return { kind: 'malformed', message: `The answer has ${text.length} characters; ${longest} are the most. Answer shorter.` };
  const lines = text.split(/\r?\n/);
  const blocks: FencedBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, , fence = '', info = ''] = opening.exec(lines[at] ?? '') ?? [];
    if (fence === '') continue;
    const end = closing(lines, at + 1, fence, info);
    if (end === undefined) {
      const message = `The block that begins at line ${at + 1} does not end: the answer was cut. Nothing of it is written. Write every file whole and close each block.`;
      return { kind: 'malformed', message };
    }
    const body = lines.slice(at + 1, end);
    const named = pathOfInfo(info) ?? pathBefore(lines, at);
    const first = named === undefined ? pathOfRemark(body[0] ?? '') : undefined;
    const kept = first === undefined ? body : body.slice(1);
    blocks.push({
      language: /^[\w+#.-]*/.exec(info)?.[0].toLowerCase() ?? '',
      path: named ?? first,
      body: kept.length === 0 ? '' : `${kept.join('\n')}\n`,
      line: at + 1,
    });
    at = end;
  }
  return { kind: 'read', blocks };
}

/** Markdown in Markdown: a fence within it that names a language opens another block. */
function closing(lines: readonly string[], from: number, fence: string, info: string): number | undefined {
  const nests = /^(?:markdown|md|mdx)\b/i.test(info) || /\.mdx?\b/i.test(info);
  const character = fence[0] ?? '`';
  let depth = 0;
  for (let at = from; at < lines.length; at++) {
    const found = /^ {0,3}([`~]+)[ \t]*(\S?)/.exec(lines[at] ?? '');
    const run = found?.[1] ?? '';
    if (run.length < fence.length || [...run].some((each) => each !== character)) continue;
    if (found?.[2] !== '') {
      if (nests) depth++;
      continue;
    }
    if (depth === 0) return at;
    depth--;
  }
  return undefined;
}

/** `python path=src/fib.py`, `python src/fib.py`, `python:src/fib.py`, `src/fib.py`, `title="fib.py"`. */
function pathOfInfo(info: string): string | undefined {
  const given = /(?:^|[\s{,])(?:path|file|filename|title|name)\s*[=:]\s*(?:"([^"]+)"|'([^']+)'|([^\s,}]+))/i.exec(info);
  if (given !== null) return given[1] ?? given[2] ?? given[3];
  const [first = '', ...rest] = info.split(/\s+/);
  const glued = /^[\w+#.-]+:(\S+\.\w+|\S*\/\S+)$/.exec(first)?.[1];
  if (glued !== undefined) return glued;
  const words = rest.filter((word) => looksLikePath(word));
  if (words.length === 1) return words[0];
  return words.length === 0 && looksLikePath(first) && /[./]/.test(first.slice(1)) ? first : undefined;
}

/** The last line before the fence that says something, if it says a path: `**x.py**`, `### src/x.py`, `File: x.py`, `x.py:`. */
function pathBefore(lines: readonly string[], fence: number): string | undefined {
  for (let at = fence - 1; at >= 0 && at >= fence - 2; at--) {
    const line = (lines[at] ?? '').trim();
    if (line === '') continue;
    const plain = line
      .replace(/^(?:#{1,6}|[-*]|\d+\.)\s+/, '')
      .replaceAll(/[*`"]/g, '')
      .replace(/^(?:new |nuevo )?(?:file|path|archivo|fichero|ruta)\s*(?:name)?\s*:\s*/i, '')
      .replace(/:$/, '')
      .trim();
    return looksLikePath(plain) ? plain : undefined;
  }
  return undefined;
}

/** A remark that is the first line of a block: `# file: x.py`, `// path: x.ts`, `<!-- file: x.html -->`. */
function pathOfRemark(line: string): string | undefined {
  return /^\s*(?:#|\/\/|--|;|<!--|\/\*)\s*(?:file|path|filename|archivo)\s*:\s*(\S+?)\s*(?:-->|\*\/)?\s*$/i.exec(line)?.[1];
}

function looksLikePath(text: string): boolean {
  return (
    text !== '' &&
    !/\s/.test(text) &&
    text.length <= 400 &&
    /^(?:[^\s=]*\/)?[^\s/=]*\.[A-Za-z0-9]{1,12}$|^[^\s=]+\/[^\s=]+$|^(?:Makefile|Dockerfile|LICENSE)$/.test(text)
  );
}

import { unifiedDiff } from '../../../src/files.ts';

/** One side of a changed file; `undefined`: it is not there. */
export type DiffSide = { content: Uint8Array; executable: boolean } | undefined;

/** Unified diff of one file with git's header, so that `git apply` takes it. Contents that are no text are told by a line. */
export function fileDiff(path: string, before: DiffSide, after: DiffSide): string {
  const quoted = (side: 'a' | 'b') => quotedPath(`${side}/${path}`);
  const mode = (side: DiffSide) => (side?.executable === true ? '100755' : '100644');
  const head = [`diff --git ${quoted('a')} ${quoted('b')}`];
  if (before === undefined) head.push(`new file mode ${mode(after)}`);
  else if (after === undefined) head.push(`deleted file mode ${mode(before)}`);
  else if (before.executable !== after.executable) head.push(`old mode ${mode(before)}`, `new mode ${mode(after)}`);
  const texts = [before, after].map((side) => (side === undefined ? undefined : textOf(side.content)));
  const [old, next] = texts;
  const from = before === undefined ? '/dev/null' : quoted('a');
  const to = after === undefined ? '/dev/null' : quoted('b');
  if (texts.includes(null)) {
    if (before === undefined || after === undefined || !Buffer.from(before.content).equals(after.content))
      head.push(`Binary files ${from} and ${to} differ`);
    return `${head.join('\n')}\n`;
  }
  if ((old ?? '') === (next ?? '')) return `${head.join('\n')}\n`;
  const hunks = unifiedDiff('', old ?? '', next ?? '')
    .split('\n')
    .slice(2)
    .join('\n');
  return `${[...head, `--- ${from}`, `+++ ${to}`].join('\n')}\n${hunks}`;
}

/** `null`: it is no text. */
function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

/** As git quotes names, without touching letters of other scripts. */
export function quotedPath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  const odd = /[\u0000-\u001f"\\\u007f]/g;
  if (!odd.test(path)) return path;
  return `"${path.replace(odd, (each) => escapes[each] ?? `\\${each.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
}

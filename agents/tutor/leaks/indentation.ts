/** Lines whose indentation was lost in prose, indented again in the few ways that a reader of Python would. */

const opener = /:\s*(?:#.*)?$/;
const definition = /^(?:async )?(?:def|class)\b/;
const middle = /^(?:elif|else|except|finally)\b/;
const ends = /^(?:return|break|continue|raise|pass)\b/;

export function dedented(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents, 80);
  return lines.map((line) => line.slice(Math.min(least, line.length - line.trimStart().length)).trimEnd());
}

/** As they are where they carry any indentation that fits, then the ways to indent them, the likeliest first; without doubles. */
export function indentationsOf(lines: readonly string[]): string[] {
  const flat = dedented(lines);
  const ways: string[] = [];
  const opens = flat.some((line) => opener.test(line));
  if (!opens || flat.some((line) => /^\s/.test(line))) ways.push(flat.join('\n'));
  if (opens) for (const style of styles) ways.push(indented(flat, style));
  return [...new Set(ways)];
}

interface Style {
  /** A block of an `if` is one statement. */
  shortIf: boolean;
  /** The last statement stands at the level of the body. */
  lastAtBody: boolean;
  /** After `return` or `break` the next line leaves the loops too. */
  endsLeaveLoops: boolean;
}
const styles: readonly Style[] = [
  { shortIf: false, lastAtBody: true, endsLeaveLoops: false },
  { shortIf: true, lastAtBody: true, endsLeaveLoops: false },
  { shortIf: false, lastAtBody: false, endsLeaveLoops: false },
  { shortIf: false, lastAtBody: true, endsLeaveLoops: true },
];

function indented(lines: readonly string[], { shortIf, lastAtBody, endsLeaveLoops }: Style): string {
  const depths: number[] = [];
  const texts = lines.map((line) => line.trim()).filter((line) => line !== '');
  const inDefinition = texts.some((text) => definition.test(text));
  const body = inDefinition ? 1 : 0;
  for (const [at, text] of texts.entries()) {
    const before = texts[at - 1];
    const above = depths[at - 1] ?? 0;
    let depth = above;
    if (before === undefined || definition.test(text)) depth = 0;
    else if (middle.test(text)) depth = matching(texts, depths, at);
    else if (opener.test(before)) depth = above + 1;
    else if (ends.test(before)) depth = endsLeaveLoops ? body : Math.max(body, above - 1);
    else if (shortIf && /^(?:if|elif|else)\b/.test(texts[at - 2] ?? '') && opener.test(texts[at - 2] ?? ''))
      depth = Math.max(body, above - 1);
    const last = at === texts.length - 1 || definition.test(texts[at + 1] ?? '');
    if (last && lastAtBody && at > 0 && !opener.test(before ?? '') && /^(?:return|print)\b/.test(text)) depth = body;
    depths.push(depth);
  }
  return texts.map((text, at) => `${'    '.repeat(depths[at] ?? 0)}${text}`).join('\n');
}

function matching(texts: readonly string[], depths: readonly number[], at: number): number {
  for (let before = at - 1; before >= 0; before--) {
    const text = texts[before] ?? '';
    if (/^(?:if|elif|for|while|try|except)\b/.test(text) && opener.test(text) && (depths[before] ?? 0) < (depths[at - 1] ?? 1))
      return depths[before] ?? 0;
  }
  return Math.max(0, (depths[at - 1] ?? 1) - 1);
}

import type { EditPlace, FileChange, TextEdit } from './contract.ts';
import { MalformedChanges } from './malformed-changes.ts';

const header = /^\*\*\* (Add File|Delete File|Update File|Move to): (.+?)\s*$/;

/** Reads `*** Begin Patch` … `*** End Patch`. @throws MalformedChanges */
export function parseApplyPatch(text: string): FileChange[] {
  const all = text.split('\n');
  const first = all.findIndex((line) => /^\*\*\* Begin Patch\s*$/.test(line));
  const last = all.findIndex((line, position) => position > first && /^\*\*\* End Patch\s*$/.test(line));
  if (last === -1) throw new MalformedChanges('The patch has no "*** End Patch". It may have been cut off; send it whole.');
  const reader = new Lines(all.slice(first + 1, last), first + 2);
  const changes: FileChange[] = [];
  while (reader.line !== undefined) {
    const found = header.exec(reader.line);
    if (found === null) {
      if (reader.line.trim() === '') {
        reader.next();
        continue;
      }
      throw reader.malformed(
        'is outside of any file. Begin a file with "*** Update File: path", "*** Add File: path" or "*** Delete File: path".',
      );
    }
    const [, action, path = ''] = found;
    if (action === 'Move to') throw reader.malformed('has no file. "*** Move to:" comes right after "*** Update File:".');
    reader.next();
    if (action === 'Delete File') changes.push({ kind: 'delete', path });
    else if (action === 'Add File') changes.push({ kind: 'write', path, text: addedText(reader, path), hash: null });
    else changes.push(...updates(reader, path));
  }
  if (changes.length === 0)
    throw new MalformedChanges(
      'The patch changes no file. Put "*** Update File: path" and its lines between its begin and its end.',
    );
  return changes;
}

class Lines {
  readonly #lines: readonly string[];
  readonly #first: number;
  #at = 0;

  constructor(lines: readonly string[], first: number) {
    this.#lines = lines;
    this.#first = first;
  }

  get line(): string | undefined {
    return this.#lines[this.#at];
  }

  /** Whether nothing but empty lines follows before the next header, or the end. */
  get closes(): boolean {
    const next = this.#lines.slice(this.#at).find((line) => line !== '');
    return next === undefined || header.test(next);
  }

  next(): void {
    this.#at += 1;
  }

  malformed(what: string): MalformedChanges {
    return new MalformedChanges(`Line ${this.#first + this.#at} of the patch, ${JSON.stringify(this.line ?? '')}, ${what}`);
  }
}

function addedText(reader: Lines, path: string): string {
  let text = '';
  for (; reader.line !== undefined && !header.test(reader.line); reader.next()) {
    if (reader.line === '' && reader.closes) continue;
    if (!reader.line.startsWith('+'))
      throw reader.malformed(`is no line of the new file ${path}. Each of its lines begins with "+".`);
    text += `${reader.line.slice(1)}\n`;
  }
  return text;
}

function updates(reader: Lines, path: string): FileChange[] {
  const moved = header.exec(reader.line ?? '');
  const to = moved?.[1] === 'Move to' ? moved[2] : undefined;
  if (to !== undefined) reader.next();
  const edits: TextEdit[] = [];
  while (reader.line !== undefined && !header.test(reader.line)) {
    if (reader.line === '' && reader.closes) reader.next();
    else edits.push(hunk(reader));
  }
  if (edits.length === 0 && to === undefined)
    throw new MalformedChanges(
      `"*** Update File: ${path}" has no lines. Give lines that begin with " ", "-" or "+", after a line "@@".`,
    );
  return [
    ...(to === undefined ? [] : [{ kind: 'move', path, to } as const]),
    ...(edits.length === 0 ? [] : [{ kind: 'edit', path: to ?? path, edits } as const]),
  ];
}

function hunk(reader: Lines): TextEdit {
  const after: string[] = [];
  for (let found = anchor(reader.line); found !== undefined; found = anchor(reader.line)) {
    if (found !== '') after.push(found);
    reader.next();
  }
  let [old, next] = ['', ''];
  let [any, atEnd] = [false, false];
  for (; reader.line !== undefined && !header.test(reader.line); reader.next()) {
    const { line } = reader;
    if (/^\*\*\* End of File\s*$/.test(line)) {
      atEnd = true;
      reader.next();
      break;
    }
    if (anchor(line) !== undefined || (line === '' && reader.closes)) break;
    any = true;
    const content = `${line.slice(1)}\n`;
    // An empty line of the file is often sent without the blank before it.
    if (line === '' || line.startsWith(' ')) {
      old += content;
      next += content;
    } else if (line.startsWith('-')) old += content;
    else if (line.startsWith('+')) next += content;
    else
      throw reader.malformed(
        'is no line of a change. Each begins with " " where it stays, "-" where it goes, "+" where it is new.',
      );
  }
  if (!any) throw reader.malformed('follows a "@@" without lines. Give lines that begin with " ", "-" or "+".');
  const place: EditPlace = {
    ...(after.length === 0 ? {} : { after }),
    // Lines that are only added, with no word of where, go to the end.
    ...(atEnd || (old === '' && after.length === 0) ? { atEnd: true } : {}),
  };
  return { old, new: next, place };
}

/** The line that a hunk's head names; empty where it names none; `undefined` for other lines. */
function anchor(line: string | undefined): string | undefined {
  const found = /^@@(?: (.*))?$/.exec(line?.trimEnd() ?? '');
  if (found === null) return undefined;
  // Line numbers of a unified diff say nothing here.
  return (found[1] ?? '').replace(/^-\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?/, '').trim();
}

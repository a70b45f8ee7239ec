import type { ChangeRefusal, MatchRung, TextEdit } from './contract.ts';
import { byteOffset, decodeText, encodeText, type TextForm, textForm } from './encoding.ts';
import { findText, type TextSplice } from './find-text.ts';
import { lineNumber } from './line-ends.ts';
import { unencodable } from './whole-file.ts';

const rungs: readonly MatchRung[] = ['exact', 'line-ends', 'trailing-blanks', 'unicode', 'indentation'];

export type EditedBytes =
  | { kind: 'edited'; bytes: Uint8Array; form: TextForm; rung: MatchRung | undefined }
  | { kind: 'refused'; refusals: readonly ChangeRefusal[] };

/** The bytes of a file after edits: the ranges that they matched are replaced, and all others are as they were. */
export function editBytes(path: string, bytes: Uint8Array, edits: readonly TextEdit[]): EditedBytes {
  const form = textForm(bytes);
  const text = decodeText(bytes, form);
  const splices: TextSplice[] = [];
  const refusals: ChangeRefusal[] = [];
  const binary = form.encoding === 'binary';
  // A byte order mark is no part of the text; who quotes the first line by its bytes quotes it along.
  const quoted = form.markBytes === 0 ? edits : edits.map(withoutMark);
  let [from, drift] = [0, 0];
  for (const [position, edit] of quoted.entries()) {
    const which = edits.length === 1 ? '' : `edit ${position + 1}: `;
    const found = findText(text, binary ? asBytes(edit) : edit, { exactOnly: binary, from, drift });
    if (found.kind === 'refused') {
      const reason = binary && found.reason === 'no-match' ? 'binary' : found.reason;
      const why = binary
        ? `it is a binary file, in which only exact bytes are replaced; ${found.message.split('\n')[0]}`
        : found.message;
      refusals.push({ path, reason, message: `${path}: ${which}${why}` });
      continue;
    }
    // An edit of every place can have more splices than a call takes arguments.
    for (const each of found.splices) splices.push(each);
    const [first] = found.splices;
    if (first === undefined || edit.place === undefined) continue;
    from = first.end;
    if (edit.place.line !== undefined && edits.length > 1) drift = lineNumber(text, first.start) - edit.place.line;
  }
  if (refusals.length > 0) return { kind: 'refused', refusals };
  splices.sort((a, b) => a.start - b.start || a.end - b.end);
  for (const [position, splice] of splices.entries()) {
    const next = splices[position + 1];
    if (next !== undefined && (next.start < splice.end || (next.start === splice.start && next.end === splice.end))) {
      const message = `${path}: two edits change the same place. Make one edit of them.`;
      return { kind: 'refused', refusals: [{ path, reason: 'overlap', message }] };
    }
  }
  const edited = splice(bytes, text, form, splices);
  if (edited.kind === 'unencodable') {
    return { kind: 'refused', refusals: [{ path, reason: 'unencodable', message: unencodable(path, edited.text, form) }] };
  }
  return { kind: 'edited', bytes: edited.bytes, form, rung: loosest(splices.map(({ rung }) => rung)) };
}

/** The loosest of some rungs. */
export function loosest(taken: readonly (MatchRung | undefined)[]): MatchRung | undefined {
  return rungs.findLast((rung) => taken.includes(rung));
}

function withoutMark(edit: TextEdit): TextEdit {
  if (!edit.old.startsWith('\ufeff')) return edit;
  return { ...edit, old: edit.old.slice(1), new: edit.new.replace(/^\ufeff/, '') };
}

/** A binary file is searched for the UTF-8 bytes of a text. */
function asBytes(edit: TextEdit): TextEdit {
  const latin = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  return { ...edit, old: latin(edit.old), new: latin(edit.new) };
}

function splice(
  bytes: Uint8Array,
  text: string,
  form: TextForm,
  splices: readonly TextSplice[],
): { kind: 'spliced'; bytes: Uint8Array } | { kind: 'unencodable'; text: string } {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  let [textAt, byteAt] = [0, form.markBytes as number];
  const offset = (index: number) => {
    byteAt += byteOffset(text.slice(textAt, index), index - textAt, { ...form, markBytes: 0 });
    textAt = index;
    return byteAt;
  };
  for (const each of splices) {
    const added = encodeText(each.text, form);
    if (added === undefined) return { kind: 'unencodable', text: each.text };
    const start = offset(each.start);
    const end = offset(each.end);
    pieces.push(bytes.subarray(kept, start), added);
    kept = end;
  }
  pieces.push(bytes.subarray(kept));
  return { kind: 'spliced', bytes: Buffer.concat(pieces) };
}

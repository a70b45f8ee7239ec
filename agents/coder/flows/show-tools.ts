/** Answers of the tools that read, undo and ask git, as text. */
import { counted, fenced, lines, listed, type Say } from './show.ts';

export type ReadOutput =
  | { kind: 'file'; path: string; text: string; lines: { from: number; to: number; of: number } }
  | { kind: 'folder'; path: string; entries: { name: string; kind: string }[] }
  | { kind: 'binary'; path: string; bytes: number }
  | { kind: 'refused'; because: string };

export function readShown(output: ReadOutput, say: Say): string {
  switch (output.kind) {
    case 'file': {
      const { from, to, of } = output.lines;
      const part = from === 1 && to >= of ? '' : say(` (líneas ${from} a ${to} de ${of})`, ` (lines ${from} to ${to} of ${of})`);
      return lines(`${output.path}${part}`, fenced(output.text, /\.(\w+)$/.exec(output.path)?.[1] ?? ''));
    }
    case 'folder':
      return lines(
        output.path === '' ? '.' : output.path,
        output.entries.map(({ name, kind }) => (kind === 'folder' ? `${name}/` : name)),
      );
    case 'binary':
      return say(`${output.path} no es texto (${output.bytes} bytes).`, `${output.path} is no text (${output.bytes} bytes).`);
    case 'refused':
      return output.because;
  }
}

export interface UndoOutput {
  changes: string[];
  files: { path: string; result: string; message?: string }[];
}

export function showUndo({ changes, files }: UndoOutput, direction: 'undo' | 'redo', say: Say): string {
  if (changes.length === 0 && files.length === 0)
    return direction === 'undo'
      ? say(
          'No hay nada para deshacer en esta sesión. La última sigue con --continue.',
          'There is nothing to undo in this session. --continue goes on with the last one.',
        )
      : say('No hay nada para rehacer.', 'There is nothing to redo.');
  const words: Readonly<Record<string, string>> = {
    restored: say('restaurado', 'restored'),
    merged: say('restaurado, con tus cambios', 'restored, with your changes kept'),
    conflict: say('queda como está: cambió en el mismo lugar', 'left as it is: it changed in the same place'),
    nothing: say('ya estaba así', 'was so already'),
    'not-kept': say('queda como está: era demasiado grande para guardarlo', 'left as it is: it was too large to keep'),
    refused: say('no se tocó', 'not touched'),
  };
  return lines(
    direction === 'undo'
      ? say(`Deshecho: ${changes.join(', ')}`, `Taken back: ${changes.join(', ')}`)
      : say(`Rehecho: ${changes.join(', ')}`, `Made anew: ${changes.join(', ')}`),
    files.map(({ path, result, message }) => `  ${path}  ${words[result] ?? result}${message === undefined ? '' : `: ${message}`}`),
  );
}

interface GitOutput {
  kind: 'done' | 'failed';
  because?: string;
  status?: { branch?: string; ahead?: number; behind?: number; files: { path: string; staged: string; unstaged: string }[] };
  diff?: string;
  hidden?: string[];
  commits?: { hash: string; authoredAt?: string; author?: { name: string }; subject: string }[];
  branches?: { name: string; current: boolean; upstream?: string }[];
  shown?: unknown;
}

export function showGit(output: GitOutput, say: Say): string {
  if (output.kind === 'failed') return output.because ?? '';
  const { status, diff, commits, branches, shown } = output;
  if (status !== undefined) {
    const { files, ahead = 0, behind = 0 } = status;
    const state = [
      ahead > 0 ? say(`${ahead} por subir`, `${ahead} ahead`) : '',
      behind > 0 ? say(`${behind} por bajar`, `${behind} behind`) : '',
    ].filter((each) => each !== '');
    return lines(
      `${say('Rama', 'Branch')} ${status.branch ?? say('ninguna', 'none')}${state.length === 0 ? '' : ` (${state.join(', ')})`}`,
      files.length === 0
        ? say('Nada cambió.', 'Nothing changed.')
        : counted(files.length, say('archivo cambió:', 'file changed:'), say('archivos cambiaron:', 'files changed:')),
      listed(files, 100, ({ path, staged, unstaged }) => `  ${changeWord(staged, unstaged, say)}  ${path}`, say),
    );
  }
  if (diff !== undefined)
    return diff.trim() === '' ? say('Sin diferencias.', 'No differences.') : fenced(diff.slice(0, 20_000), 'diff');
  if (commits !== undefined) {
    if (commits.length === 0) return say('Todavía no hay commits.', 'There are no commits yet.');
    return lines(
      commits.map(
        ({ hash, authoredAt = '', author, subject }) =>
          `${hash.slice(0, 8)} ${authoredAt.slice(0, 10)} ${author?.name ?? ''}: ${subject}`,
      ),
    );
  }
  if (branches !== undefined) return lines(branches.map(({ name, current }) => `${current ? '* ' : '  '}${name}`));
  return fenced(typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2));
}

function changeWord(staged: string, unstaged: string, say: Say): string {
  const words: Readonly<Record<string, string>> = {
    added: say('nuevo', 'added'),
    modified: say('modificado', 'modified'),
    deleted: say('borrado', 'deleted'),
    renamed: say('movido', 'renamed'),
    untracked: say('sin seguimiento', 'untracked'),
    unmerged: say('en conflicto', 'unmerged'),
  };
  const of = (change: string) => words[change] ?? change;
  if (staged === 'untracked' || unstaged === 'untracked') return of('untracked');
  if (staged === 'unchanged') return of(unstaged);
  return unstaged === 'unchanged'
    ? `${of(staged)} ${say('(en el índice)', '(staged)')}`
    : `${of(staged)} ${say('(en parte en el índice)', '(staged in part)')}`;
}

/** Pieces of answers in both languages: plain text that a terminal shows well, a place a line. */
import type { FileChange } from '../../../src/files.ts';
import type { Place } from '../analysis/contract.ts';

export type Say = (es: string, en: string) => string;

export function sayIn(language: 'es' | 'en'): Say {
  return (es, en) => (language === 'es' ? es : en);
}

/** "1 archivo", "3 archivos". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function lines(...parts: readonly (string | undefined | readonly string[])[]): string {
  return parts
    .flat()
    .filter((part) => part !== undefined && part !== '')
    .join('\n');
}

export function placeLine({ path, line, column, text }: Place): string {
  return `${path}:${line}:${column}  ${text.trim()}`;
}

export function listed<T>(items: readonly T[], most: number, show: (item: T) => string, say: Say): string[] {
  return [
    ...items.slice(0, most).map(show),
    ...(items.length > most ? [say(`… y ${items.length - most} más`, `… and ${items.length - most} more`)] : []),
  ];
}

export function fenced(text: string, language = ''): string {
  return `\`\`\`${language}\n${text.replace(/\n$/, '')}\n\`\`\``;
}

export function bytesOf(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** `moves` need a program of their own, since the tool that edits does not move. */
export function splitChanges(changes: readonly FileChange[]) {
  const edits = changes.flatMap((change) =>
    change.kind === 'edit'
      ? [{ path: change.path, edits: change.edits.map(({ old, new: inserted }) => ({ old, new: inserted })) }]
      : [],
  );
  const moves = changes.flatMap((change) => (change.kind === 'move' ? [change] : []));
  return { edits, moves };
}

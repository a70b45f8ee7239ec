import type { ChangeDoubt } from './contract.ts';
import { changedMiddle, countLines } from './difference.ts';
import { linesOf } from './line-ends.ts';

/** Files with fewer lines may well lose half of them. */
const fewLines = 6;

/** How a comment begins in a line, in the languages that people keep in repositories. */
const commentBegin = String.raw`(?:\/\/+|\/\*+|\*|#+|--|;+|%+|<!--|\{\/\*|\(\*|"""|'''|'|REM\b|@REM\b|dnl\b)`;
const dots = String.raw`(?:\.{3,}|…|\[\.{3}\])`;
const leftOut = [
  `rest of|remaind(?:er|ing)|remaining|existing|unchanged|same as (?:before|above)|previous(?:ly)?|original|omitted|truncated|elided|other (?:methods|functions|code|imports|props|tests|cases|fields)|more (?:code|lines|methods|functions)|as (?:before|is|above)|stays? the same|no changes?|code here|your code|implementation here|keep`,
  `resto|restante|existentes?|sin (?:cambios|modificar|modificaciones)|igual que antes|(?:queda|sigue|se mantiene|permanece)n? igual|anterior|original|omitid[oa]s?|truncad[oa]|lo dem[aá]s|dem[aá]s (?:c[oó]digo|m[eé]todos|funciones)|otr[oa]s (?:m[eé]todos|funciones|l[ií]neas)|m[aá]s (?:c[oó]digo|l[ií]neas)|aqu[ií] (?:va|sigue)|tu c[oó]digo|mantener`,
].join('|');

const elisions = [
  // "// ... rest of the code", "# … código existente …", "<!-- existing markup ... -->"
  new RegExp(String.raw`^\s*${commentBegin}.*${dots}.*\b(?:${leftOut})`, 'iu'),
  new RegExp(String.raw`^\s*${commentBegin}.*\b(?:${leftOut})(?:\b|$).*${dots}`, 'iu'),
  // A comment of nothing but dots.
  new RegExp(String.raw`^\s*${commentBegin}\s*${dots}\s*(?:\*\/|-->|\*\/\}|\*\)|""")?\s*$`, 'u'),
  // "[... rest of file unchanged ...]", "... (rest of the code stays the same) ..."
  new RegExp(String.raw`^\s*[[(<]?\s*${dots}\s*[[(<]?.*\b(?:${leftOut})`, 'iu'),
  // "// rest of the code remains unchanged", without any dots
  new RegExp(
    String.raw`^\s*${commentBegin}\s*\(?(?:the |el |la )?(?:rest of (?:the |your )?(?:code|file|class|function|method|implementation|component)s?|resto del? (?:c[oó]digo|archivo|fichero|la clase|la funci[oó]n)|existing code|c[oó]digo existente|(?:previous|c[oó]digo anterior)\b.*\b(?:unchanged|igual))`,
    'iu',
  ),
];

const markers = [
  /^\s*\[(?:Showing|Mostrando) lines? \d/i,
  /^\s*(?:…|\.{3})?\s*\[(?:cut: )?[\d.,]+ (?:more )?(?:lines?|characters|bytes|líneas|caracteres)[^\]]*(?:left out|omitted|truncated|not shown|omitid)[^\]]*\]/i,
  /^\s*\[(?:truncated|output truncated|file truncated|content truncated)\b[^\]]*\]\s*$/i,
  /^\s*(?:<system-reminder>|<\/?file_content>|<<<<<<< (?:SEARCH|ORIGINAL)|>>>>>>> (?:REPLACE|UPDATED))/,
];

/** A line as a numbered view shows it: "  12→", "12 | ", "00012| ". */
const numbered = /^\s*(\d{1,6})(?:→|\t| ?\|)(?: |\t|$|\S)/;

/** Why a person should look at what is about to be written. Lines that the file has already say nothing. */
export function doubtsOf(path: string, before: string | undefined, after: string): ChangeDoubt[] {
  if (before === after) return [];
  const { from, oldTo, nextTo } = changedMiddle(before ?? '', after, 0);
  const [oldLines, lines] = [linesOf((before ?? '').slice(from, oldTo)), linesOf(after.slice(from, nextTo))];
  const old = new Set(oldLines.map((line) => line.trim()));
  const first = countLines(after, from) + 1;
  const added = lines
    .map((line, position) => ({ line: line.replace(/[\r\n]+$/, ''), number: first + position }))
    .filter(({ line }) => !old.has(line.trim()));
  const doubts: ChangeDoubt[] = [];
  const elided = added.find(({ line }) => line.length < 300 && elisions.some((each) => each.test(line)));
  if (elided !== undefined) {
    const message = `Line ${elided.number} of ${path} would be ${JSON.stringify(elided.line.trim())}, which stands for code that is left out.`;
    doubts.push({ path, doubt: 'elided', message });
  }
  const marker =
    added.find(({ line }) => line.length < 500 && markers.some((each) => each.test(line)))?.number ?? numberedLines(added);
  if (marker !== undefined)
    doubts.push({
      path,
      doubt: 'markers',
      message: `Line ${marker} of ${path} would be a mark of how files are shown, not of the file.`,
    });
  const lost = oldLines.length - lines.length;
  if (before !== undefined && lost > fewLines / 2) {
    const was = linesOf(before).length;
    if (was >= fewLines && lost > was / 2)
      doubts.push({ path, doubt: 'shrinks', message: `${path} would shrink from ${was} lines to ${was - lost}.` });
  }
  return doubts;
}

/** The first of three new lines in a row that begin with numbers in a row. */
function numberedLines(added: readonly { line: string; number: number }[]): number | undefined {
  let run: { first: number; next: number; length: number } | undefined;
  for (const { line, number } of added) {
    const found = numbered.exec(line)?.[1];
    const value = found === undefined ? undefined : Number(found);
    if (value === undefined) run = undefined;
    else if (run !== undefined && value === run.next) run = { ...run, next: value + 1, length: run.length + 1 };
    else run = { first: number, next: value + 1, length: 1 };
    if (run?.length === 3) return run.first;
  }
  return undefined;
}

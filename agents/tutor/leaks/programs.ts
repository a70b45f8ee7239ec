import type { SandboxLanguage } from '../../../src/sandbox.ts';
import type { Exercise } from '../contract.ts';
import { indentationsOf } from './indentation.ts';
import { codeLinesOf, fencesOf, spansOf, uncommented, undecorated } from './lines.ts';
import { languageOf, type Syntax, syntaxOf } from './syntax.ts';
import { type View, viewsOf } from './undisguise.ts';

/** A program that a student could make of a reply by copying. */
export interface Candidate {
  language: SandboxLanguage;
  code: string;
  /** How it was taken out of the reply, for the evidence. */
  how: string;
}

/** What a text holds of code, before it is put together with anything. */
export interface Fragment {
  code: string;
  how: string;
  /** Tag of its fence. */
  fence: string;
}

/** At most so many programs are taken from one text. */
const mostFragments = 24;

/**
 * Code of a text in every form that it can be taken for, the likeliest first.
 * @returns nothing where no line looks like code
 */
export function fragmentsOf(text: string): Fragment[] {
  return unique(viewsOf(text).flatMap(fragmentsOfView)).slice(0, mostFragments);
}

/** Whether {@link fragmentsOf} finds any. */
export function holdsCode(text: string): boolean {
  return viewsOf(text).some((view) => fragmentsOfView(view).length > 0);
}

function fragmentsOfView({ text, how: view }: View): Fragment[] {
  const fragments: Fragment[] = [];
  const add = (lines: readonly string[], how: string, fence = '', ways = 4) => {
    if (!lines.some((line) => /\w/.test(line))) return;
    const said = view === 'plain' ? how : `${view}, ${how}`;
    for (const code of indentationsOf(lines).slice(0, ways)) fragments.push({ code, how: said, fence });
  };
  const fences = fencesOf(text);
  const cleaned = fences.map(({ language, code }) => ({ language, lines: cleanedBlock(code) }));
  for (const { language, lines } of cleaned.toSorted((one, other) => other.lines.length - one.lines.length).slice(0, 4))
    add(lines, 'fenced', language, 1);
  if (cleaned.length > 1)
    add(
      cleaned.flatMap(({ lines }) => lines),
      'fences together',
      cleaned[0]?.language,
      2,
    );
  // What fences hold in lost indentation or in comments.
  for (const { language, lines } of cleaned.slice(0, 2)) {
    add(
      lines.map((line) => line.trim()),
      'fenced, indented again',
      language,
      2,
    );
    if (lines.some((line) => /^\s*(?:#|\/\/|--)/.test(line))) add(lines.map(uncommented), 'comments', language, 2);
  }
  const outside = fences.length === 0 ? text : text.replace(/(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g, '');
  const lines = codeLinesOf(outside);
  add(lines, 'lines of code');
  if (fences.length > 0 && lines.length > 0) add(codeLinesOf(text), 'lines in and out of fences', '', 2);
  add(spansOf(outside), 'code in the text');
  const raw = outside.split('\n');
  if (raw.some((line) => /^\s*[+]\s*\S/.test(line))) add(addedLines(raw), 'lines that are added');
  if (raw.some((line) => /^\s*(?:>\s*)?(?:#|\/\/|--)\s*\w/.test(line)))
    add(codeLinesOf(raw.map((line) => uncommented(undecorated(line))).join('\n')), 'comments', '', 2);
  const aligned = withoutAlignedNumbers(fences.length === 1 ? (fences[0]?.code ?? '') : outside);
  if (aligned !== undefined) add(aligned, 'numbers in a column', '', 1);
  // From the last line to the first.
  if (lines.length > 2 && /^\s*(?:def|function|class)\b/.test(lines.at(-1) ?? '')) add(lines.toReversed(), 'upside down', '', 2);
  return fragments;
}

/** Numbers of one and two digits in a column of one width: the indentation is counted from its left. */
function withoutAlignedNumbers(text: string): string[] | undefined {
  const lines = text.split('\n').flatMap((line) => (/^\s*\d{1,3}[.):|]?(?:\s|$)/.test(line) ? [line] : []));
  if (lines.length < 10) return undefined;
  return lines.map((line) => line.replace(/^\s*\d{1,3}[.):|]?/, (number) => ' '.repeat(number.length)));
}

/** A block without line numbers, quote marks and diff marks, where every line has them. */
function cleanedBlock(code: string): string[] {
  const lines = code.replace(/\n+$/, '').split('\n');
  const filled = lines.filter((line) => line.trim() !== '');
  const marked =
    filled.some((line) => /^\s*\+\s*\S/.test(line)) &&
    filled.every((line) => /^(?:[+\- @]|\s*$)/.test(line) || /^(?:diff|index)\b/.test(line));
  if (marked) return addedLines(lines);
  const decorated = filled.filter((line) => undecorated(line) !== line).length;
  return decorated >= filled.length * 0.7 ? lines.map(undecorated) : lines;
}

function addedLines(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !/^\s*(?:-|@@|\+\+\+|diff\b|index\b)/.test(line))
    .flatMap((line) => {
      const added = /^\s*\+ ?(.*)$/.exec(line);
      if (added?.[1] !== undefined) return [added[1]];
      return /^\s{1,}\S/.test(line) ? [line.replace(/^ /, '')] : [];
    });
}

/** Names that the tests call and a solution defines. */
export function requiredNames(exercise: Exercise): string[] {
  const syntax = syntaxOf(exercise.language);
  const called = new Set(
    exercise.tests.flatMap((test) =>
      test.kind === 'stdio' ? [] : [...test.expression.matchAll(/(?<![.\w])([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name ?? ''),
    ),
  );
  if (called.size === 0) return [];
  const defined = new Set(
    [exercise.starterCode, ...exercise.references].flatMap((code) => syntax.definitionsOf(code).map(({ name }) => name)),
  );
  const known = [...called].filter((name) => defined.has(name));
  return known.length > 0 ? known : [...called].filter((name) => !builtIn.test(name));
}
const builtIn =
  /^(?:len|list|set|sorted|str|int|float|dict|tuple|sum|max|min|abs|round|any|all|repr|print|range|type|isinstance|bool|next|iter|map|filter|zip|enumerate|JSON|Array|String|Number|Math|Object|lambda|not|and|or|in)$/;

/** Programs that a student could make of a fragment: as it is, renamed, under the header that they have, in their program. */
export function candidatesOf(fragment: Fragment, exercise: Exercise, studentCode: string): Candidate[] {
  const required = requiredNames(exercise);
  const language = languageOf(fragment.code, fragment.fence) ?? exercise.language;
  if (
    language !== exercise.language &&
    !(translatable(language, exercise) && required.length > 0) &&
    !printsIn(fragment.code, language, exercise)
  )
    return [];
  const syntax = syntaxOf(language);
  const foreign = language !== exercise.language;
  const bases = foreign ? [] : [studentCode, exercise.starterCode].filter((code) => code.trim() !== '');
  const candidates: Candidate[] = [];
  const add = (code: string, how: string) => candidates.push({ language, code, how: `${fragment.how}${how}` });
  const { code } = fragment;
  if (required.length === 0) {
    if (/\bprint\s*\(|console\.log|process\.stdout|printf|cout|System\.out/.test(code))
      add(calledAtEnd(code, syntax, language), '');
    for (const base of bases) {
      const replaced = definitionsReplaced(base, code, syntax);
      if (replaced !== undefined) add(replaced, ', in the student’s program');
    }
    return candidates;
  }
  const top = syntax.definitionsOf(code).filter(({ indent }) => indent === 0);
  const missing = required.filter(
    (name) => !top.some((each) => each.name === name) && !new RegExp(`^(?:(?:const|let|var)\\s+)?${name}\\s*=`, 'm').test(code),
  );
  if (missing.length === 0) {
    const only = definitionsOnly(code, top, language);
    if (only !== code) add(only, ', its functions');
    add(code, '');
  } else {
    // Renamed: each missing name may be any function that is there.
    const spare = top.filter(({ name }) => !required.includes(name));
    for (const { name } of spare.toReversed().slice(0, 2))
      add(`${definitionsOnly(code, top, language)}\n${missing.map((each) => syntax.alias(each, name)).join('\n')}`, ', renamed');
  }
  for (const base of bases) {
    if (top.length > 0 && missing.length < required.length) {
      const replaced = definitionsReplaced(base, definitionsOnly(code, top, language), syntax);
      if (replaced !== undefined) add(replaced, ', in the student’s program');
    }
    if (top.length > 0 || !/\b(?:return|yield|print)\b|console\./.test(code)) continue;
    for (const definition of syntax
      .definitionsOf(base)
      .filter(({ name }) => required.includes(name))
      .slice(0, 2))
      add(syntax.withBody(base, definition, code), ', under the header');
  }
  // A body, and a student who has no header yet.
  if (bases.length === 0 && top.length === 0 && required.length === 1 && /\breturn\b/.test(code)) add(code, '');
  return candidates;
}

function translatable(language: SandboxLanguage, { language: own }: Exercise): boolean {
  return (language === 'javascript' && own === 'python') || (language === 'python' && own === 'javascript');
}

/** A program that reads and prints is a solution in any language. */
function printsIn(code: string, language: SandboxLanguage, { tests }: Exercise): boolean {
  return (
    tests.every(({ kind }) => kind === 'stdio') &&
    (language === 'python' || language === 'javascript') &&
    /print\(|console\.log|stdout/.test(code)
  );
}

/** Imports, definitions and plain assignments: what the program does when it starts would read an input that is not there. */
function definitionsOnly(code: string, top: readonly { start: number; end: number }[], language: SandboxLanguage): string {
  if (top.length === 0) return code;
  const kept = code.split('\n').filter((line, at) => {
    if (top.some(({ start, end }) => at >= start && at < end)) return true;
    return (
      /^(?:import|from|@|#include|using)\b|^@/.test(line) ||
      (/^(?:(?:const|let|var)\s+)?\w+\s*=[^=]/.test(line) && !/\b(?:input|readline|readFileSync|prompt)\s*\(/.test(line)) ||
      /^module\.exports/.test(line)
    );
  });
  return kept.join('\n') + (language === 'python' ? '\n' : '');
}

/** A function of the fragment in the place of the student's function of that name; what the student does not have goes before. */
function definitionsReplaced(base: string, code: string, syntax: Syntax): string | undefined {
  const top = syntax.definitionsOf(code).filter(({ indent }) => indent === 0);
  if (top.length === 0) return undefined;
  const lines = code.split('\n');
  const before: string[] = lines.filter((line) => /^(?:import|from)\b/.test(line));
  let program = base;
  for (const { name, start, end } of top) {
    const text = lines.slice(start, end);
    const own = syntax.definitionsOf(program).find((each) => each.name === name && each.indent === 0);
    if (own === undefined) before.push(...text);
    else {
      const programLines = program.split('\n');
      program = [...programLines.slice(0, own.start), ...text, ...programLines.slice(own.end)].join('\n');
    }
  }
  return [...before, program].join('\n');
}

/** A program whose only function is called by nobody prints nothing. */
function calledAtEnd(code: string, syntax: Syntax, language: SandboxLanguage): string {
  if (language !== 'python' && language !== 'javascript') return code;
  const top = syntax.definitionsOf(code).filter(({ indent, parameters }) => indent === 0 && parameters === 0);
  const last = top.at(-1);
  if (last === undefined || (code.match(new RegExp(`\\b${last.name}\\s*\\(`, 'g'))?.length ?? 0) > 1) return code;
  return `${code}\n${last.name}()`;
}

/** Without doubles: programs that differ in blank lines, comments and blanks at line ends are one. */
export function unique<Of extends { code: string }>(programs: readonly Of[]): Of[] {
  const known = new Set<string>();
  return programs.filter(({ code }) => {
    const key = code
      .split('\n')
      .map((line) => line.replace(/\s+#\s.*$|^#.*$/, '').trimEnd())
      .filter((line) => line !== '')
      .join('\n');
    if (key === '' || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

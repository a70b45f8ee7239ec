/** What is not committed yet: files, lines, and the declarations that it touches; and a message for it. */
import type { Project, Snapshot } from './contract.ts';
import { isTestPath } from './languages.ts';
import { qualifiedName } from './outline.ts';
import { wordPattern } from './word-pattern.ts';

export interface ChangedPath {
  path: string;
  change: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Lines; both 0 for binary files. */
  added: number;
  removed: number;
  /** Declarations with changed lines, innermost. */
  symbols: readonly string[];
  /** Declarations that are new as a whole. */
  fresh: readonly string[];
}

export type ChangeSummary =
  | { kind: 'changes'; files: readonly ChangedPath[]; added: number; removed: number; secrets: number }
  | { kind: 'no-repository' };

export interface SummaryOptions {
  /** Only what is in the index. */
  staged?: boolean | undefined;
}

export async function summarizeChanges(
  project: Project,
  snapshot: Snapshot,
  { staged = false }: SummaryOptions = {},
): Promise<ChangeSummary> {
  if ((await project.git(['rev-parse', '--git-dir'])) === undefined) return { kind: 'no-repository' };
  const head = (await project.git(['rev-parse', '--verify', '--quiet', 'HEAD'])) !== undefined;
  // Before the first commit the index is all that there is.
  const against = staged || !head ? ['--cached'] : ['HEAD'];
  const diff =
    (await project.git(['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--unified=0', '--find-renames', ...against])) ??
    '';
  const others = staged ? '' : ((await project.git(['ls-files', '--others', '--exclude-standard', '-z'])) ?? '');
  const untracked = others.split('\0').filter((path) => path !== '');
  const tracked = fileDiffs(diff).map((each) => withSymbols(snapshot, each));
  const fresh = untracked.map((path): ChangedPath => {
    const file = snapshot.files.get(path);
    return { path, change: 'added', added: file?.lines.total ?? 0, removed: 0, symbols: [], fresh: topNames(snapshot, path) };
  });
  const all = [...tracked, ...fresh];
  const files = all.filter(({ path }) => !project.isSecret(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    kind: 'changes',
    files,
    added: files.reduce((sum, each) => sum + each.added, 0),
    removed: files.reduce((sum, each) => sum + each.removed, 0),
    secrets: all.length - files.length,
  };
}

interface FileDiff {
  path: string;
  change: ChangedPath['change'];
  added: number;
  removed: number;
  /** Of the file as it is now, with how many lines are new there. */
  ranges: { from: number; lines: number; removed: string }[];
}

function fileDiffs(diff: string): FileDiff[] {
  return diff
    .split(/^diff --git /m)
    .slice(1)
    .map((block) => {
      const target = /^\+\+\+ (?:"?b\/(.*?)"?\t?|\/dev\/null)$/m.exec(block)?.[1];
      const source = /^--- (?:"?a\/(.*?)"?\t?|\/dev\/null)$/m.exec(block)?.[1];
      const renamed = /^rename to "?(.*?)"?$/m.exec(block)?.[1];
      const head = /^"?a\/(.*?)"? "?b\//.exec(block)?.[1];
      const change = /^new file/m.test(block)
        ? 'added'
        : /^deleted file/m.test(block)
          ? 'deleted'
          : renamed !== undefined
            ? 'renamed'
            : 'modified';
      const ranges = [...block.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@.*\n((?:-.*\n?)*)/gm)].map(
        ([, from, lines, removed = '']) => ({ from: Number(from), lines: Number(lines ?? 1), removed }),
      );
      const body = block.slice(Math.max(0, block.search(/^@@ /m)));
      return {
        path: renamed ?? target ?? source ?? head ?? '',
        change,
        added: ranges.length === 0 ? 0 : [...body.matchAll(/^\+/gm)].length,
        removed: ranges.length === 0 ? 0 : [...body.matchAll(/^-/gm)].length,
        ranges,
      };
    });
}

function withSymbols(snapshot: Snapshot, { ranges, ...file }: FileDiff): ChangedPath {
  if (file.change === 'added') return { ...file, symbols: [], fresh: topNames(snapshot, file.path) };
  const symbols = snapshot.files.get(file.path)?.symbols ?? [];
  const touched = new Set<string>();
  const fresh = new Set<string>();
  for (const { from, lines, removed } of ranges) {
    const to = from + Math.max(lines, 1) - 1;
    const whole = symbols.filter((symbol) => lines > 0 && from <= symbol.line && symbol.endLine <= to && symbol.kind !== 'field');
    for (const symbol of whole) {
      // A declaration whose name was there before was changed.
      const before = wordPattern(symbol.name).test(removed);
      (before ? touched : fresh).add(qualifiedName(symbol));
    }
    const around = symbols.filter(
      (symbol) => symbol.line <= to && from <= symbol.endLine && !(from <= symbol.line && symbol.endLine <= to),
    );
    const inner = around.sort((a, b) => a.endLine - a.line - (b.endLine - b.line))[0];
    if (inner !== undefined) touched.add(qualifiedName(inner));
  }
  return { ...file, symbols: [...touched], fresh: [...fresh] };
}

function topNames(snapshot: Snapshot, path: string): string[] {
  return (snapshot.files.get(path)?.symbols ?? [])
    .filter(({ container, exported }) => container === '' && exported)
    .map(({ name }) => name);
}

export interface CommitMessage {
  subject: string;
  body: string;
  language: 'es' | 'en';
}

export type CommitProposal = { kind: 'message'; message: CommitMessage } | { kind: 'nothing' } | { kind: 'no-repository' };

const longestSubject = 72;

/** A Conventional Commits message from paths and declarations; it cannot know why. In the language of the repository's own messages. */
export async function commitProposal(
  project: Project,
  snapshot: Snapshot,
  options: SummaryOptions & { language?: 'es' | 'en' | undefined } = {},
): Promise<CommitProposal> {
  const summary = await summarizeChanges(project, snapshot, options);
  if (summary.kind === 'no-repository') return summary;
  if (summary.files.length === 0) return { kind: 'nothing' };
  const history = ((await project.git(['log', '--max-count=50', '--format=%s'])) ?? '').split('\n').filter((line) => line !== '');
  const language = history.length < 3 ? (options.language ?? 'en') : languageOfHistory(history);
  const type = typeOf(summary.files);
  const scope = scopeOf(summary.files.map(({ path }) => path));
  const prefix = `${type}${scope === undefined ? '' : `(${scope})`}: `;
  return {
    kind: 'message',
    message: {
      subject: shortened(prefix, phrases(summary.files, language)),
      body: summary.files
        .slice(0, 20)
        .map(({ path, added, removed, symbols, fresh }) => {
          const names = [...fresh, ...symbols].slice(0, 6);
          return `- ${path} (+${added} −${removed})${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
        })
        .concat(summary.files.length > 20 ? [`- … ${summary.files.length - 20}`] : [])
        .join('\n'),
      language,
    },
  };
}

/** By words that only one of them has. */
function languageOfHistory(subjects: readonly string[]): 'es' | 'en' {
  const text = ` ${subjects.join(' ').toLowerCase()} `;
  const spanish =
    text.match(
      /[ :](?:de|la|el|los|las|que|para|con|una?|agrega\w*|corrige|arregla\w*|cambia\w*|quita\w*|añade\w*|mejora\w*|actualiza\w*|del|por|al) /g,
    )?.length ?? 0;
  const english =
    text.match(/[ :](?:the|of|to|and|for|with|an?|add\w*|fix\w*|change\w*|remove\w*|update\w*|in|from|by) /g)?.length ?? 0;
  return spanish > english ? 'es' : 'en';
}

function typeOf(files: readonly ChangedPath[]): string {
  const every = (test: (path: string) => boolean) => files.every(({ path }) => test(path));
  if (every(isTestPath)) return 'test';
  if (every((path) => /\.(md|rst|txt|adoc)$/i.test(path) || /(^|\/)docs?\//.test(path))) return 'docs';
  if (every((path) => /^\.(github|gitlab-ci|circleci|ci)\b|Jenkinsfile/.test(path))) return 'ci';
  if (
    every((path) =>
      /(^|\/)(package(-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|pyproject\.toml|requirements[^/]*\.txt|pom\.xml|build\.gradle(\.kts)?|Dockerfile|Makefile|tsconfig[^/]*\.json)$/.test(
        path,
      ),
    )
  )
    return 'build';
  const code = files.filter(({ path }) => !isTestPath(path));
  if (code.some(({ fresh }) => fresh.length > 0)) return 'feat';
  if (code.every(({ change }) => change === 'deleted' || change === 'renamed')) return 'refactor';
  // A test that changed with the code it tests is how a repair looks; it may be something else.
  return files.some(({ path, added }) => isTestPath(path) && added > 0) ? 'fix' : 'refactor';
}

/** The folder that all share, or the file where there is one. */
function scopeOf(paths: readonly string[]): string | undefined {
  const [first = '', ...others] =
    paths.filter((path) => !isTestPath(path)).length > 0 ? paths.filter((path) => !isTestPath(path)) : paths;
  let folder = first.split('/').slice(0, -1);
  for (const path of others) {
    const parts = path.split('/');
    const same = folder.findIndex((part, at) => parts[at] !== part);
    if (same !== -1) folder = folder.slice(0, same);
  }
  const name = folder.filter((part) => !/^(src|lib|main|java|app|packages|agents)$/.test(part)).at(-1);
  return name === undefined ? undefined : name.toLowerCase().replaceAll(/[^\w-]/g, '-');
}

function phrases(files: readonly ChangedPath[], language: 'es' | 'en'): string[] {
  const words =
    language === 'es'
      ? { add: 'agrega', change: 'cambia', remove: 'quita', rename: 'mueve' }
      : { add: 'add', change: 'change', remove: 'remove', rename: 'move' };
  const code = files.filter(({ path }) => !isTestPath(path));
  const shown = code.length > 0 ? code : files;
  const names = (of: (each: ChangedPath) => readonly string[]) => [...new Set(shown.flatMap(of))];
  const base = (path: string) => path.split('/').at(-1) ?? path;
  const simple = (declared: readonly string[]) => declared.map((name) => name.split('.').at(-1) ?? name);
  const fresh = names((each) => (each.fresh.length > 0 ? simple(each.fresh) : each.change === 'added' ? [base(each.path)] : []));
  const changed = names((each) =>
    each.change !== 'modified' || each.fresh.length > 0 ? [] : each.symbols.length > 0 ? simple(each.symbols) : [base(each.path)],
  );
  const removed = names((each) => (each.change === 'deleted' ? [base(each.path)] : []));
  const moved = names((each) => (each.change === 'renamed' ? [base(each.path)] : []));
  return [
    ...(fresh.length > 0 ? [`${words.add} ${fresh.join(', ')}`] : []),
    ...(changed.length > 0 ? [`${words.change} ${changed.join(', ')}`] : []),
    ...(removed.length > 0 ? [`${words.remove} ${removed.join(', ')}`] : []),
    ...(moved.length > 0 ? [`${words.rename} ${moved.join(', ')}`] : []),
  ];
}

function shortened(prefix: string, parts: readonly string[]): string {
  const whole = prefix + parts.join('; ');
  if (whole.length <= longestSubject) return whole;
  const first = prefix + (parts[0] ?? '');
  if (first.length <= longestSubject) return first;
  const cut = first.slice(0, longestSubject - 2);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(', '), prefix.length + 12))} …`;
}

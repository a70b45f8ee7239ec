import { posix } from 'node:path';
import type { CommandSurroundings, Doubt } from './places.ts';
import type { ShellWord } from './words.ts';

interface Reads {
  /** Options, as the beginning of the word up to `=`. */
  options: string;
  letters?: string;
  /** Letters of options with a value in the same word or the next. */
  valued?: string;
  /** What its words may be: `any` revisions and paths, or `none`. */
  words: 'any' | 'none';
  /** It shows what is in files. */
  shows?: true;
  /** It only reads with one of these options, or without any word. */
  only?: string;
}

const diffOptions =
  'stat shortstat numstat dirstat name-only name-status summary cached staged patch no-patch unified raw minimal patience histogram color no-color word-diff color-words no-index-version ignore-all-space ignore-space-change ignore-blank-lines ignore-space-at-eol ignore-cr-at-eol check full-index binary abbrev find-renames find-copies no-renames diff-filter relative exit-code quiet no-ext-diff no-textconv merge-base function-context inter-hunk-context compact-summary text pickaxe-all pickaxe-regex diff-algorithm ignore-submodules submodule';
const logOptions = `${diffOptions} oneline graph decorate no-decorate all branches tags remotes max-count skip since after until before author committer grep all-match invert-grep regexp-ignore-case merges no-merges first-parent reverse date-order topo-order author-date-order pretty format abbrev-commit no-abbrev-commit date relative-date follow left-right cherry cherry-pick cherry-mark boundary ancestry-path walk-reflogs simplify-by-decoration source show-notes no-notes parents children encode full-history no-patch cc`;

/** What git subcommands may have to be proven to only read. */
const subcommands: Readonly<Record<string, Reads>> = {
  status: {
    options:
      'short branch show-stash porcelain long verbose untracked-files ignored ahead-behind no-ahead-behind renames no-renames find-renames ignore-submodules column no-column',
    letters: 'sbvz',
    valued: 'u',
    words: 'any',
  },
  diff: { options: diffOptions, letters: 'puswbRaMCz0123456789', valued: 'USGlO', words: 'any', shows: true },
  log: { options: logOptions, letters: 'puswbciEFPgmMCz0123456789', valued: 'nUSGL', words: 'any', shows: true },
  show: { options: logOptions, letters: 'puswbcmMCz', valued: 'nUSG', words: 'any', shows: true },
  whatchanged: { options: logOptions, letters: 'puswbmMCz0123456789', valued: 'nUSG', words: 'any', shows: true },
  'symbolic-ref': { options: 'short quiet', letters: 'q', words: 'any' },
  fsck: { options: 'full no-full strict no-dangling dangling connectivity-only verbose', words: 'none' },
  shortlog: { options: 'numbered summary email group committer since until author no-merges all', letters: 'nsec', words: 'any' },
  blame: {
    options:
      'porcelain line-porcelain incremental show-name show-number show-email show-stats date color-lines abbrev root minimal first-parent',
    letters: 'lstfnepwcb',
    valued: 'L',
    words: 'any',
    shows: true,
  },
  annotate: { options: '', letters: 'lwp', valued: 'L', words: 'any', shows: true },
  branch: {
    options:
      'all remotes list verbose show-current contains no-contains merged no-merged points-at sort format color no-color column abbrev no-abbrev ignore-case',
    letters: 'arvi',
    words: 'any',
    only: 'show-current list contains no-contains merged no-merged points-at',
  },
  tag: {
    options: 'list contains no-contains merged no-merged points-at sort format color column ignore-case',
    letters: 'li',
    valued: 'n',
    words: 'any',
    only: 'list l contains no-contains merged no-merged points-at',
  },
  remote: { options: 'verbose', letters: 'v', words: 'any' },
  'ls-files': {
    options:
      'cached deleted modified others ignored stage directory no-empty-directory unmerged killed exclude-standard error-unmatch full-name abbrev debug eol deduplicate format',
    letters: 'cdmoisutkvzf',
    valued: 'x',
    words: 'any',
  },
  'ls-tree': {
    options: 'name-only name-status long full-name full-tree abbrev object-only format',
    letters: 'drtlz',
    words: 'any',
  },
  'rev-parse': {
    options:
      'show-toplevel show-prefix show-cdup git-dir absolute-git-dir git-common-dir is-inside-work-tree is-inside-git-dir is-bare-repository abbrev-ref short verify quiet symbolic symbolic-full-name all branches tags remotes show-superproject-working-tree',
    letters: 'q',
    words: 'any',
  },
  'rev-list': {
    options: 'count all max-count since until author no-merges merges first-parent reverse left-right',
    letters: 'n0123456789',
    words: 'any',
  },
  describe: { options: 'all tags contains abbrev exact-match long match exclude always first-parent dirty', words: 'any' },
  'merge-base': { options: 'all octopus is-ancestor fork-point independent', letters: 'a', words: 'any' },
  'name-rev': { options: 'tags refs name-only always no-undefined', words: 'any' },
  'for-each-ref': { options: 'count sort format points-at merged no-merged contains no-contains ignore-case', words: 'any' },
  'show-ref': { options: 'head heads tags hash verify abbrev quiet', letters: 'dsq', words: 'any' },
  'show-branch': { options: 'all remotes current topo-order sha1-name no-name', letters: 'ar', words: 'any' },
  'cat-file': { options: 'batch-check', letters: 'tsep', words: 'any', shows: true },
  'count-objects': { options: 'verbose human-readable', letters: 'vH', words: 'none' },
  'diff-tree': { options: diffOptions, letters: 'rtpmsz', words: 'any', shows: true },
  'check-ignore': { options: 'verbose non-matching quiet no-index', letters: 'vnqz', words: 'any' },
  cherry: { options: 'abbrev', letters: 'v', words: 'any' },
  grep: {
    options:
      'ignore-case word-regexp line-number count files-with-matches name-only files-without-match cached untracked extended-regexp fixed-strings perl-regexp basic-regexp max-depth after-context before-context context show-function color no-color heading break column only-matching',
    letters: 'iwvnclLhHEFPGpWoq',
    valued: 'eABCm',
    words: 'any',
    shows: true,
  },
  config: { options: 'get get-all local show-origin show-scope null type', letters: 'z', words: 'any', only: 'get get-all' },
  stash: { options: 'stat name-only name-status oneline', words: 'any' },
  worktree: { options: 'porcelain verbose', letters: 'v', words: 'any' },
  reflog: { options: 'oneline date all max-count format pretty', letters: 'n0123456789', words: 'any' },
  version: { options: 'build-options', words: 'none' },
  help: { options: '', words: 'none' },
};

/** Subcommands whose first word says what is done: what of it only reads. */
const secondWords: Readonly<Record<string, readonly string[]>> = {
  stash: ['list', 'show'],
  worktree: ['list'],
  reflog: ['show'],
  remote: ['get-url'],
};

/** Why a call of git is not proven to only read. */
export function judgeGit(args: readonly ShellWord[], { places, folders }: CommandSurroundings): Doubt | undefined {
  const dynamic = args.find(({ literal }) => !literal);
  if (dynamic !== undefined) return { code: 'dynamic-option', message: `What ${dynamic.text} becomes, only a run would tell.` };
  const words = args.map(({ value }) => value);
  let at = 0;
  if (words[0] === '--version' && words.length === 1) return undefined;
  if (words[0] === '--no-pager') at++;
  if (words[at] === '-C') {
    const folder = args[at + 1];
    if (folder === undefined) return { code: 'unknown-option', message: 'git -C needs a folder.' };
    const doubt = places.doubt(folder, folders, 'names');
    if (doubt !== undefined) return doubt;
    folders = folders.map((each) => posix.resolve(each, folder.value));
    at += 2;
  }
  if (folders.some((folder) => places.isOtherRepository(folder)))
    return { code: 'other-repository', message: 'A repository within the project has settings of its own.' };
  const name = words[at] ?? '';
  if (name.startsWith('-')) return { code: 'unknown-option', message: `git ${name} is not known to be harmless.` };
  const reads = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (reads === undefined) return { code: 'git-writes', message: `git ${name} may change something.` };
  return subcommandDoubt(name, reads, args.slice(at + 1), { places, folders });
}

function subcommandDoubt(
  name: string,
  reads: Reads,
  args: readonly ShellWord[],
  { places, folders }: Pick<CommandSurroundings, 'places' | 'folders'>,
): Doubt | undefined {
  const options = new Set(reads.options.split(' '));
  const only = new Set(reads.only?.split(' '));
  let reading = false;
  let paths = false;
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const value = args[at]?.value ?? '';
    const bad = { code: 'unknown-option', message: `git ${name} ${value} is not known to be harmless.` };
    if (paths || !value.startsWith('-')) words.push(value);
    else if (value === '--') paths = true;
    else if (value.startsWith('--')) {
      const option = value.slice(2).split('=')[0] ?? '';
      if (!options.has(option)) return bad;
      if (only.has(option)) reading = true;
    } else
      for (let letter = 1; letter < value.length; letter++) {
        const option = value[letter] ?? '';
        if (reads.valued?.includes(option) === true) {
          // The value is the rest of the word, or the next.
          if (letter === value.length - 1 && !/[unU]/.test(option)) at++;
          break;
        }
        if (reads.letters?.includes(option) !== true) return bad;
        if (only.has(option)) reading = true;
      }
  }
  const second = secondWords[name];
  const [first] = words;
  if (second !== undefined) {
    if (first === undefined ? name === 'stash' || name === 'worktree' : !second.includes(first))
      return { code: 'git-writes', message: `git ${name} ${first ?? ''} may change something.` };
  }
  if (name === 'symbolic-ref' && words.length > 1)
    return { code: 'git-writes', message: 'git symbolic-ref with two names changes one.' };
  if (reads.only !== undefined && name !== 'config' && words.length > 0 && !reading)
    return { code: 'git-writes', message: `git ${name} with a name changes something.` };
  const isOne = words.length === 1 && args.length === 1;
  if (name === 'config' && !reading && !isOne)
    return { code: 'git-writes', message: 'git config without --get may change something.' };
  if (reads.words === 'none' && words.length > 0)
    return { code: 'unknown-operand', message: `git ${name} ${first ?? ''} is not known to be harmless.` };
  const shown = reads.shows === true && showsFiles(name, args, words) ? places.trackedSecret() : undefined;
  if (shown !== undefined)
    return { code: 'secret-file', message: `It may show ${shown}, which holds secrets and is in the repository.` };
  return wordsDoubt(name, words, reads, { places, folders });
}

/** Whether it shows what is in files that its words do not name. */
function showsFiles(name: string, args: readonly ShellWord[], words: readonly string[]): boolean {
  const values = args.map(({ value }) => value);
  if (
    values.some((value) =>
      /^--(stat|shortstat|numstat|dirstat|name-only|name-status|no-patch|summary|count|quiet)|^-s$/.test(value),
    )
  )
    return false;
  if (name === 'log' || name === 'whatchanged')
    return values.some((value) => /^-[a-z]*[pucSGLm]|^--(patch|cc|raw|unified)/.test(value));
  if (name === 'diff') return words.some((word) => /^(HEAD|.*[~^@]|[0-9a-f]{7,40}$|.*\.\.)/.test(word));
  return (
    (name === 'show' || name === 'grep' || name === 'diff-tree') && !(words.length > 0 && words.every((word) => word.includes(':')))
  );
}

/** Paths, and the path of `revision:path`, are no secrets and not outside: outside of the project, `git diff` compares any two files. */
function wordsDoubt(
  name: string,
  words: readonly string[],
  reads: Reads,
  { places, folders }: Pick<CommandSurroundings, 'places' | 'folders'>,
): Doubt | undefined {
  if (name === 'config' || name === 'for-each-ref') return configDoubt(name, words);
  for (const word of words) {
    for (const path of [word, word.slice(word.indexOf(':') + 1), word.replace(/^:\([^)]*\)|^:[!^/]/, '')]) {
      const literal: ShellWord = { text: word, value: path, literal: true, glob: /[*?[]/.test(path), variables: [] };
      const doubt = places.doubt(literal, folders, 'names');
      if (
        doubt !== undefined &&
        (doubt.code !== 'outside-project' || path.startsWith('/') || reads.shows === true || path.startsWith('..'))
      )
        return doubt;
    }
  }
  return undefined;
}

/** Values of settings may be credentials. */
function configDoubt(name: string, words: readonly string[]): Doubt | undefined {
  const bad = words.find((word) => /(token|password|secret|credential|extraheader|helper|url|proxy|cookie|pass|key)/i.test(word));
  return name === 'config' && bad !== undefined ? { code: 'secret-setting', message: `${bad} may be a credential.` } : undefined;
}

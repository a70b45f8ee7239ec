import { judgeGit } from './git-words.ts';
import type { CommandSurroundings, Doubt, PathReading } from './places.ts';
import { type ReadOnlyProgram, readOnlyPrograms } from './programs.ts';
import { findsMore, harmlessAwk, harmlessJq, harmlessSed } from './texts.ts';
import { hole, type ShellWord } from './words.ts';

const sets = new Map<string, ReadonlySet<string>>();

function setOf(words: string | undefined): ReadonlySet<string> {
  if (words === undefined) return new Set();
  const known = sets.get(words);
  if (known !== undefined) return known;
  const set = new Set(words.split(' '));
  sets.set(words, set);
  return set;
}

/** Why a command is not proven to be harmless; undefined where it is. */
export function doubtOf(name: string, args: readonly ShellWord[], around: CommandSurroundings): Doubt | undefined {
  if (name.includes('/'))
    return { code: 'path-program', message: `${name} is a file, and not the program of that name of the system.` };
  const program = readOnlyPrograms.get(name);
  if (program === undefined) return specialDoubt(name, args);
  if (name === 'git') return judgeGit(args, around);
  if (program.singleDash === true) return findDoubt(args, around);
  const read = readWords(name, program, args, around);
  if ('doubt' in read) return read.doubt;
  return operandsDoubt(name, program, read, around);
}

interface ReadWords {
  operands: readonly ShellWord[];
  beneath: boolean;
  patternGiven: boolean;
  texts: readonly string[];
}

/** Programs that say their version and nothing else with one of these words. Not those that a project can put its own in place of. */
const versions: Readonly<Record<string, RegExp>> = {
  node: /^(-v|--version)$/,
  npm: /^(-v|--version)$/,
  python3: /^(-V|--version)$/,
  python: /^(-V|--version)$/,
  java: /^--?version$/,
  gcc: /^--version$/,
  bash: /^--version$/,
  make: /^(-v|--version)$/,
  perl: /^(-v|--version)$/,
};

/** Programs of which one use is harmless. */
function specialDoubt(name: string, args: readonly ShellWord[]): Doubt | undefined {
  const values = args.map(({ value }) => value);
  const [first = ''] = values;
  if (args.every(({ literal }) => literal)) {
    if (Object.hasOwn(versions, name) && values.length === 1 && versions[name]?.test(first) === true) return undefined;
    if (name === 'command' && /^-[vV]$/.test(first) && values.slice(1).every((value) => /^[\w.+-]+$/.test(value))) return undefined;
    // Names in lower case are no variables that programs read.
    if (name === 'read' && values.every((value) => /^(-[rs]+|[a-z_][a-z0-9_]*)$/.test(value))) return undefined;
    if (
      name === 'set' &&
      values.length > 0 &&
      values.every((value) => /^([-+][eux]+|[-+][eux]*o|pipefail|errexit|nounset)$/.test(value))
    )
      return undefined;
  }
  return { code: 'unknown-program', message: `${name} may change something.` };
}

function readWords(
  name: string,
  program: ReadOnlyProgram,
  args: readonly ShellWord[],
  around: CommandSurroundings,
): ReadWords | { doubt: Doubt } {
  if (program.operands === 'text' && (name === 'test' || name === '['))
    return { operands: args, beneath: false, patternGiven: false, texts: [] };
  const operands: ShellWord[] = [];
  const texts: string[] = [];
  let beneath = false;
  let patternGiven = false;
  const use = (option: string, value?: string) => {
    if (setOf(program.beneath).has(option)) beneath = true;
    if (!setOf(program.patterns).has(option)) return;
    patternGiven = true;
    if (value !== undefined) texts.push(value);
  };
  let only = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at];
    if (word === undefined) break;
    const { value } = word;
    // What begins with an expansion may become an option.
    if (
      !only &&
      !word.literal &&
      (value === '' || /^[*?[\0]/.test(value) || startsUnknown(word)) &&
      mayBeOption(program, word, around)
    )
      return { doubt: { code: 'dynamic-option', message: `${word.text} may become an option of ${name}.` } };
    if (only || value === '-' || !value.startsWith('-')) {
      operands.push(word);
      continue;
    }
    if (value === '--') {
      only = true;
      continue;
    }
    if (program.words?.test(value) === true) continue;
    const bad = { doubt: { code: 'unknown-option', message: `${name} ${word.text} is not known to be harmless.` } };
    if (!word.literal) return bad;
    if (value.startsWith('--')) {
      const [, option = '', , given] = /^--([^=]*)(=(.*))?$/s.exec(value) ?? [];
      const takes = setOf(program.longValued).has(option);
      if (!takes && !setOf(program.long).has(option) && !setOf(program.beneath).has(option)) return bad;
      if (takes && given === undefined) {
        const next = args[++at];
        if (next === undefined || !next.literal) return bad;
        use(option, next.value);
      } else use(option, given);
      continue;
    }
    for (let letter = 1; letter < value.length; letter++) {
      const option = value[letter] ?? '';
      if (program.valued?.includes(option) === true) {
        const rest = value.slice(letter + 1);
        const next = rest === '' ? args[++at] : undefined;
        if (rest === '' && (next === undefined || !next.literal)) return bad;
        use(option, rest === '' ? next?.value : rest);
        break;
      }
      if (program.letters?.includes(option) !== true && !setOf(program.beneath).has(option)) return bad;
      use(option);
    }
  }
  return { operands, beneath, patternGiven, texts };
}

const startsUnknown = ({ text }: ShellWord) => /^["']*[$`{]/.test(text);

/** A word that could be an option is harmless where all options are; a known path is none, and neither is a pattern where no file is named like one. */
function mayBeOption(
  program: ReadOnlyProgram,
  { value, glob, variables }: ShellWord,
  { places, folders }: CommandSurroundings,
): boolean {
  if (program.safeNames === true) return false;
  if (glob && variables.length === 0 && !value.includes(hole)) return !folders.every((folder) => places.hasPlainNames(folder));
  return !(value.startsWith('/') && variables.every((name) => name === 'HOME' || name === 'PWD' || name === '~'));
}

function operandsDoubt(name: string, program: ReadOnlyProgram, read: ReadWords, around: CommandSurroundings): Doubt | undefined {
  let { operands } = read;
  switch (program.operands) {
    case 'none':
      return operands.length === 0 ? undefined : { code: 'unknown-operand', message: `${name} with words may change something.` };
    case 'text':
      return textDoubt(name, operands, around);
    case 'path-once':
      if (operands.length > 1 || operands.some(({ glob }) => glob))
        return { code: 'unknown-operand', message: `${name} may write to its second file.` };
      break;
    case 'pattern':
      if (!read.patternGiven) {
        const [pattern, ...rest] = operands;
        operands = rest;
        const doubt = patternDoubt(name, pattern);
        if (doubt !== undefined) return doubt;
        if (name === 'sed' || name === 'awk' || name === 'jq') read = { ...read, texts: [pattern?.value ?? ''] };
      }
      if (name === 'sed' && !read.texts.every(harmlessSed))
        return { code: 'unknown-script', message: 'This script of sed may write or run something.' };
      if (name === 'awk' && !read.texts.every(harmlessAwk))
        return { code: 'unknown-script', message: 'This program of awk may write or run something.' };
      if (name === 'jq' && !read.texts.every(harmlessJq))
        return { code: 'unknown-script', message: 'This filter of jq may read other files.' };
      break;
    case 'paths':
      break;
  }
  const reads = program.reads ?? 'names';
  const reading: PathReading = read.beneath ? 'beneath' : reads;
  if (operands.length === 0 && program.searches !== undefined && !around.fed && (read.beneath || name !== 'grep')) {
    const here: ShellWord = { text: '.', value: '.', literal: true, glob: false, variables: [] };
    return around.places.doubt(here, around.folders, program.searches);
  }
  for (const word of operands) {
    if (word.value === '-' && word.literal) continue;
    const doubt = around.places.doubt(word, around.folders, reading);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

function patternDoubt(name: string, pattern: ShellWord | undefined): Doubt | undefined {
  if (pattern === undefined) return { code: 'unknown-operand', message: `${name} needs a pattern.` };
  // An unquoted pattern becomes the names of files where some match.
  return pattern.literal ? undefined : { code: 'dynamic-option', message: `What ${pattern.text} becomes, only a run would tell.` };
}

/** Variables that say nothing which a command could not ask for. */
const openVariables =
  /^(HOME|PWD|OLDPWD|USER|LOGNAME|SHELL|PATH|LANG|TERM|UID|EUID|PPID|HOSTNAME|RANDOM|SECONDS|LINENO|SHLVL|BASH_VERSION|IFS|[a-z_][a-z0-9_]*|[?#$!@*0-9-]|~|)$/;

function textDoubt(name: string, words: readonly ShellWord[], { places, folders }: CommandSurroundings): Doubt | undefined {
  for (const [at, word] of words.entries()) {
    if (!word.variables.every((variable) => openVariables.test(variable)))
      return { code: 'variable', message: `${word.text} tells a variable that may be a secret.` };
    if (name === 'test' || name === '[') {
      if (!word.literal && startsUnknown(word) && !word.text.startsWith('"'))
        return { code: 'dynamic-option', message: `${word.text} may become an operator; quote it.` };
      const secret =
        !word.value.includes(hole) && folders.some((folder) => places.isSecret(places.inside(word.value, folder) ?? ''));
      if (secret) return { code: 'secret-file', message: `${word.value} holds secrets.` };
      if (/^-[vR]$/.test(word.value)) return { code: 'evaluates', message: `${name} ${word.value} evaluates its word.` };
    }
    // With -v, printf sets a variable, and evaluates its index.
    if (name === 'printf' && at === 0 && (word.value.startsWith('-') || (!word.literal && /^[\0*?[]/.test(word.value))))
      return { code: 'unknown-option', message: 'printf begins with its format.' };
    if (word.glob || (name !== 'echo' && name !== 'printf' && /(^|=)(\/|\.\.|~)/.test(word.value) && !word.value.includes(hole))) {
      if ((name === 'test' || name === '[') && /^=~|[<>]/.test(word.value)) continue;
      const doubt = word.value === '/' ? undefined : places.doubt(word, folders, 'names');
      if (doubt !== undefined && (name === 'test' || name === '[' || word.glob)) return doubt;
    }
  }
  return undefined;
}

function findDoubt(args: readonly ShellWord[], { places, folders }: CommandSurroundings): Doubt | undefined {
  let first = args.findIndex(({ value, text }) => /^[-(!,]/.test(value) || /^\\[(!]/.test(text));
  if (first < 0) first = args.length;
  for (const word of args.slice(0, first)) {
    if (!word.literal) return { code: 'dynamic-option', message: `${word.text} may become an option of find.` };
    const doubt = places.doubt(word, folders, 'names');
    if (doubt !== undefined) return doubt;
  }
  const tests = args.slice(first);
  const dynamic = tests.find(({ literal }) => !literal);
  if (dynamic !== undefined)
    return { code: 'dynamic-option', message: `What ${dynamic.text} becomes, only a run would tell; quote it.` };
  const values = tests.map(({ value }) => value);
  // Which links are followed comes before everything; following them leads out of the project.
  while (values[0] === '-P' || values[0] === '-H')
    return { code: 'unknown-option', message: `find ${values[0]} is not known to be harmless.` };
  const more = findsMore(values);
  return more === undefined ? undefined : { code: 'unknown-option', message: `find ${more} is not known to be harmless.` };
}

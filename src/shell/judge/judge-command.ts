import { homedir } from 'node:os';
import { posix } from 'node:path';
import { parse } from 'unbash';
import { isSecretPath } from '../../files/secret-paths.ts';
import type { CommandScope, JudgedCommand, JudgeOptions } from '../contract.ts';
import { LineJudgement, TooComplex } from './judgement.ts';
import { isWholeLine } from './left-over.ts';
import { LineWalk } from './line-walk.ts';
import { Places } from './places.ts';
import { hidesText, shownText } from './shown-text.ts';

/** A longer line nobody reads to its end. */
const longestShown = 10_000;
const longestParsed = 65_536;

/**
 * Judges a command line before it runs, as bash would read it: every simple command, redirect, substitution and assignment in it, through wrappers such as
 * `env`, `xargs`, `find -exec` and `bash -c`. What is not proven to only read inside the project asks; so does what is not parsed for certain. What cannot
 * be made good again is denied, in whatever disguise it is recognised.
 *
 * The judgement looks at names, links and lists of files, and starts nothing. Between it and the run, files can change.
 */
export function judgeCommand(line: string, options: JudgeOptions): JudgedCommand {
  const judgement = new LineJudgement();
  const { root, folder = '', isSecret = isSecretPath, secrets, home = homedir() } = options;
  const places = new Places(root, home, isSecret, secrets);
  const start = posix.resolve(places.root, folder);
  places.start = start;
  if (places.inside(start, places.root) === undefined)
    judgement.ask('outside-project', `The folder ${folder} is outside of the project.`);
  if (hidesText(line)) judgement.ask('hidden-text', 'A screen would hide part of this line.');
  if (/(^|[^\\])(\\\\)*\\$/.test(line)) judgement.ask('unparsable', 'It ends in the middle.');
  if (line.length > longestShown) judgement.ask('too-long', `The line is longer than ${longestShown} characters.`);
  let argv: readonly string[] | undefined;
  if (line.length > longestParsed) judgement.deny('The line is too long to be judged.');
  else
    try {
      argv = judgeText(line.replaceAll('\0', ''), judgement, places, start);
    } catch (error) {
      if (!(error instanceof TooComplex || error instanceof RangeError)) throw error;
      judgement.deny('The line is too complex to be judged.');
    }
  return {
    verdict: judgement.verdict,
    reasons: judgement.reasons(),
    shown: shownText(line),
    argv: line.includes('\0') ? undefined : argv,
    network: judgement.network,
    line,
    folder: posix.relative(places.root, start),
  };
}

function judgeText(line: string, judgement: LineJudgement, places: Places, folder: string): readonly string[] | undefined {
  const script = parse(line);
  const walk = new LineWalk(line, judgement, places);
  walk.script(script, [folder]);
  if (!isWholeLine(line, script)) judgement.ask('unparsable', 'It cannot be parsed for certain.');
  // An old form of arithmetic, in which names are evaluated.
  if (line.includes('$[')) judgement.ask('evaluates', 'Its arithmetic evaluates more than numbers.');
  if (judgement.network === 'yes' && judgement.readsSecrets)
    judgement.deny('It may send secrets, or files from outside of the project, over the network.');
  const [statement] = script.commands;
  const command = statement?.command;
  if (script.commands.length !== 1 || command?.type !== 'Command' || statement?.background === true || script.errors !== undefined)
    return undefined;
  return walk.literalWords(command);
}

/** What an approval of this command covers: these words, or, where the line is more than one command of literal words, this line. */
export function commandScope({
  line,
  argv,
  folder,
  shown,
}: Pick<JudgedCommand, 'line' | 'argv' | 'folder' | 'shown'>): CommandScope {
  return { words: argv, line, folder, shown, key: JSON.stringify(argv === undefined ? { folder, line } : { folder, words: argv }) };
}

/**
 * The scope with a hole in place of one word, for "always allow this with any …". The first word, and words that look like options, stay.
 * @throws RangeError where that word cannot be a hole
 */
export function openWord(scope: CommandScope, at: number, name: string): CommandScope {
  const word = scope.words?.[at];
  if (scope.words === undefined || at < 1 || typeof word !== 'string' || word.startsWith('-') || !/^[\w-]{1,40}$/.test(name))
    throw new RangeError('Only a word after the first that is no option can be left open, under a name of letters and dashes.');
  const words = scope.words.map((each, index) => (index === at ? { hole: name } : each));
  const shown = words.map((each) => (typeof each === 'string' ? quoted(each) : `‹${each.hole}›`)).join(' ');
  return { ...scope, words, shown: shownText(shown), key: JSON.stringify({ folder: scope.folder, words }) };
}

/** Whether an approval covers a command. A hole takes one word that is no option and names no file with secrets or outside of the project. */
export function scopeCovers(scope: CommandScope, judged: JudgedCommand, options: JudgeOptions): boolean {
  if (judged.verdict === 'deny' || judged.folder !== scope.folder) return false;
  if (scope.words === undefined) return judged.line === scope.line;
  const { argv } = judged;
  if (argv === undefined || argv.length !== scope.words.length) return false;
  const places = new Places(options.root, options.home ?? homedir(), options.isSecret ?? isSecretPath, options.secrets);
  return scope.words.every((word, at) => {
    const given = argv[at] ?? '';
    if (typeof word === 'string') return word === given;
    if (given === '' || given.startsWith('-') || given.startsWith('~')) return false;
    const literal = { text: given, value: given, literal: true, glob: false, variables: [] };
    return places.doubt(literal, [posix.resolve(places.root, scope.folder)], 'names') === undefined;
  });
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

import { posix } from 'node:path';
import type { Assignment, Command, CompoundList, ParsedScript, Redirection, Statement, Word } from 'unbash';
import { Disguises } from './disguises.ts';
import { doubtOf } from './harmless.ts';
import type { LineJudgement } from './judgement.ts';
import { networkUse } from './network.ts';
import type { Places } from './places.ts';
import { isPrecious } from './precious.ts';
import { WordWalk } from './word-walk.ts';
import { expandWord, hole, type ShellWord } from './words.ts';

type Node = Statement['command'] | CompoundList;
type Folders = readonly string[];
/** What a command of a pipeline is fed with: the words of the commands before it. */
type Feed = readonly (readonly string[])[] | undefined;

const harmlessPrefix = /^(LC_[A-Z]+|LANG|LANGUAGE|TZ|NO_COLOR|COLUMNS|LINES)$/;
const harmlessValue = /^[\w.@:,+-]*(\/[\w.@+-]+)?$/;
const mostFolders = 8;

/** Walks over a line once, and says what is against it. */
export class LineWalk {
  readonly #judgement: LineJudgement;
  readonly #places: Places;
  readonly #variables: Map<string, string>;
  readonly #functions = new Set<string>();
  readonly #inWords: WordWalk;
  readonly #disguises: Disguises;
  #source: string;

  constructor(source: string, judgement: LineJudgement, places: Places, depth = 0) {
    this.#source = source;
    this.#judgement = judgement;
    this.#places = places;
    this.#variables = new Map([
      ['HOME', places.home],
      ['PWD', places.root],
      ['IFS', ' \t\n'],
      ...['@', '*', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((name): [string, string] => [name, '']),
    ]);
    this.#inWords = new WordWalk(judgement, places, this.#variables, (script, folders) => this.script(script, folders));
    this.#disguises = new Disguises(
      judgement,
      places,
      (text, folders) => {
        if (depth < 8) new LineWalk(text, judgement, places, depth + 1).text(text, folders);
        else judgement.ask('too-deep', 'It is nested too deeply to be judged.');
      },
      () => [...this.#functions],
    );
  }

  /** A line within a line. */
  text(text: string, folders: Folders): void {
    this.script(this.#disguises.parsed(text), folders);
  }

  script(script: ParsedScript, folders: Folders, fed?: Feed): Folders {
    if (script.errors !== undefined || script.commands.length === 0)
      this.#judgement.ask('unparsable', 'It cannot be parsed for certain.');
    const source = this.#source;
    if (script.source !== undefined) this.#source = script.source;
    const after = this.#statements(script.commands, folders, fed);
    this.#source = source;
    return after;
  }

  #statements(statements: readonly Statement[], folders: Folders, fed: Feed): Folders {
    let now = folders;
    for (const { command, background } of statements) {
      const after = this.#node(command, now, fed);
      // What runs beside the line changes its own folder.
      if (background !== true) now = after;
    }
    return now;
  }

  #node(node: Node, folders: Folders, fed: Feed): Folders {
    this.#judgement.step();
    switch (node.type) {
      case 'Command':
        return this.#command(node, folders, fed);
      case 'CompoundList':
        return this.#statements(node.commands, folders, fed);
      case 'AndOr':
        return node.commands.reduce((now, each) => this.#node(each, now, fed), folders);
      case 'Pipeline': {
        const before: string[][] = [];
        for (const [at, each] of node.commands.entries()) {
          this.#node(each, folders, at === 0 ? fed : before);
          before.push(each.type === 'Command' ? this.#values(each) : [hole]);
        }
        return folders;
      }
      case 'Redirected':
        for (const redirect of node.redirects) this.#redirect(redirect, folders);
        return this.#node(
          node.command,
          folders,
          node.redirects.some(({ operator }) => operator.startsWith('<')) ? (fed ?? []) : fed,
        );
      case 'Subshell':
        this.#node(node.body, folders, fed);
        return folders;
      case 'BraceGroup':
        return this.#node(node.body, folders, fed);
      case 'If': {
        let now = this.#node(node.clause, folders, fed);
        now = merged(now, this.#node(node.then, now, fed));
        for (const branch of node.elif) now = merged(now, this.#node(branch.then, this.#node(branch.clause, now, fed), fed));
        return node.else === undefined ? now : merged(now, this.#node(node.else, now, fed));
      }
      case 'While':
        return this.#loop(folders, () => this.#node(node.body, this.#node(node.clause, folders, fed), fed));
      case 'For':
        return this.#for(node, folders, fed);
      case 'Case': {
        this.#inWords.word(node.word, folders);
        let now = folders;
        for (const { pattern, body } of node.items) {
          for (const word of pattern) this.#inWords.word(word, folders);
          now = merged(now, this.#node(body, folders, fed));
        }
        return now;
      }
      case 'TestCommand':
        this.#inWords.test(node.expression, folders);
        return folders;
      case 'ArithmeticCommand':
        this.#inWords.arithmetic(node.expression, folders);
        return folders;
      case 'Function': {
        this.#functions.add(node.name.value);
        this.#judgement.ask('function', `It gives the name ${node.name.value} another meaning.`);
        this.#node(node.body, folders, fed);
        if (this.#disguises.multiplies(node.body)) this.#judgement.deny('It starts itself without end.');
        return folders;
      }
      case 'Coproc':
        this.#judgement.ask('coprocess', 'It starts a process beside the line.');
        this.#node(node.body, folders, fed);
        return folders;
      default:
        this.#judgement.ask('unknown-syntax', 'It has a part that is not judged.');
        for (const part of [node.body]) this.#node(part, folders, fed);
        return folders;
    }
  }

  /** A body that changes the folder is in another one the second time. */
  #loop(folders: Folders, run: () => Folders): Folders {
    const after = run();
    if (after.length > folders.length) this.#judgement.ask('folder', 'In which folder it runs, only a run would tell.');
    return after;
  }

  #for(
    { name, wordlist, body }: { name: Word; wordlist: readonly Word[] | undefined; body: CompoundList },
    folders: Folders,
    fed: Feed,
  ): Folders {
    const variable = name.value;
    this.#assigned(variable);
    const words = (wordlist ?? []).flatMap((word) => this.#inWords.word(word, folders));
    const readable =
      wordlist !== undefined &&
      !this.#variables.has(variable) &&
      words.every((word) => !/^[-*?[\0]/.test(word.value) && this.#places.doubt(word, folders, 'content') === undefined);
    if (readable) this.#inWords.readable.add(variable);
    const [only] = words;
    if (words.length === 1 && only !== undefined && !only.value.includes(hole)) this.#variables.set(variable, only.value);
    const after = this.#loop(folders, () => this.#node(body, folders, fed));
    // For a disguise: every value counts.
    if (words.length > 1)
      for (const { value } of words.slice(0, 16)) {
        if (value.includes(hole)) continue;
        this.#variables.set(variable, value);
        this.#node(body, folders, fed);
      }
    this.#variables.delete(variable);
    this.#inWords.readable.delete(variable);
    return after;
  }

  #command(node: Command, folders: Folders, fed: Feed): Folders {
    const { name, prefix, args, redirects } = node;
    this.#complete(node);
    // It changes how "read" divides its line, and nothing else.
    const forRead = name?.text === 'read' && prefix.every((part) => part.type === 'Assignment' && part.name === 'IFS');
    for (const part of prefix) {
      if (part.type !== 'Assignment' || (forRead && part.value.type === 'Word' && part.value.parts === undefined)) continue;
      this.#assignment(part, folders, name !== undefined);
    }
    let input = fed;
    const texts: string[] = [];
    for (const redirect of redirects) {
      this.#redirect(redirect, folders);
      if (redirect.operator.startsWith('<')) input ??= [];
      if (redirect.type === 'HereString' && redirect.target !== undefined)
        texts.push(...expandWord(redirect.target, this.#variables, this.#places.home).map(({ value }) => value));
      if (redirect.type === 'HereDoc') texts.push(redirect.body.text);
    }
    if (name === undefined) return folders;
    const outer = { network: this.#judgement.network, secrets: this.#judgement.readsSecrets };
    this.#judgement.network = 'no';
    const nameWords = this.#inWords.word(name, folders);
    const rest = args.flatMap((arg) =>
      arg.type === 'Word' ? this.#inWords.word(arg, folders) : this.#assignmentWord(arg, folders),
    );
    const nested = this.#judgement.network;
    this.#judgement.reach(outer.network);
    const words = [...nameWords, ...rest];
    const [first] = words;
    if (first === undefined) return folders;
    this.#judgement.reach(networkUse(words.map(({ value }) => value)));
    this.#disguises.inspect(words, { folders, fed: input, texts, nested });
    if (!first.literal) {
      this.#judgement.ask('dynamic-program', `Which program ${first.text} is, only a run would tell.`);
      return folders;
    }
    const checked = words.slice(1).map((word) => this.#inWords.asReadable(word));
    const doubt = doubtOf(first.value, checked, { places: this.#places, folders, fed: input !== undefined });
    if (doubt !== undefined) this.#judgement.ask(doubt.code, doubt.message);
    if (first.value === 'read')
      for (const { value } of rest) {
        this.#variables.delete(value);
        this.#inWords.readable.delete(value);
      }
    return first.value === 'cd' ? this.#moved(rest, folders) : folders;
  }

  #moved(words: readonly ShellWord[], folders: Folders): Folders {
    const operands = words.filter(({ value }) => !/^-[LPe@]*$/.test(value) && value !== '--');
    const [target] = operands;
    if (
      target === undefined ||
      operands.length !== 1 ||
      words.some(({ value }) => value === '-') ||
      target.value.includes(hole) ||
      target.glob
    ) {
      this.#judgement.ask('outside-project', 'It goes to a folder that only a run would tell, or out of the project.');
      return folders;
    }
    const after = merged(
      folders,
      folders.map((folder) => posix.resolve(folder, target.value)),
    );
    if (after.length > mostFolders) this.#judgement.ask('folder', 'In which folder it runs, only a run would tell.');
    return after.slice(-mostFolders);
  }

  #redirect(redirect: Redirection, folders: Folders): void {
    if (redirect.descriptor?.type === 'FileDescriptorVariable')
      this.#judgement.ask('redirect-variable', 'It keeps a file open under a name.');
    if (redirect.type === 'HereDoc') {
      if (redirect.closing === undefined || redirect.delimiter === undefined)
        this.#judgement.ask('unparsable', 'A here document has no end.');
      this.#inWords.parts(redirect.body.parts, folders);
      return;
    }
    if (redirect.target === undefined) {
      this.#judgement.ask('unparsable', 'A redirect has no target.');
      return;
    }
    const words = this.#inWords.word(redirect.target, folders);
    if (redirect.type === 'HereString') return;
    const { operator } = redirect;
    for (const word of words) {
      if ((operator === '>&' || operator === '<&') && word.literal && /^(\d+-?|-)$/.test(word.value)) continue;
      if (/^\/dev\/(tcp|udp)\//.test(word.value)) {
        this.#judgement.reach('yes');
        this.#judgement.deny('It opens a connection of its own to another machine.');
      }
      if (operator === '<' || operator === '<&') {
        if (word.value === '/dev/null' && word.literal) continue;
        const doubt = this.#places.doubt(this.#inWords.asReadable(word), folders, 'content');
        if (doubt !== undefined && !this.#isSubstitution(redirect.target)) this.#judgement.ask(doubt.code, doubt.message);
      } else if (!(word.literal && /^\/dev\/(null|stdout|stderr)$/.test(word.value)) && !this.#isSubstitution(redirect.target)) {
        this.#judgement.ask('redirect-writes', `It writes to ${word.text}.`);
        if (isPrecious(word.value, folders, this.#places)) this.#judgement.deny(`It writes to ${word.text}.`);
      }
    }
  }

  /** `<(…)` and `>(…)`: what is in it is judged by itself. */
  #isSubstitution({ parts }: Word): boolean {
    return parts?.length === 1 && parts[0]?.type === 'ProcessSubstitution';
  }

  #assigned(name: string): void {
    if (!/^[a-z_][a-z0-9_]*$/.test(name) || /_proxy$/.test(name) || name === '_')
      this.#judgement.ask('variable', `It sets ${name}, which programs may read.`);
  }

  #assignment(assignment: Assignment, folders: Folders, beforeCommand: boolean): void {
    const { name, value, index, append } = assignment;
    if (index !== undefined) {
      this.#inWords.word(index, folders);
      this.#judgement.ask('evaluates', `The index of ${name} is evaluated.`);
    }
    if (value.type === 'ArrayValue') {
      this.#judgement.ask('variable', `It sets ${name}.`);
      for (const element of value.elements) this.#inWords.word(element, folders);
      return;
    }
    const words = this.#inWords.word(value, folders);
    if (beforeCommand) {
      if (!harmlessPrefix.test(name) || !words.every((word) => word.literal && harmlessValue.test(word.value)))
        this.#judgement.ask('environment', `It runs with ${name} set to something else.`);
      return;
    }
    this.#assigned(name);
    this.#inWords.readable.delete(name);
    const known = words.map((word) => word.value).join(' ');
    if (known.includes(hole)) this.#variables.delete(name);
    else this.#variables.set(name, append === true ? (this.#variables.get(name) ?? '') + known : known);
  }

  /** An argument in the form of an assignment, as of `dd of=x`. */
  #assignmentWord(assignment: Assignment, folders: Folders): ShellWord[] {
    const { name, value, index, append, text } = assignment;
    const head = `${name}${append === true ? '+' : ''}=`;
    if (index !== undefined || value.type === 'ArrayValue') {
      this.#judgement.ask('evaluates', `What ${text} becomes, only a run would tell.`);
      return [{ text, value: hole, literal: false, glob: false, variables: [''] }];
    }
    return this.#inWords.word(value, folders).map((word) => ({ ...word, text, value: head + word.value }));
  }

  /** Nothing of a command's text is in none of its parts: else the parser has passed over something. */
  #complete({ pos, end, prefix, name, suffix }: Command): void {
    let at = pos;
    for (const part of [...prefix, ...(name === undefined ? [] : [name]), ...suffix]) {
      if (part.type === 'HereDoc') return;
      if (!/^(\s|\\\n)*$/.test(this.#source.slice(at, part.pos))) break;
      at = part.end;
    }
    if (!/^(\s|\\\n)*$/.test(this.#source.slice(at, end))) this.#judgement.ask('unparsable', 'It cannot be parsed for certain.');
  }

  #values({ name, args }: Command): string[] {
    const words = [...(name === undefined ? [] : [name]), ...args];
    return words.flatMap((word) =>
      word.type === 'Word' ? expandWord(word, this.#variables, this.#places.home).map(({ value }) => value) : [word.text],
    );
  }

  /** The words of a command without assignments and redirects, where all are literal. */
  literalWords({ name, prefix, suffix }: Command): string[] | undefined {
    if (name === undefined || prefix.length > 0 || suffix.some(({ type }) => type !== 'Word')) return undefined;
    const words = [name, ...suffix].flatMap((word) => (word.type === 'Word' ? expandWord(word, new Map(), hole) : []));
    const [first] = words;
    const isOfShell = first === undefined || shellWords.has(first.value);
    return !isOfShell && words.length === suffix.length + 1 && words.every(({ literal }) => literal)
      ? words.map(({ value }) => value)
      : undefined;
  }
}

/** What the shell itself does: without one it is nothing, or something else. */
const shellWords = new Set(
  '. : alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown enable eval exec exit export fc fg getopts hash help history jobs let local logout mapfile popd pushd read readarray readonly return set shift shopt source suspend times trap type typeset ulimit umask unalias unset wait'.split(
    ' ',
  ),
);

function merged(first: Folders, second: Folders): Folders {
  return second.every((folder) => first.includes(folder)) ? first : [...new Set([...first, ...second])];
}

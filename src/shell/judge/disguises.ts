import { type Command, forEachChild, type ParsedScript, parse, type Function as ShellFunction, type SyntaxNode } from 'unbash';
import { destruction } from './destructive.ts';
import type { LineJudgement } from './judgement.ts';
import { sendsInput } from './network.ts';
import type { Places } from './places.ts';
import { isDevice, isPrecious, losesAll } from './precious.ts';
import { readOnlyPrograms } from './programs.ts';
import { hole, type ShellWord } from './words.ts';

/** Programs that read a script, and the option by which it is a word. */
export const shells = new Set('sh bash dash zsh ksh mksh ash fish csh tcsh rbash'.split(' '));
export const interpreters = new Set(
  'python python2 python3 perl ruby node nodejs php deno bun lua luajit rscript osascript pwsh powershell tclsh guile'.split(' '),
);
/** Programs that start the program that their words name. */
const wrappers = new Set(
  'env nohup nice ionice chrt taskset timeout gtimeout stdbuf unbuffer setsid time command builtin exec xargs parallel watch strace ltrace gdb valgrind flock script expect busybox toybox ssh sshpass entr unshare firejail bwrap systemd-run caffeinate dbus-run-session xvfb-run torsocks proxychains faketime fakeroot find fd fdfind coproc then do su-exec gosu setpriv prlimit catchsegv ld.so direnv dotenv npx rlwrap screen tmux at batch doas sudo'.split(
    ' ',
  ),
);
const fetchers = /^(curl|wget|aria2c|nc|ncat|socat|ftp|http|https)$/;

export interface Seen {
  folders: readonly string[];
  /** Words of the commands before it in a pipeline; undefined where it has no input. */
  fed: readonly (readonly string[])[] | undefined;
  /** Its here strings and here documents. */
  texts: readonly string[];
  /** Whether what is substituted in its words reaches the network. */
  nested: LineJudgement['network'];
  /** It is the end of a wrapper's words, of which all ends are looked at. */
  isEnd?: true;
}

/** Recognises what may not be run, through whatever starts it. */
export class Disguises {
  readonly #judgement: LineJudgement;
  readonly #places: Places;
  readonly #inner: (text: string, folders: readonly string[]) => void;
  readonly #functions: () => readonly string[];

  constructor(
    judgement: LineJudgement,
    places: Places,
    inner: (text: string, folders: readonly string[]) => void,
    functions: () => readonly string[],
  ) {
    this.#judgement = judgement;
    this.#places = places;
    this.#inner = inner;
    this.#functions = functions;
  }

  parsed(text: string): ParsedScript {
    return parse(text);
  }

  /** Denies a command that destroys. Everything that is not read-only is looked through. */
  inspect(words: readonly ShellWord[], seen: Seen): void {
    this.#judgement.step();
    const [first, ...rest] = words;
    if (first === undefined) return;
    if (first.value.includes(hole) || first.glob) {
      this.#unknownProgram(rest, seen.folders);
      return;
    }
    const name = baseName(first.value);
    const values = rest.map(({ value }) => value);
    const reason = destruction(name, values, { places: this.#places, folders: seen.folders });
    if (reason !== undefined) this.#judgement.deny(reason);
    if (name === 'git')
      for (const value of values) if (/^(alias\.[^=]*=)?!|=!/.test(value)) this.#inner(value.replace(/^[^!]*!/, ''), seen.folders);
    if (readOnlyPrograms.has(name) && name !== 'find' && name !== 'fd' && name !== 'awk' && name !== 'sed') return;
    this.#sends(name, values, seen);
    const decoded = rest.some(({ text, value }) => value.includes(hole) && decoder.test(text));
    if (decoded && (name === 'eval' || shells.has(name))) this.#judgement.deny('It runs what it decodes, which nobody has seen.');
    if (shells.has(name) || interpreters.has(name)) this.#script(name, values, seen);
    else if (name === 'eval' || name === 'source' || name === '.' || name === 'trap' || name === 'alias')
      this.#evaluated(name, values, seen);
    else if (wrappers.has(name)) {
      if (seen.isEnd !== true) this.#wrapped(rest, name, seen);
    } else this.#texts(values, seen.folders);
  }

  /** A function that starts functions of the line side by side multiplies. */
  multiplies(body: SyntaxNode | ShellFunction['body']): boolean {
    const names = new Set(this.#functions());
    let calls = false;
    let parallel = false;
    const visit = (node: SyntaxNode) => {
      if (node.type === 'Command' && names.has((node as Command).name?.value ?? '')) calls = true;
      if ((node.type === 'Pipeline' && node.commands.length > 1) || (node.type === 'Statement' && node.background === true))
        parallel = true;
      forEachChild(node, visit);
    };
    visit(body as SyntaxNode);
    return calls && parallel;
  }

  /** A program whose name only a run would tell, with words that make sense for one program. */
  #unknownProgram(words: readonly ShellWord[], folders: readonly string[]): void {
    const values = words.map(({ value }) => value);
    const forced = values.some((value) => /^-[a-zA-Z]*[rRf]|^--(recursive|force)/.test(value));
    const target = values.find((value) => !value.startsWith('-') && losesAll(value, folders, this.#places));
    if (forced && target !== undefined)
      this.#judgement.deny(`A program of unknown name gets ${target.replaceAll(hole, '…')} and an option to force it.`);
    const device = values.find((value) => isDevice(value.replace(/^[a-z]+=/, '')));
    if (device !== undefined) this.#judgement.deny(`${device} is a device.`);
    this.#texts(values, folders);
  }

  #script(name: string, values: readonly string[], seen: Seen): void {
    const isShell = shells.has(name);
    const inline = isShell ? /^-[a-zA-Z]*c/ : /^-[a-zA-Z]*[cerRpnE]|^--(eval|print|execute|command)|^(eval|run)$/;
    const hasInline = values.some((value) => inline.test(value));
    const operands = values.filter((value) => !/^[-+]/.test(value));
    if (seen.nested === 'yes' || values.some((value) => fetched(value)))
      this.#judgement.deny('It runs what it gets from the network.');
    if (hasInline) for (const value of operands) this.#code(isShell, value, seen.folders);
    for (const text of seen.texts) this.#code(isShell, text, seen.folders);
    const readsInput =
      !hasInline && (operands.length === 0 || operands[0] === '/dev/stdin' || values.includes('-s') || values.includes('-'));
    if (!readsInput || seen.fed === undefined || seen.fed.length === 0) return;
    this.#judgement.deny('It runs what another command says, which nobody has seen.');
  }

  #code(isShell: boolean, text: string, folders: readonly string[]): void {
    if (isShell) this.#inner(withoutHoles(text), folders);
    else {
      this.#texts([text], folders);
      if (destructiveCode.test(text)) this.#judgement.deny('Its program removes files, or starts itself without end.');
      for (const [, , string = ''] of text.matchAll(/(["'`])((?:(?!\1).)+)\1/g))
        if (/\s/.test(string)) this.#destructiveText(string, folders);
    }
  }

  #evaluated(name: string, values: readonly string[], seen: Seen): void {
    if (seen.nested === 'yes') this.#judgement.deny('It runs what it gets from the network.');
    if (name === 'trap') this.#inner(withoutHoles(values[0] === '--' ? (values[1] ?? '') : (values[0] ?? '')), seen.folders);
    else if (name === 'alias')
      for (const value of values) this.#inner(withoutHoles(value.slice(value.indexOf('=') + 1)), seen.folders);
    else if (name === 'eval')
      this.#inner(withoutHoles(values.filter((value, at) => at > 0 || value !== '--').join(' ')), seen.folders);
    else if (seen.fed !== undefined && seen.fed.length > 0 && values[0] === '/dev/stdin')
      this.#judgement.deny('It runs what another command says, which nobody has seen.');
  }

  /** Every end of the words may be the command that is started; a word with blanks may be a line. */
  #wrapped(words: readonly ShellWord[], wrapper: string, seen: Seen): void {
    const takesInput = [wrapper, ...words.map(({ value }) => baseName(value))].some(
      (each) => each === 'xargs' || each === 'parallel',
    );
    const fed = takesInput ? [...said(seen.fed), ...seen.texts.flatMap(wordsOf)] : [];
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      if (word === undefined || /^-/.test(word.value) || /^[A-Za-z_]\w*=/.test(word.value)) continue;
      const rest = words.slice(at);
      if (/\s/.test(word.value)) this.#inner(withoutHoles(word.value), seen.folders);
      else if (looksLikeProgram(word.value))
        this.inspect([...rest, ...fed], { ...seen, fed: takesInput ? [] : seen.fed, isEnd: true });
      else if (word.value.includes(hole)) this.#unknownProgram([...rest.slice(1), ...fed], seen.folders);
    }
    const split = words.find(({ value }) => /^(-S|--split-string=).+/.test(value));
    if (split !== undefined) this.#inner(withoutHoles(split.value.replace(/^(-S|--split-string=)/, '')), seen.folders);
  }

  /** Words of programs that are not known: a line among them that would be denied. */
  #texts(values: readonly string[], folders: readonly string[]): void {
    for (const value of values) if (/\s/.test(value)) this.#destructiveText(value, folders);
  }

  #destructiveText(text: string, folders: readonly string[]): void {
    for (const [, words = ''] of text.matchAll(/\b(?:rm|shred|mkfs\S*|dd)((?:\s+[^\s"'`;|&)]+)+)/g)) {
      const values = words.trim().split(/\s+/);
      const forced = values.some((value) => /^-[a-zA-Z]*[rR]|^--recursive|^of=\/dev\//.test(value));
      if (
        forced &&
        values.some((value) => /^of=\/dev\//.test(value) || losesAll(homed(value, this.#places.home), folders, this.#places))
      )
        this.#judgement.deny('A line in its words removes what is not to be removed.');
    }
    if (/\bcurl\b[^|]*\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/.test(text))
      this.#judgement.deny('A line in its words runs what it gets from the network.');
  }

  /** What goes over the network: what another command says, and files with secrets. */
  #sends(name: string, values: readonly string[], seen: Seen): void {
    if (sendsInput(name, values) && seen.fed !== undefined && seen.fed.length > 0)
      this.#judgement.deny('It sends what another command says over the network.');
    if (!fetchers.test(name) && !/^(scp|rsync|sftp|rclone)$/.test(name)) return;
    for (const value of values) {
      const path = homed(value.replace(/^.*?[@=](?=[^@]*$)/, ''), this.#places.home);
      const secret = seen.folders.some((folder) => {
        const inside = this.#places.inside(path, folder);
        if (inside !== undefined) return this.#places.isSecret(inside);
        return path.startsWith(`${this.#places.home}/.`) || (path.startsWith('/') && sendsFile.test(value));
      });
      if (secret) this.#judgement.deny(`It sends ${path} over the network.`);
      if (/^(-o|--output)$/.test(values[values.indexOf(value) - 1] ?? '') && isPrecious(path, seen.folders, this.#places))
        this.#judgement.deny(`It writes to ${path}.`);
    }
  }
}

export const baseName = (program: string) =>
  program
    .slice(program.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');

const destructiveCode =
  /rmtree|unlink|rimraf|rmSync|rmdir|fs\.rm\b|\.rm\(|FileUtils\.rm|remove_(dir|file)|os\.remove|removedirs|remove-item|fork\s*(\(|while|until)|while.*fork|:\(\)\s*\{|socket[\s\S]*(subprocess|dup2|pty|exec|spawn)/i;

/** A word that has the content of a file sent. */
const sendsFile = /^(@|--?(d|F|T|data[\w-]*|form|upload-file|post-file|body-file)=?)|=@/;

/** Programs whose output is another text than the one that stands in the line. */
const decoder = /\b(base64|base32|basenc|xxd|openssl|uudecode|gunzip|zcat|bzcat|xzcat|gpg|rev)\b/;

/** A word that can be the name of a program. */
const looksLikeProgram = (value: string) => /^[\w./+~-]+$/.test(value) && !/^\d+(\.\d+)?[smhd]?$/.test(value);

const withoutHoles = (text: string) => text.replaceAll(hole, '$unknown');
const homed = (value: string, home: string) => value.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, home);
const fetched = (value: string) => /<\((curl|wget)\b/.test(value);

/** The words that `echo` and `printf` say to the next command. */
function said(fed: readonly (readonly string[])[] | undefined): ShellWord[] {
  const last = fed?.at(-1);
  if (last === undefined) return [];
  // Everything in a folder.
  if (last[0] === 'ls') return wordsOf(last.slice(1).find((value) => !value.startsWith('-')) ?? '*');
  const filter = /^-(i?name|i?path|i?regex|size|newer\w*|[acm]time|[acm]min)$/;
  if (last[0] === 'find' && !last.some((value) => filter.test(value)))
    return wordsOf(last[1]?.startsWith('-') === false ? last[1] : '*');
  if (!/^(echo|printf)$/.test(last[0] ?? '')) return [];
  return last.slice(1).flatMap(wordsOf);
}

function wordsOf(text: string): ShellWord[] {
  return text
    .split(/\s+/)
    .filter((value) => value !== '')
    .map((value) => ({ text: value, value, literal: false, glob: false, variables: [] }));
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are lines for a shell
/** A generator of numbers that gives the same ones for one seed. */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(chance: Chance, list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;

type Mutation = (line: string, chance: Chance) => string;

/** Single quotes for a shell. */
const quote = (line: string) => `'${line.replaceAll("'", `'\\''`)}'`;
const isPlain = (line: string) => /^[\w ./~-]+$/.test(line);

const spellings: readonly ((letter: string) => string)[] = [
  (letter) => `""${letter}`,
  (letter) => `''${letter}`,
  (letter) => `'${letter}'`,
  (letter) => `"${letter}"`,
  (letter) => `\\${letter}`,
  (letter) => `\\\n${letter}`,
  (letter) => `$'\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}'`,
  (letter) => `$'\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}'`,
  (letter) => `$'\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}'`,
];

/** Quoted, they are ordinary words. */
const keywords = new Set(['if', 'until', 'while', 'for', 'case', 'coproc', 'time', 'function', 'select']);

/** Spells one letter of the first word in another way. */
const spell: Mutation = (line, chance) => {
  const word = /^[a-z]+/.exec(line)?.[0];
  if (word === undefined || keywords.has(word)) return line;
  const at = Math.floor(chance() * word.length);
  const spelled = pick(chance, spellings)(word[at] ?? '');
  return line.slice(0, at) + spelled + line.slice(at + 1);
};

/** A here document within another has an end of its own. */
const within = (end: string, make: (end: string) => string) => make(end);

/** The same command, started by something else or standing somewhere else: what it does stays. */
export const faithful: readonly Mutation[] = [
  spell,
  spell,
  (line) => (isPlain(line) && !/~/.test(line) ? line.replaceAll(' ', '${IFS}') : line),
  (line) => (isPlain(line) && !/~/.test(line) ? line.replaceAll(' ', '$IFS$9') : line),
  (line) => (isPlain(line) && / /.test(line) && !/~/.test(line) ? `{${line.split(' ').join(',')}}` : line),
  (line) => (isPlain(line) ? line.replaceAll(' ', ' \\\n ') : line),
  (line) => (isPlain(line) ? line.replaceAll(' ', ' \t  ') : line),
  (line, chance) =>
    isPlain(line)
      ? `${pick(chance, ['env', 'nohup', 'nice', 'nice -n 5', 'timeout 5', 'timeout -s KILL 9', 'command', 'exec', 'stdbuf -o0', 'setsid', 'time', 'env -i', 'env A=b', 'ionice -c3', 'busybox', 'xargs -r'])} ${line}`
      : line,
  (line, chance) =>
    `${pick(chance, ['bash -c', 'sh -c', 'bash -lc', 'bash --norc -c', 'zsh -ic', 'eval', '/bin/sh -c', 'env bash -c', 'timeout 5 sh -c'])} ${quote(line)}`,
  (line) => `bash <<< ${quote(line)}`,
  (line, chance) => within(`END${Math.floor(chance() * 1e6)}`, (end) => `bash <<'${end}'\n${line}\n${end}`),
  (line) => `trap ${quote(line)} EXIT`,
  (line) => `find . -maxdepth 0 -exec sh -c ${quote(line)} \\;`,
  (line) => `echo x | xargs sh -c ${quote(line)}`,
  (line) => `(${line}\n)`,
  (line) => `{ ${line}\n}`,
  (line) => `! ${line}`,
  (line) => `if true; then ${line}\nfi`,
  (line) => `if ${line}\nthen :; fi`,
  (line) => `until ${line}\ndo :; done`,
  (line) => `for i in 1 2; do ${line}\ndone`,
  (line) => `case a in a) ${line}\n;; esac`,
  (line) => `run() { ${line}\n}; run`,
  (line) => `coproc { ${line}\n}`,
  (line) => `echo "$( ${line}\n)"`,
  (line) => `ls $( ${line}\n)`,
  (line) => `cat <(${line}\n)`,
  (line) => `echo "\${x:-$( ${line}\n)}"`,
  (line) => `[ -n "$( ${line}\n)" ]`,
  (line) => `[[ -n $( ${line}\n) ]]`,
  (line) => `x=$( ${line}\n)`,
  (line, chance) => within(`END${Math.floor(chance() * 1e6)}`, (end) => `cat <<${end}\n$( ${line}\n)\n${end}`),
  (line) => `echo $(( $( ${line}\n) ))`,
  (line, chance) =>
    `${pick(chance, ['ls; ', 'ls && ', 'ls missing || ', 'ls & ', 'ls\n', 'true # "\n', 'cd lib || true; ', ': "$(ls)"; ', 'echo \\# ; ', '{ ls; }; ', "echo '\n' ; "])}${line}`,
  (line, chance) =>
    `${line}${pick(chance, ['; ls', ' && ls', ' | cat', ' # it only lists', '\n', ' > /dev/null 2>&1', ' 2>/dev/null', ' &', '\nls'])}`,
];

const marks = ['\u200b', '\u00a0', '\u202e', '\u2066', '\ufeff', '\r', '\u001b[2K', '\u00ad', '\u3164', '\u{e0041}'];

/** What may turn the command into another one that does as little harm: it is still not for certain. */
export const unfaithful: readonly Mutation[] = [
  (line, chance) => {
    const at = Math.floor(chance() * (line.length + 1));
    return line.slice(0, at) + pick(chance, marks) + line.slice(at);
  },
  (line, chance) => `${pick(chance, ['PATH=. ', 'A=b ', 'LC_ALL=C ', 'GIT_DIR=lib ', 'LD_PRELOAD=x '])}${line}`,
  (line) => `sudo ${line}`,
  (line) => `./${line}`,
  (line) => line.replace(/^(\w+)/, 'x=$1; $x'),
  (line) => line.replace(/^(\w+)/, '${x:-$1}'),
  (line) => line.replace(/^(\w+)/, '$(echo $1)'),
  (line) => line.replace(/^(\w+)/, '/usr/bin/$1'),
];

/** A line made of another by some of the mutations. */
export function mutated(line: string, chance: Chance, mutations: readonly Mutation[]): string {
  let result = line;
  const times = 1 + Math.floor(chance() * 3);
  for (let time = 0; time < times; time++) result = pick(chance, mutations)(result, chance);
  return result;
}

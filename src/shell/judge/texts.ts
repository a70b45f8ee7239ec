/** Programs in small languages that are harmless by their form. What is not of such a form asks. */

const place = String.raw`(?:\d+|\$|\/(?:[^/\\\n]|\\[^\n])*\/I?)`;
const printing = new RegExp(String.raw`^\s*(?:${place}(?:,(?:${place}|[+~]\d+))?\s*!?\s*)?[pdq=]\s*$`);
const replacing = new RegExp(
  String.raw`^\s*(?:${place}(?:,${place})?\s*)?s(?:\/(?:[^/\\\n]|\\[^\n])*\/(?:[^/\\\n]|\\[^\n])*\/|\|(?:[^|\\\n]|\\[^\n])*\|(?:[^|\\\n]|\\[^\n])*\||#(?:[^#\\\n]|\\[^\n])*#(?:[^#\\\n]|\\[^\n])*#)[gpI0-9]*\s*$`,
);

/** Commands of `sed` that print, leave out, or replace, and neither write, read nor run. */
export function harmlessSed(script: string): boolean {
  if (replacing.test(script) || printing.test(script)) return true;
  // Several commands: none of them with a text in which a semicolon would divide.
  return !/[/|#s]/.test(script) && script.split(';').every((command) => printing.test(command));
}

const printed = String.raw`(?:\$(?:\d+|NF|\(NF-\d+\))|NR|NF|FILENAME|"(?:[^"\\\n]|\\[tn"])*")`;
const list = String.raw`print(?:\s+${printed}(?:(?:\s*,\s*|\s+)${printed})*)?`;
const condition = String.raw`(?:NR\s*(?:==|>|<|>=|<=|!=)\s*\d+|NF|\/(?:[^/\\\n]|\\[^\n])*\/|\$\d+\s*(?:==|!=|>|<|~)\s*(?:\d+|"[^"\\\n]*"|\/[^/\\\n]*\/))`;
const awk = new RegExp(String.raw`^\s*(?:${condition}(?:\s*&&\s*${condition})*\s*)?(?:\{\s*${list}\s*;?\s*\})?\s*$`);

/** Programs of `awk` that print fields of chosen lines. */
export function harmlessAwk(program: string): boolean {
  return program.trim() !== '' && awk.test(program);
}

/** Filters of `jq` that read nothing but their input. */
export function harmlessJq(filter: string): boolean {
  return !/\b(import|include|env|input|inputs|input_filename|debug|stderr|halt_error|getpath|modulemeta|get_search_list)\b|\$ENV|\$__/.test(
    filter,
  );
}

/** What `find` only tests and prints, and whether the next word is its value. */
const findTests = new Map<string, boolean>([
  ...[
    'name',
    'iname',
    'path',
    'ipath',
    'wholename',
    'regex',
    'iregex',
    'type',
    'xtype',
    'maxdepth',
    'mindepth',
    'size',
    'mtime',
    'mmin',
    'atime',
  ].map((name): [string, boolean] => [`-${name}`, true]),
  ...['amin', 'ctime', 'cmin', 'perm', 'user', 'group', 'uid', 'gid', 'links', 'inum', 'printf', 'regextype', 'newermt'].map(
    (name): [string, boolean] => [`-${name}`, true],
  ),
  ...[
    'print',
    'print0',
    'empty',
    'prune',
    'quit',
    'depth',
    'mount',
    'xdev',
    'readable',
    'writable',
    'executable',
    'true',
    'false',
    'not',
    'a',
    'and',
    'o',
  ].map((name): [string, boolean] => [`-${name}`, false]),
  ...['-or', '!', '(', ')', ',', '-nouser', '-nogroup', '-ls', '-daystart', '-noleaf'].map((name): [string, boolean] => [
    name,
    false,
  ]),
]);

/** The first word of a `find` that does more than test and print. */
export function findsMore(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const valued = findTests.get(word);
    if (valued === undefined) return word;
    if (valued) at++;
  }
  return undefined;
}

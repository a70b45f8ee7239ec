import type { ParameterExpansionPart, Word, WordPart } from 'unbash';

/** Stands in a value for text that only a run would tell. No line has it: zero bytes are refused. */
export const hole = '\0';

/** A word after quotes and expansions, as far as the line tells. */
export interface ShellWord {
  text: string;
  /** What it is, with {@link hole}s. Of a pattern: the pattern. */
  value: string;
  /** The value is certain: nothing is expanded in it. */
  literal: boolean;
  /** It names the files that match it. */
  glob: boolean;
  /** The variables in it, where it is not literal for these alone. */
  variables: readonly string[];
}

/** Values of variables that the line itself sets, and those of the shell. */
export type Variables = ReadonlyMap<string, string>;

interface Built {
  /** Words before this one that blanks of a variable have divided from it. */
  divided: readonly string[];
  value: string;
  literal: boolean;
  glob: boolean;
  variables: string[];
}

const mostAlternatives = 64;
/** Stands for a variable where braces make more words than are looked at. */
const manyWords = '{}';
const fresh = (): Built => ({ divided: [], value: '', literal: true, glob: false, variables: [] });

/** The words that one becomes: braces make several of it, and an unquoted variable with blanks. */
export function expandWord(word: Word, variables: Variables, home: string): ShellWord[] {
  const { text, parts } = word;
  let built: Built[] = [fresh()];
  if (parts === undefined) built = [{ ...fresh(), value: word.value }];
  else
    for (const part of parts) {
      built = append(built, part, variables, false);
      if (built.length > mostAlternatives) built = [{ ...fresh(), value: hole, literal: false, variables: [manyWords] }];
    }
  return built.flatMap((each) => {
    const { divided, value, literal, glob, variables: names } = withHome(each, text, home);
    if (divided.length === 0) return { text, value, literal, glob, variables: names };
    return [...divided, value]
      .filter((piece) => piece !== '')
      .map((piece) => ({ text, value: piece, literal, glob, variables: names }));
  });
}

/** A tilde at the beginning is the home folder; anywhere else that a shell may expand it, it is not certain. */
function withHome(built: Built, text: string, home: string): Built {
  if (!text.includes('~')) return built;
  const path = /^~(?=\/|$)/.test(text) ? home + built.value.slice(1) : undefined;
  if (path !== undefined) return { ...built, value: path, literal: false, variables: [...built.variables, '~'] };
  if (/^~/.test(text)) return { ...built, value: hole + built.value.replace(/^~[^/]*/, ''), literal: false, variables: ['~user'] };
  if (/[=:]~/.test(text))
    return { ...built, value: built.value.replace(/([=:])~/g, `$1${home}`), literal: false, variables: ['~'] };
  return built;
}

function append(built: Built[], part: WordPart, variables: Variables, quoted: boolean): Built[] {
  const add = (value: string) => built.map((each) => ({ ...each, value: each.value + value }));
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return add(part.value.includes(hole) ? part.value.slice(0, part.value.indexOf(hole)) : part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.reduce<Built[]>((all, each) => append(all, each, variables, true), built);
    case 'Glob':
      return built.map((each) => ({ ...each, value: each.value + part.value, glob: true, literal: false }));
    case 'BraceExpansion': {
      const alternatives = braces(part.text);
      if (alternatives === undefined) return unknown(built, manyWords);
      return built.flatMap((each) =>
        alternatives.map((alternative) => ({ ...each, value: each.value + alternative, literal: false })),
      );
    }
    case 'SimpleExpansion':
      return variable(built, part.text.slice(1), variables.get(part.text.slice(1)), quoted);
    case 'ParameterExpansion':
      return variable(built, part.parameter, parameterValue(part, variables), quoted);
    case 'CommandExpansion':
      return variable(built, '', substituted(part.script, variables), quoted);
    default:
      return unknown(built, '');
  }
}

function unknown(built: readonly Built[], name: string): Built[] {
  return built.map((each) => ({ ...each, value: each.value + hole, literal: false, variables: [...each.variables, name] }));
}

/** Unquoted, blanks of the value divide words. */
function variable(built: readonly Built[], name: string, value: string | undefined, quoted: boolean): Built[] {
  if (value === undefined) return unknown(built, name);
  const pieces = quoted ? [value] : value.split(/[ \t\n]+/);
  const glob = !quoted && /[*?[]/.test(value);
  const last = pieces.pop() ?? '';
  return built.map((each) => {
    const [first, ...middle] = pieces;
    return {
      divided: first === undefined ? each.divided : [...each.divided, each.value + first, ...middle],
      value: (first === undefined ? each.value : '') + last,
      literal: false,
      glob: each.glob || glob,
      variables: [...each.variables, name],
    };
  });
}

/** Lists of plain words, and nothing within. Else undefined. */
function braces(text: string): string[] | undefined {
  const inner = /^\{([\w./,@+:=~%-]*)\}$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner.includes(',')) return inner.split(',');
  const [, from, to] = /^(\d{1,4})\.\.(\d{1,4})$/.exec(inner) ?? [];
  if (from === undefined || to === undefined || Math.abs(Number(to) - Number(from)) >= mostAlternatives) return undefined;
  const [first, last] = [Number(from), Number(to)];
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, at) => `${first + (last < first ? -at : at)}`);
}

/** What an expansion becomes where that can be told: enough to see through a disguise. */
function parameterValue({ parameter, prefix, index, operation }: ParameterExpansionPart, variables: Variables): string | undefined {
  if (prefix !== undefined || index !== undefined) return undefined;
  const value = variables.get(parameter);
  if (operation === undefined) return value;
  if (operation.type === 'Default') {
    const operand = operation.operand.value;
    const set = value !== undefined && value !== '';
    if (operation.operator.endsWith('+')) return set ? operand : undefined;
    return set ? value : operand;
  }
  if (operation.type === 'Slice' && value !== undefined && /^ ?-?\d+$/.test(operation.offset.value)) {
    const offset = Number(operation.offset.value);
    const length = operation.length === undefined ? undefined : Number(operation.length.value);
    const from = offset < 0 ? value.length + offset : offset;
    return length === undefined ? value.slice(from) : value.slice(from, length < 0 ? length : from + length);
  }
  return undefined;
}

interface Script {
  commands: readonly { command: { type: string } }[];
}

/** The output of a substitution that only says plain words. */
function substituted(script: Script | undefined, variables: Variables): string | undefined {
  const command = script?.commands[0]?.command as
    | { type: string; name?: Word; args?: readonly (Word | { type: 'Assignment'; text: string })[] }
    | undefined;
  if (script?.commands.length !== 1 || command?.type !== 'Command' || command.args === undefined) return undefined;
  const words = command.args.flatMap((word) => (word.type === 'Word' ? expandWord(word, variables, hole) : [{ value: word.text }]));
  if (words.some(({ value }) => value.includes(hole))) return undefined;
  const [first = '', ...rest] = words.map(({ value }) => value);
  if (command.name?.value === 'echo')
    return /^-[neE]+$/.test(first) ? unescaped(rest.join(' ')) : words.map(({ value }) => value).join(' ');
  if (command.name?.value === 'printf') return unescaped(rest.reduce((format, each) => format.replace(/%[sb]/, () => each), first));
  return undefined;
}

/** As `printf` reads it. */
export function unescaped(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|u[0-9a-fA-F]{1,4}|[nt\\])/g, (_, code: string) => {
    if (code === 'n') return '\n';
    if (code === 't') return '\t';
    if (code === '\\') return '\\';
    return String.fromCharCode(/^[xu]/.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8));
  });
}

/** Writes `docs/reference/api.md`, the exports of the package with the first words of their documentation: `npm run reference`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Comment, type ExportNamedDeclaration, type ModuleExportName, type Node, type Program, parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs/reference/api.md');

interface Module {
  text: string;
  program: Program;
  comments: Comment[];
}

interface Export {
  name: string;
  kind: string;
  summary: string;
  members: { name: string; summary: string }[];
}

/** The text of the page. */
export function apiReference(): string {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, { types?: string }>;
  };
  const entries = Object.entries(exports).flatMap(([path, { types }]) =>
    types === undefined
      ? []
      : [{ name: posix.join('timonel', path), file: posix.normalize(types.replace('dist/', '').replace('.d.ts', '.ts')) }],
  );
  return `${[header, ...entries.map(({ name, file }) => entryText(name, file))].join('\n\n')}\n`;
}

const header = `# Public API

What the package exports, by entry point, with the first words of its documentation; types and editors show all of it. \`npm run reference\`
writes this page from the sources.`;

function entryText(name: string, file: string): string {
  const module = parsed(file);
  const found = exportsOf(module, file).sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const elsewhere = packagesOf(module);
  return [
    `## ${name}`,
    ...elsewhere.map((each) => `Also exports of ${each}.`),
    table(
      ['export', 'kind', 'what it is'],
      found.map((each) => [link(each), each.kind, each.summary]),
    ),
    ...found.filter(({ members }) => members.length > 0).map(({ name, members }) => `### ${name}\n\n${memberText(members)}`),
  ].join('\n\n');
}

/** A table where there is something to say of the members, else their names. */
function memberText(members: Export['members']): string {
  const names = members.map((member) => `\`${member.name}\``);
  if (members.every(({ summary }) => summary === '')) return `Members: ${names.join(', ')}.`;
  return table(
    ['member', 'what it is'],
    members.map(({ summary }, index) => [names[index] ?? '', summary]),
  );
}

const link = ({ name, members }: Export) => (members.length === 0 ? `\`${name}\`` : `[\`${name}\`](#${name.toLowerCase()})`);

function table(head: readonly string[], rows: readonly string[][]): string {
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`);
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...lines].join('\n');
}

function parsed(file: string): Module {
  const text = readFileSync(join(root, file), 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors.map(({ message }) => message).join('; ')}`);
  return { text, program, comments };
}

/** Exports of a module; those of other files of ours are looked up there. */
function exportsOf(module: Module, file: string): Export[] {
  return module.program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration, source } = statement;
    if (declaration !== null) return namesOf(declaration).map((name) => described(module, statement, declaration, name));
    if (source === null || !source.value.startsWith('.')) return [];
    const from = posix.join(posix.dirname(file), source.value);
    const there = exportsOf(parsed(from), from);
    return statement.specifiers.map(({ local, exported }) => {
      const original = there.find(({ name }) => name === nameOf(local));
      if (original === undefined) throw new Error(`${file} exports ${nameOf(local)}, which ${from} does not declare.`);
      return { ...original, name: nameOf(exported) };
    });
  });
}

/** Other packages whose exports the module passes on, each with the names, or without where it passes on all. */
function packagesOf({ program }: Module): string[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ExportAllDeclaration') return [];
    const from = statement.source?.value ?? '.';
    if (from.startsWith('.')) return [];
    const names =
      statement.type === 'ExportAllDeclaration' ? [] : statement.specifiers.map(({ exported }) => `\`${nameOf(exported)}\``);
    return [`\`${from}\`${names.length === 0 ? ', all of them' : `: ${names.join(', ')}`}`];
  });
}

const nameOf = (name: ModuleExportName) => (name.type === 'Literal' ? name.value : name.name);

type Declaration = NonNullable<ExportNamedDeclaration['declaration']>;

function namesOf(declaration: Declaration): string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
}

const kinds: Readonly<Record<string, string>> = {
  FunctionDeclaration: 'function',
  ClassDeclaration: 'class',
  VariableDeclaration: 'value',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
};

function described(module: Module, statement: Node, declaration: Declaration, name: string): Export {
  const members = declaration.type === 'TSInterfaceDeclaration' ? declaration.body.body : [];
  return {
    name,
    kind: kinds[declaration.type] ?? declaration.type,
    summary: summaryBefore(module, statement.start),
    members: members.flatMap((member) =>
      (member.type === 'TSPropertySignature' || member.type === 'TSMethodSignature') && member.key.type === 'Identifier'
        ? [{ name: `${member.key.name}${member.optional ? '?' : ''}`, summary: summaryBefore(module, member.start) }]
        : [],
    ),
  };
}

/** The first paragraph of the comment that ends right before a place, without its tags; empty where there is none. */
function summaryBefore({ text, comments }: Module, place: number): string {
  const comment = comments.findLast(({ end, type, value }) => end <= place && type === 'Block' && value.startsWith('*'));
  // Only one that touches it: the first comment of a file is about the file. A line for the linter may be between.
  if (comment === undefined || !/^[ \t]*(?:\n[ \t]*\/\/.*)*\n?[ \t]*$/.test(text.slice(comment.end, place))) return '';
  const lines = comment.value.split('\n').map((line) => line.replace(/^[\s*]+/, '').trim());
  const [words = '', rest] = lines
    .join('\n')
    .trim()
    .split(/\n\n|\n(?=- |\d\. )|(?:^|\s)@(?=[a-z])/);
  const summary = words
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('<', '&lt;')
    .trim();
  return rest !== undefined && /\w$/.test(summary) ? `${summary} …` : summary;
}

if (import.meta.main) writeFileSync(target, apiReference());

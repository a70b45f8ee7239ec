/** Reads a tree of sources and says where it breaks the rules of the design. */
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Expression, type Program, parseSync, Visitor } from 'oxc-parser';

export interface SourceFile {
  /** Path from the root of the tree, with forward slashes. */
  path: string;
  lines: number;
  imports: { target: string; typeOnly: boolean }[];
  /** Reads the environment of the process. */
  readsEnvironment: boolean;
  /** Writes to the console. */
  writesToConsole: boolean;
  /** Names that it declares and exports; what it exports of another file is not among them. */
  exports: string[];
}

/** Layers from the top down: a part imports from its own files and from the layers after it; the parts of one layer are strangers. */
const layers: string[][] = [
  ['src/testing.ts'],
  ['src/cli', 'src/testing'],
  ['src/main.ts', 'src/bundled-project.ts'],
  ['src/composition'],
  ['src/http', 'src/channels', 'src/operations', 'src/telemetry'],
  ['src/handoff', 'src/speech', 'src/evaluations', 'src/webhooks'],
  ['src/release'],
  ['src/flags'],
  ['src/project.ts'],
  ['src/run'],
  ['src/mcp'],
  ['src/policy'],
  ['src/dialogue'],
  ['src/tools'],
  ['src/resources'],
  ['src/shell'],
  ['src/llm', 'src/knowledge', 'src/sandbox', 'src/language', 'src/identity', 'src/artifacts'],
  ['src/files'],
  ['src/diagnostics.ts'],
  ['src/diagnostic-events.ts'],
  ['src/store'],
  ['src/config.ts'],
  ['src/settings-schema.ts'],
  ['src/backup-settings.ts'],
  [
    'src/errors.ts',
    'src/vocabulary.ts',
    'src/phone-numbers.ts',
    'src/setting-values.ts',
    'src/secret-generations.ts',
    'src/host-and-port.ts',
    'src/secret-files.ts',
    'src/suggestion.ts',
    'src/faults.ts',
    'src/canonical-json.ts',
    'src/package-file.ts',
    'src/foreign-addresses.ts',
    'src/network-failures.ts',
  ],
];

/** What the package exports: above all layers, and all that agents know. */
const publicApi = new Set([
  'src/index.ts',
  'src/database.ts',
  'src/dialogue.ts',
  'src/files.ts',
  'src/mcp.ts',
  'src/sandbox.ts',
  'src/shell.ts',
]);

const bannedNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'lib', 'core', 'misc']);
const longestFile = 400;

/** Reads the files and what they import; imports of packages are left out. */
export function readSources(root: string, paths: readonly string[]): SourceFile[] {
  return paths.map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors.map(({ message }) => message).join('; ')}`);
  const source: SourceFile = {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [],
    readsEnvironment: false,
    writesToConsole: false,
    exports: exportsOf(program),
  };
  const add = (specifier: string, typeOnly: boolean) => {
    if (specifier.startsWith('.')) source.imports.push({ target: posix.normalize(posix.join(dirname(path), specifier)), typeOnly });
  };
  new Visitor({
    ImportDeclaration({ source: { value }, importKind, specifiers }) {
      add(value, importKind === 'type');
      const names = specifiers.flatMap((each) =>
        each.type === 'ImportSpecifier' && each.imported.type === 'Identifier' ? [each.imported.name] : [],
      );
      if (/^(node:)?process$/.test(value) && (names.includes('env') || names.length < specifiers.length))
        source.readsEnvironment = true;
      if (/^(node:)?console$/.test(value)) source.writesToConsole = true;
    },
    ExportNamedDeclaration({ source: from, exportKind }) {
      if (from !== null) add(from.value, exportKind === 'type');
    },
    ExportAllDeclaration: ({ source: { value }, exportKind }) => add(value, exportKind === 'type'),
    ImportExpression: ({ source: asked }) => add(literal(asked) ?? '', false),
    TSImportType: ({ source: { value } }) => add(value, true),
    // A worker thread is started by the address of its module.
    NewExpression({ callee, arguments: [address] }) {
      if (callee.type !== 'Identifier' || callee.name !== 'URL' || address === undefined) return;
      for (const each of address.type === 'ConditionalExpression' ? [address.consequent, address.alternate] : [address]) {
        const value = each.type === 'SpreadElement' ? undefined : literal(each);
        if (value?.endsWith('.ts') === true) add(value, false);
      }
    },
    MemberExpression({ object, property, computed }) {
      const name = !computed && property.type === 'Identifier' ? property.name : literal(property);
      const owner =
        object.type === 'Identifier'
          ? object.name
          : object.type === 'MemberExpression' && object.property.type === 'Identifier'
            ? object.property.name
            : undefined;
      if (owner === 'process' && name === 'env') source.readsEnvironment = true;
      if (owner === 'console') source.writesToConsole = true;
    },
    VariableDeclarator({ id, init }) {
      // const { env } = process
      if (init?.type === 'Identifier' && init.name === 'process' && id.type === 'ObjectPattern') source.readsEnvironment = true;
      if (init?.type === 'Identifier' && init.name === 'console') source.writesToConsole = true;
    },
  }).visit(program);
  return source;
}

/** A list of exported names counts where the file declares them itself. */
function exportsOf({ body }: Program): string[] {
  const imported = new Set(
    body.flatMap((each) => (each.type === 'ImportDeclaration' ? each.specifiers.map(({ local }) => local.name) : [])),
  );
  const names = body.flatMap((each) => {
    if (each.type !== 'ExportNamedDeclaration' || each.source !== null) return [];
    const { declaration, specifiers } = each;
    if (declaration === null)
      return specifiers.flatMap(({ local, exported }) =>
        local.type === 'Identifier' && !imported.has(local.name) && exported.type === 'Identifier' ? [exported.name] : [],
      );
    if (declaration.type === 'VariableDeclaration')
      return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
    return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
  });
  return [...new Set(names)];
}

function literal(node: { type: Expression['type'] | string; value?: unknown }): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** Every broken rule, in words; empty when there is none. */
export function faultsOf(sources: readonly SourceFile[]): string[] {
  return [
    ...directions(sources),
    ...cycles(sources, ({ typeOnly }) => !typeOnly),
    // Types vanish, and files of a test may refer to each other's; in the product such a pair is one thing cut in two.
    ...cycles(
      sources.filter(({ path }) => /^(src|agents)\//.test(path)),
      () => true,
    ),
    ...names(sources),
    ...doubles(sources),
    ...sizes(sources),
    ...privileges(sources),
    ...trades(sources),
    ...agentShapes(sources),
  ].filter((fault, position, all) => all.indexOf(fault) === position);
}

/** Reads people's answers with the widest domain that ships, so that a wish of any trade is no yes. */
const readsAnswers = new Set(['src/policy/consent.ts']);

/** A trade is spoken of in its own folder, and by agents: nothing else in `src` imports it. */
function trades(sources: readonly SourceFile[]): string[] {
  const trade = /^src\/dialogue\/(?!phrases\/)[^/]+\//;
  return sources.flatMap(({ path, imports }) =>
    !path.startsWith('src/') || isTest(path) || trade.test(path) || publicApi.has(path) || readsAnswers.has(path)
      ? []
      : imports.flatMap(({ target }) =>
          trade.test(target) ? [`${path} imports ${target}: only its own folder knows a trade`] : [],
        ),
  );
}

/** The layer of a path and the part of the layer that it belongs to; `undefined` where it is in none. */
function placeOf(path: string): { layer: number; part: string } | undefined {
  for (const [layer, parts] of layers.entries()) {
    const part = parts.find((each) => path === each || path.startsWith(`${each}/`));
    if (part !== undefined) return { layer, part };
  }
  return undefined;
}

const isTest = (path: string) => /\.test\.tsx?$|\/rehearsal\//.test(path);

function directions(sources: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const { path, imports } of sources) {
    if (isTest(path)) continue;
    for (const { target } of imports) {
      const wrong = (why: string) => faults.push(`${path} imports ${target}: ${why}`);
      const agent = /^agents\/([^/]+)\//.exec(path)?.[1];
      if (agent !== undefined) {
        if (!publicApi.has(target) && !target.startsWith(`agents/${agent}/`))
          wrong('an agent imports the public API and its own files');
        continue;
      }
      if (!path.startsWith('src/')) continue;
      if (target.startsWith('agents/') && path !== 'src/bundled-project.ts') wrong('only bundled-project.ts reaches agents');
      if (
        target.startsWith('src/telemetry/') &&
        !path.startsWith('src/telemetry/') &&
        path !== 'src/main.ts' &&
        path !== 'src/cli/up.ts'
      ) {
        wrong('nothing but main.ts and the command that starts the process knows telemetry');
      }
      if (target.startsWith('agents/') || publicApi.has(path)) continue;
      const [from, to] = [placeOf(path), placeOf(target)];
      if (from === undefined) wrong('the importing file is in no layer of the design');
      else if (to === undefined) wrong('the imported file is in no layer of the design');
      else if (to.layer < from.layer) wrong('imports go down the layers only');
      else if (to.layer === from.layer && to.part !== from.part) wrong('parts of one layer do not know each other');
    }
  }
  return faults;
}

function cycles(sources: readonly SourceFile[], counts: (each: SourceFile['imports'][number]) => boolean): string[] {
  const graph = new Map(sources.map(({ path, imports }) => [path, imports.filter(counts).map(({ target }) => target)]));
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) {
      faults.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return faults;
}

function names(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path }) => {
    const parts = path.replace(/(\.test|\.config|\.d)?\.tsx?$/, '').split('/');
    const banned = parts.filter((part) => bannedNames.has(part));
    const faults = banned.map((part) => `${path}: nothing is called "${part}"; name it for what it does`);
    if (!/^[a-z0-9-]+$/.test(parts.at(-1) ?? '')) faults.push(`${path}: file names are kebab-case`);
    return faults;
  });
}

/** One name for one thing: whoever looks a name up finds one place in `src`. */
function doubles(sources: readonly SourceFile[]): string[] {
  const owners = new Map<string, string>();
  return sources.flatMap(({ path, exports }) => {
    if (!path.startsWith('src/') || isTest(path)) return [];
    return exports.flatMap((name) => {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, path);
      return owner === undefined ? [] : [`${path} exports "${name}", as ${owner} does; give it a name of its own`];
    });
  });
}

function sizes(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, lines }) => (lines > longestFile ? [`${path} has ${lines} lines; ${longestFile} at most`] : []));
}

function privileges(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, readsEnvironment, writesToConsole }) => {
    if (!/^(src|agents)\//.test(path) || isTest(path) || path.startsWith('src/cli/')) return [];
    const faults: string[] = [];
    if (readsEnvironment && path !== 'src/config.ts') faults.push(`${path} reads process.env; only config.ts does`);
    if (writesToConsole) faults.push(`${path} writes to the console; publish on a channel of diagnostics.ts`);
    return faults;
  });
}

function agentShapes(sources: readonly SourceFile[]): string[] {
  const agents = new Set(sources.flatMap(({ path }) => /^agents\/([^/]+)\//.exec(path)?.[1] ?? []));
  return [...agents].flatMap((agent) =>
    ['agent.ts', 'flows.ts', 'tools.ts', 'policy.ts']
      .filter((file) => !sources.some(({ path }) => path === `agents/${agent}/${file}`))
      .map((file) => `agents/${agent} has no ${file}`)
      .concat(
        sources.some(({ path }) => path.startsWith(`agents/${agent}/`) && path.endsWith('.test.ts'))
          ? []
          : [`agents/${agent} has no test`],
      ),
  );
}

/** Reads a tree of sources and says where it breaks the rules of the design. */
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface SourceFile {
  /** Path from the root of the tree, with forward slashes. */
  path: string;
  lines: number;
  text: string;
  imports: { target: string; typeOnly: boolean }[];
}

/** Layers from the top down: a file may import from its own layer and from those after it. */
const layers: string[][] = [
  ['src/cli'],
  ['src/main.ts'],
  ['src/http', 'src/channels', 'src/operations', 'src/telemetry'],
  ['src/release'],
  ['src/run', 'src/project.ts', 'src/diagnostics.ts'],
  ['src/policy'],
  ['src/tools'],
  ['src/llm', 'src/knowledge', 'src/language', 'src/identity'],
  ['src/store'],
  ['src/config.ts', 'src/errors.ts', 'src/vocabulary.ts'],
];

const bannedNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'lib', 'core', 'misc']);
const longestFile = 400;

/** Reads the files and what they import; imports of packages are left out. */
export function readSources(root: string, paths: readonly string[]): SourceFile[] {
  return paths.map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const { module } = parseSync(path, text);
    const found: { target: string; typeOnly: boolean }[] = [];
    const add = (specifier: string, typeOnly: boolean) => {
      if (specifier.startsWith('.')) found.push({ target: posix.normalize(posix.join(dirname(path), specifier)), typeOnly });
    };
    for (const { moduleRequest, entries } of module.staticImports) {
      add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
    }
    for (const { entries } of module.staticExports) {
      for (const { moduleRequest, isType } of entries)
        if (moduleRequest !== null && moduleRequest !== undefined) add(moduleRequest.value, isType);
    }
    for (const { moduleRequest } of module.dynamicImports) {
      const literal = /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1];
      if (literal !== undefined) add(literal, false);
    }
    return { path, lines: text.split('\n').length - 1, text, imports: found };
  });
}

/** Every broken rule, in words; empty when there is none. */
export function faultsOf(sources: readonly SourceFile[]): string[] {
  return [
    ...directions(sources),
    ...cycles(sources),
    ...names(sources),
    ...sizes(sources),
    ...privileges(sources),
    ...agentShapes(sources),
  ];
}

function layerOf(path: string): number {
  return layers.findIndex((layer) => layer.some((place) => path === place || path.startsWith(`${place}/`)));
}

const isTest = (path: string) => /\.test\.ts$|\/rehearsal\//.test(path);

function directions(sources: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const { path, imports } of sources) {
    if (isTest(path)) continue;
    for (const { target } of imports) {
      const wrong = (why: string) => faults.push(`${path} imports ${target}: ${why}`);
      const agent = /^agents\/([^/]+)\//.exec(path)?.[1];
      if (agent !== undefined) {
        if (target !== 'src/index.ts' && !target.startsWith(`agents/${agent}/`))
          wrong('an agent imports the public API and its own files');
        continue;
      }
      if (!path.startsWith('src/')) continue;
      if (target.startsWith('agents/') && path !== 'src/main.ts') wrong('only main.ts reaches agents');
      if (
        target.startsWith('src/telemetry/') &&
        !path.startsWith('src/telemetry/') &&
        path !== 'src/main.ts' &&
        path !== 'src/cli/up.ts'
      ) {
        wrong('nothing but main.ts and the command that starts the process knows telemetry');
      }
      if (target.startsWith('agents/') || path === 'src/index.ts') continue;
      const [from, to] = [layerOf(path), layerOf(target)];
      if (from < 0) wrong('the importing file is in no layer of the design');
      else if (to < 0) wrong('the imported file is in no layer of the design');
      else if (to < from) wrong('imports go down the layers only');
    }
  }
  return faults;
}

/** A cycle of imports that exist at run time; types vanish, and may refer to each other. */
function cycles(sources: readonly SourceFile[]): string[] {
  const graph = new Map(
    sources.map(({ path, imports }) => [path, imports.flatMap(({ target, typeOnly }) => (typeOnly ? [] : [target]))]),
  );
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
    const parts = path.replace(/(\.test|\.config)?\.tsx?$/, '').split('/');
    const banned = parts.filter((part) => bannedNames.has(part));
    const faults = banned.map((part) => `${path}: nothing is called "${part}"; name it for what it does`);
    if (!/^[a-z0-9-]+$/.test(parts.at(-1) ?? '')) faults.push(`${path}: file names are kebab-case`);
    return faults;
  });
}

function sizes(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, lines }) => (lines > longestFile ? [`${path} has ${lines} lines; ${longestFile} at most`] : []));
}

function privileges(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, text }) => {
    if (!/^(src|agents)\//.test(path) || isTest(path)) return [];
    const faults: string[] = [];
    if (/\bprocess\.env\b/.test(text) && path !== 'src/config.ts' && !path.startsWith('src/cli/'))
      faults.push(`${path} reads process.env; only config.ts does`);
    if (/\bconsole\./.test(text) && !path.startsWith('src/cli/'))
      faults.push(`${path} writes to the console; publish on a channel of diagnostics.ts`);
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

/** Renames in TypeScript and JavaScript by the compiler's language service, which sees the project's own files and the standard library, and nothing else. */
import { posix } from 'node:path';
import type { FileChange } from '../../../../src/files.ts';
import type { Place, Project, ProposedChanges, Snapshot } from '../contract.ts';
import type { FoundSymbol } from '../outline.ts';
import { changeOfSpans, placeFinder, type Span } from '../span-edits.ts';
import { escaped } from '../word-pattern.ts';

type Services = typeof import('@ts-morph/common');
type Service = import('@ts-morph/common').ts.LanguageService;

export type ScriptRename =
  | ({ kind: 'proposed' } & ProposedChanges)
  | { kind: 'cannot'; message: string }
  | { kind: 'breaks'; places: readonly Place[]; message: string }
  | { kind: 'no-service' };

export async function renameInScripts(
  project: Project,
  snapshot: Snapshot,
  symbol: FoundSymbol,
  to: string,
): Promise<ScriptRename> {
  const services = await import('@ts-morph/common').catch(() => undefined);
  if (services === undefined) return { kind: 'no-service' };
  const texts = new Map<string, { text: string; hash: string }>();
  const having: string[] = [];
  for (const [path, file] of snapshot.files) {
    if (!/^(typescript|tsx|javascript)$/.test(file.language)) continue;
    const read = await project.read(path).catch(() => undefined);
    if (read === undefined) continue;
    texts.set(path, read);
    if (file.names.has(symbol.name)) having.push(path);
  }
  const settings = await project.read('tsconfig.json').then(
    ({ text }) => text,
    () => '{}',
  );
  // Both services share what they parse alike, the standard library above all.
  const registry = services.ts.createDocumentRegistry();
  const before = serviceOf(services, registry, settings, having, (path) => texts.get(path));
  const declared = texts.get(symbol.path);
  if (declared === undefined) return { kind: 'cannot', message: `${symbol.path} cannot be read.` };
  const at = offsetOf(declared.text, symbol);
  const info = before.getRenameInfo(`/${symbol.path}`, at, {});
  if (!info.canRename) return { kind: 'cannot', message: info.localizedErrorMessage };
  const locations =
    before.findRenameLocations(`/${symbol.path}`, at, false, false, { providePrefixAndSuffixTextForRename: true }) ?? [];
  const spans = new Map<string, Span[]>();
  // `export { new as old }`: what a file hands on keeps its name.
  const kept = new Set<string>();
  for (const { fileName, textSpan, prefixText = '', suffixText = '' } of locations) {
    const path = fileName.slice(1);
    if (!texts.has(path))
      return { kind: 'cannot', message: `${symbol.name} is declared in ${path}, which is no file of this project.` };
    const span = { start: textSpan.start, end: textSpan.start + textSpan.length, new: `${prefixText}${to}${suffixText}` };
    if (suffixText === ` as ${symbol.name}`) kept.add(path);
    spans.set(path, [...(spans.get(path) ?? []), span]);
  }
  const changes: FileChange[] = [];
  const places: Place[] = [];
  const after = new Map(texts);
  for (const [path, each] of [...spans].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { text, hash } = texts.get(path) as { text: string; hash: string };
    const placeAt = placeFinder(path, text);
    const sorted = each.sort((a, b) => a.start - b.start);
    places.push(...sorted.map(({ start }) => placeAt(start)));
    changes.push(changeOfSpans(path, text, hash, sorted));
    after.set(path, { text: spliced(text, sorted), hash: `${hash}-renamed` });
  }
  const faults = newFaults(
    services,
    before,
    serviceOf(services, registry, settings, having, (path) => after.get(path)),
    [...spans.keys()],
  );
  if (faults.length > 0) {
    const shown = faults.map(({ path, offset, message }) => ({
      ...placeFinder(path, after.get(path)?.text ?? '')(offset),
      message,
    }));
    return {
      kind: 'breaks',
      places: shown,
      message: shown.map(({ path, line, message }) => `${path}:${line}: ${message}`).join('\n'),
    };
  }
  const strings = having.reduce(
    (sum, path) => sum + [...(texts.get(path)?.text ?? '').matchAll(new RegExp(`(['"\`])${escaped(symbol.name)}\\1`, 'g'))].length,
    0,
  );
  return {
    kind: 'proposed',
    changes,
    places,
    undecided: [],
    notes: [
      ...(kept.size === 0 ? [] : [`${[...kept].join(', ')} hands it on as ${symbol.name}, and so it is called from there.`]),
      ...(strings === 0
        ? []
        : [`"${symbol.name}" is also written in ${strings} ${strings === 1 ? 'string' : 'strings'}, which stay as they are.`]),
    ],
  };
}

interface Script {
  text: string;
  hash: string;
}

function serviceOf(
  { ts, getLibFiles }: Services,
  registry: import('@ts-morph/common').ts.DocumentRegistry,
  settings: string,
  roots: readonly string[],
  read: (path: string) => Script | undefined,
): Service {
  const asked = ts.parseConfigFileTextToJson('/tsconfig.json', settings).config as { compilerOptions?: object } | undefined;
  const { options } = ts.convertCompilerOptionsFromJson(asked?.compilerOptions ?? {}, '/', '/tsconfig.json');
  const compilerOptions = { ...options, allowJs: true, noEmit: true, types: [], plugins: [] };
  const libraries = new Map(getLibFiles().map(({ fileName, text }) => [`/.lib/${fileName}`, text]));
  const textOf = (name: string) => libraries.get(name) ?? read(name.slice(1))?.text;
  const files = roots.map((path) => `/${path}`);
  return ts.createLanguageService(
    {
      getCompilationSettings: () => compilerOptions,
      getScriptFileNames: () => files,
      getScriptVersion: (name) => read(name.slice(1))?.hash ?? '',
      getScriptSnapshot(name) {
        const text = textOf(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: (given) => posix.join('/.lib', ts.getDefaultLibFileName(given)),
      fileExists: (name) => textOf(name) !== undefined,
      readFile: (name) => textOf(name),
      useCaseSensitiveFileNames: () => true,
    },
    registry,
  );
}

/** Faults of the changed files that were not there before, by their code and words; faults of libraries that are not read are on both sides. */
function newFaults(
  { ts }: Services,
  before: Service,
  after: Service,
  paths: readonly string[],
): { path: string; offset: number; message: string }[] {
  const faultsOf = (service: Service, path: string) =>
    [...service.getSyntacticDiagnostics(`/${path}`), ...service.getSemanticDiagnostics(`/${path}`)].map(
      ({ code, start = 0, messageText }) => ({
        path,
        offset: start,
        code,
        message: ts.flattenDiagnosticMessageText(messageText, ' '),
      }),
    );
  return paths.flatMap((path) => {
    const known = new Map<number, number>();
    for (const { code } of faultsOf(before, path)) known.set(code, (known.get(code) ?? 0) + 1);
    return faultsOf(after, path).filter(({ code }) => {
      const left = known.get(code) ?? 0;
      known.set(code, left - 1);
      return left <= 0;
    });
  });
}

function offsetOf(text: string, { line, column }: FoundSymbol): number {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1;
  return at + column - 1;
}

function spliced(text: string, spans: readonly Span[]): string {
  let [result, at] = ['', 0];
  for (const { start, end, new: inserted } of spans) {
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}

/** One language server in the sandbox, spoken to by the Language Server Protocol over its standard input and output. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { startSandboxedServer } from '../../../src/shell.ts';
import type { Diagnostic } from '../analysis/diagnostics.ts';
import { languageOfPath } from '../analysis/languages.ts';
import { importGraph } from '../analysis/resolve-imports.ts';
import { CheckerTooSlow } from './commands.ts';
import type { CheckedProject, FaultFinder } from './contract.ts';

/** Files that import one that changed, and are looked at with it. */
const mostImporters = 20;
/** After so long without a question it ends. */
const idleMs = 10 * 60_000;
/** A server that tells by itself is waited for so long after its last word, milliseconds. */
const settledMs = 400;

interface Told {
  range: { start: { line: number; character: number } };
  severity?: number;
  code?: string | number;
  message: string;
}

interface Server {
  connection: MessageConnection;
  pulls: boolean;
  /** What it told by itself, by address. */
  published: Map<string, { at: number; told: readonly Told[] }>;
}

type Terms = Parameters<FaultFinder['faults']>[1];

export class LanguageServer {
  readonly #project: CheckedProject;
  readonly #name: string;
  readonly #argv: readonly string[];
  #server: Promise<Server> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #stop: () => void = () => undefined;
  /** Size and time of the files as it knows them. */
  #stamps = new Map<string, string>();
  over = false;

  constructor(project: CheckedProject, name: string, argv: readonly string[]) {
    this.#project = project;
    this.#name = name;
    this.#argv = argv;
  }

  async faults(paths: readonly string[], { before, ms, signal }: Terms): Promise<Diagnostic[]> {
    clearTimeout(this.#idle);
    this.#server ??= this.#start();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new CheckerTooSlow(this.#name, ms)), ms);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      return await Promise.race([this.#ask(await Promise.race([this.#server, late]), paths, before), late]);
    } catch (error) {
      this.end();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#idle = setTimeout(() => this.end(), idleMs);
      this.#idle.unref();
    }
  }

  end(): void {
    this.over = true;
    this.#stop();
  }

  async #start(): Promise<Server> {
    const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = await import('vscode-jsonrpc/node');
    const { folder, environment, isSecret } = this.#project;
    const started = await startSandboxedServer(this.#argv, { root: folder, environment, isSecret });
    const connection = createMessageConnection(new StreamMessageReader(started.output), new StreamMessageWriter(started.input));
    this.#stop = () => {
      connection.dispose();
      started.stop();
    };
    const ended = started.ended.then(() => {
      this.over = true;
      throw new Error(`${this.#name} ended by itself`);
    });
    ended.catch(() => undefined);
    const published: Server['published'] = new Map();
    connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Told[] }) => {
      published.set(uri, { at: performance.now(), told: diagnostics });
    });
    connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
    connection.onRequest(() => null);
    connection.onError(() => undefined);
    connection.listen();
    const rootUri = pathToFileURL(folder).href;
    const { capabilities } = await Promise.race([
      connection.sendRequest<{ capabilities: { diagnosticProvider?: object } }>('initialize', {
        processId: null,
        rootUri,
        workspaceFolders: [{ uri: rootUri, name: 'project' }],
        capabilities: {
          workspace: { configuration: true, workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
          textDocument: {
            synchronization: { didSave: true },
            publishDiagnostics: {},
            diagnostic: { relatedDocumentSupport: true },
          },
        },
      }),
      ended,
    ]);
    await connection.sendNotification('initialized', {});
    return { connection, pulls: capabilities.diagnosticProvider !== undefined, published };
  }

  async #ask(server: Server, paths: readonly string[], before: Terms['before']): Promise<Diagnostic[]> {
    await this.#tellChanges(server);
    const looked = [...new Set([...paths, ...(await this.#importersOf(paths))])];
    const contents = new Map<string, string>();
    for (const path of looked) contents.set(path, decoded(before?.get(path) ?? (await readFile(join(this.#project.folder, path)))));
    // What changed and is not asked about is open, too: it is as it was.
    for (const [path, bytes] of before ?? []) if (!contents.has(path)) contents.set(path, decoded(bytes));
    const { connection, published } = server;
    const uriOf = (path: string) => pathToFileURL(join(this.#project.folder, path)).href;
    for (const [path, text] of contents) {
      published.delete(uriOf(path));
      const textDocument = { uri: uriOf(path), languageId: languageIdOf(path), version: 1, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
    }
    try {
      const found: Diagnostic[] = [];
      for (const path of looked)
        for (const told of await this.#toldOf(server, uriOf(path)))
          if ((told.severity ?? 1) <= 2) found.push(diagnosticOf(path, told));
      return found;
    } finally {
      for (const path of contents.keys())
        await connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf(path) } });
    }
  }

  async #toldOf({ connection, pulls, published }: Server, uri: string): Promise<readonly Told[]> {
    if (pulls) {
      const { items = [] } = await connection.sendRequest<{ items?: Told[] }>('textDocument/diagnostic', { textDocument: { uri } });
      return items;
    }
    // It may tell in several steps, the syntax first.
    for (;;) {
      const heard = published.get(uri);
      if (heard !== undefined && performance.now() - heard.at >= settledMs) return heard.told;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Everything that changed on the disk since it was last asked, whoever changed it. */
  async #tellChanges({ connection }: Server): Promise<void> {
    const { folder } = this.#project;
    const { listing } = await (await this.#project.index()).snapshot();
    const now = new Map<string, string>();
    for (const path of listing.paths) {
      if (languageOfPath(path) === undefined && !path.endsWith('.json')) continue;
      const state = await lstat(join(folder, path)).catch(() => undefined);
      if (state !== undefined) now.set(path, `${state.size} ${state.mtimeMs} ${state.ino}`);
    }
    const known = this.#stamps;
    const changes = [
      ...[...now].flatMap(([path, stamp]) => (known.get(path) === stamp ? [] : [{ path, type: known.has(path) ? 2 : 1 }])),
      ...[...known.keys()].flatMap((path) => (now.has(path) ? [] : [{ path, type: 3 }])),
    ];
    this.#stamps = now;
    if (known.size === 0 || changes.length === 0) return;
    await connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: changes.map(({ path, type }) => ({ uri: pathToFileURL(join(folder, path)).href, type })),
    });
  }

  async #importersOf(paths: readonly string[]): Promise<string[]> {
    const changed = new Set(paths);
    const graph = await importGraph(await this.#project.analysed(), await (await this.#project.index()).snapshot());
    const importers = new Set(
      graph.dependencies.filter(({ to, from }) => changed.has(to) && !changed.has(from)).map(({ from }) => from),
    );
    return [...importers].slice(0, mostImporters);
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function languageIdOf(path: string): string {
  const language = languageOfPath(path) ?? 'plaintext';
  return language === 'tsx' ? 'typescriptreact' : language;
}

function diagnosticOf(path: string, { range, severity = 1, code = '', message }: Told): Diagnostic {
  const { line, character } = range.start;
  return {
    path,
    line: line + 1,
    column: character + 1,
    severity: severity === 1 ? 'error' : 'warning',
    code: String(code),
    message,
  };
}

/** Language servers that a project or its machine has: found by their programs, started with the first edit in their language, kept while they are used. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { commandEnvironment } from '../../../src/shell.ts';
import { languageOfPath } from '../analysis/languages.ts';
import type { Checker } from '../analysis/test-runners.ts';
import type { CheckedProject, FaultFinder } from './contract.ts';
import { LanguageServer } from './language-server.ts';

interface Known {
  name: string;
  argv: readonly string[];
  covers: RegExp;
  /** Checkers whose faults it finds, too. */
  replaces: readonly Checker[];
  /** What of a project it goes by; without one of these it would make up settings of its own. */
  because?: readonly string[];
}

const scripts = /\.[cm]?tsx?$/;
const python = /\.pyi?$/;

const known: readonly Known[] = [
  // The compiler from version 7 on is one itself.
  { name: 'tsc', argv: ['tsc', '--lsp', '--stdio'], covers: scripts, replaces: ['tsc'], because: ['tsconfig.json'] },
  {
    name: 'typescript-language-server',
    argv: ['typescript-language-server', '--stdio'],
    covers: scripts,
    replaces: ['tsc'],
    because: ['tsconfig.json'],
  },
  { name: 'basedpyright', argv: ['basedpyright-langserver', '--stdio'], covers: python, replaces: ['pyright', 'mypy'] },
  { name: 'pyright', argv: ['pyright-langserver', '--stdio'], covers: python, replaces: ['pyright', 'mypy'] },
  { name: 'gopls', argv: ['gopls'], covers: /\.go$/, replaces: [], because: ['go.mod'] },
  { name: 'clangd', argv: ['clangd'], covers: /\.(?:c|cc|cpp|cxx|h|hpp)$/, replaces: [], because: ['compile_commands.json'] },
];

export type ServedFinder = FaultFinder & { replaces: readonly Checker[] };

export class LanguageServers {
  readonly #project: CheckedProject;
  readonly #running = new Map<string, LanguageServer>();

  constructor(project: CheckedProject) {
    this.#project = project;
  }

  /** One for each language of these files, where there is one. */
  async for(paths: readonly string[]): Promise<ServedFinder[]> {
    const code = paths.filter((path) => languageOfPath(path) !== undefined);
    const found: ServedFinder[] = [];
    for (const server of known) {
      const covers = (path: string) => server.covers.test(path);
      if (!code.some(covers) || found.some((other) => code.some((path) => covers(path) && other.covers(path)))) continue;
      const argv = this.#installed(server);
      if (argv === undefined || server.because?.every((path) => !existsSync(join(this.#project.folder, path))) === true) continue;
      found.push({
        name: server.name,
        replaces: server.replaces,
        covers,
        faults: (own, terms) => this.#server(server.name, argv).faults(own, terms),
      });
    }
    return found;
  }

  #server(name: string, argv: readonly string[]): LanguageServer {
    const running = this.#running.get(name);
    if (running !== undefined && !running.over) return running;
    const started = new LanguageServer(this.#project, name, argv);
    this.#running.set(name, started);
    return started;
  }

  /** The project's own first, then the machine's. A folder of the project is never in the search path. */
  #installed({ argv: [program = '', ...args] }: Known): readonly string[] | undefined {
    const { folder, environment } = this.#project;
    const own = join(folder, 'node_modules', '.bin', program);
    if (existsSync(own)) return program === 'tsc' && !(majorOf(folder) >= 7) ? undefined : [own, ...args];
    if (program === 'tsc') return undefined;
    const path = commandEnvironment(environment, folder)['PATH'] ?? '';
    return path.split(delimiter).some((each) => existsSync(join(each, program))) ? [program, ...args] : undefined;
  }
}

function majorOf(folder: string): number {
  try {
    const read = JSON.parse(readFileSync(join(folder, 'node_modules', 'typescript', 'package.json'), 'utf8')) as {
      version?: string;
    };
    return Number.parseInt(read.version ?? '', 10);
  } catch {
    return Number.NaN;
  }
}

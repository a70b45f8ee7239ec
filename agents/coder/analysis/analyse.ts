/** Answers a request for analysis. What comes back is JSON, and was written by others where it quotes the project. */
import { commitProposal, summarizeChanges } from './changes.ts';
import type { Project, Snapshot } from './contract.ts';
import { dotOf, moduleGraph } from './dependencies.ts';
import { explain, explainCode } from './explain.ts';
import { metrics, todos } from './measures.ts';
import { type MachineMemory, proposeModel } from './models.ts';
import { findOccurrences } from './occurrences.ts';
import { declarationsOf, findSymbols, outline } from './outline.ts';
import type { ProjectIndex } from './project-index.ts';
import { relatedFiles } from './related.ts';
import { rename } from './rename/rename.ts';
import { replaceByPattern } from './replace.ts';
import { repositoryMap } from './repository-map.ts';
import type { AnalysisRequest } from './requests.ts';
import { importGraph } from './resolve-imports.ts';
import { search } from './search.ts';
import { similarNames } from './similar-names.ts';
import { checkCommands, testCommands } from './test-runners.ts';
import { tree } from './tree.ts';

export interface Analysis {
  project: Project;
  index: ProjectIndex;
  /** Of the machine, asked when it is needed. */
  memory(): MachineMemory;
  signal?: AbortSignal | undefined;
}

/** Rows of a list that go into one answer; what is left out is counted. */
const mostRows = 200;

export async function analyse(analysis: Analysis, request: AnalysisRequest) {
  const { project, index, signal } = analysis;
  switch (request.action) {
    case 'search': {
      try {
        return {
          kind: 'search' as const,
          pattern: request.pattern,
          ...(await search(project, request.pattern, { ...request, signal })),
        };
      } catch (error) {
        if (signal?.aborted === true) throw error;
        return {
          kind: 'bad-pattern' as const,
          pattern: request.pattern,
          because: error instanceof Error ? error.message : String(error),
        };
      }
    }
    case 'tree':
      return { kind: 'tree' as const, ...(await tree(project, request)) };
    case 'tests':
      return { kind: 'tests' as const, root: project.root, commands: await testCommands(project, request.only) };
    case 'checks':
      return { kind: 'checks' as const, root: project.root, commands: await checkCommands(project) };
    case 'explain-code':
      return { kind: 'explained-code' as const, explanation: await explainCode(request.code) };
    case 'models':
      return { kind: 'models' as const, ...proposeModel(analysis.memory()) };
    case 'forget-index':
      await index.clear();
      return { kind: 'forgotten-index' as const };
    default:
      return withSnapshot(analysis, await index.snapshot(signal), request);
  }
}

export type AnalysisAnswer = Awaited<ReturnType<typeof analyse>>;

type SnapshotRequest = Exclude<
  AnalysisRequest,
  { action: 'search' | 'tree' | 'tests' | 'checks' | 'explain-code' | 'models' | 'forget-index' }
>;

async function withSnapshot({ project, index }: Analysis, snapshot: Snapshot, request: SnapshotRequest) {
  switch (request.action) {
    case 'outline':
      return { kind: 'outlined' as const, outline: outline(snapshot, request.path) };
    case 'symbols':
      return { kind: 'symbols' as const, name: request.name ?? null, ...findSymbols(snapshot, { ...request, limit: mostRows }) };
    case 'refs': {
      const simple = request.name.split('.').at(-1) ?? request.name;
      const found = await findOccurrences(project, snapshot, simple);
      const declared = declarationsOf(snapshot, request.name);
      return {
        kind: 'refs' as const,
        name: request.name,
        declarations: declared,
        found: found.slice(0, mostRows),
        total: found.length,
        similar: found.length === 0 ? similarNames(snapshot, request.name) : [],
      };
    }
    case 'todo': {
      const found = todos(snapshot, request.under);
      return { kind: 'todo' as const, todos: found.slice(0, mostRows), total: found.length };
    }
    case 'metrics':
      return { kind: 'metrics' as const, ...metrics(snapshot, request.under) };
    case 'diff':
      return { kind: 'diff' as const, summary: await summarizeChanges(project, snapshot, request) };
    case 'commit-message':
      return { kind: 'commit-message' as const, proposal: await commitProposal(project, snapshot, request) };
    case 'replace':
      return { kind: 'replaced' as const, pattern: request.pattern, result: await replaceByPattern(project, snapshot, request) };
    case 'index':
      return {
        kind: 'index' as const,
        parsed: snapshot.parsed,
        ...index.size(),
        skipped: snapshot.skipped,
        secrets: snapshot.listing.secrets,
      };
    default:
      return withGraph(project, snapshot, request);
  }
}

type GraphRequest = Extract<AnalysisRequest, { action: 'related' | 'map' | 'deps' | 'rename' | 'explain' | 'report' }>;

async function withGraph(project: Project, snapshot: Snapshot, request: GraphRequest) {
  const graph = await importGraph(project, snapshot);
  switch (request.action) {
    case 'related': {
      const known = snapshot.listing.paths.includes(request.path);
      return {
        kind: 'related' as const,
        path: request.path,
        known,
        files: known ? (await relatedFiles(project, snapshot, graph, request.path)).slice(0, 50) : [],
      };
    }
    case 'map':
      return { kind: 'map' as const, ...repositoryMap(snapshot, graph, request) };
    case 'deps': {
      const { edges, ...drawn } = moduleGraph(snapshot, graph, request.under);
      return {
        kind: 'deps' as const,
        ...drawn,
        edges: edges.length,
        dot: request.dot === true ? dotOf({ edges, ...drawn }) : null,
      };
    }
    case 'rename':
      return { kind: 'renamed' as const, from: request.from, result: await rename(project, snapshot, graph, request) };
    case 'explain':
      return { kind: 'explained' as const, what: request.what, explanation: await explain(project, snapshot, graph, request.what) };
    case 'report': {
      const { edges, cycles, libraries, central } = moduleGraph(snapshot, graph, request.under);
      return {
        kind: 'report' as const,
        metrics: metrics(snapshot, request.under),
        modules: { edges: edges.length, cycles, libraries: libraries.slice(0, 15), central: central.slice(0, 8) },
        todos: todos(snapshot, request.under).length,
        tree: await tree(project, { depth: 2, under: request.under, limit: 60 }),
        tests: await testCommands(project),
        checks: await checkCommands(project),
      };
    }
  }
}

/** Runs commands of the project: judged before they run, and what they changed is found and kept. */
import { z } from 'zod';
import { defineTool, type ToolContext } from '../../src/index.ts';
import { CommandNotStarted, commandScope, type JudgedCommand, judgeCommand, runCommand } from '../../src/shell.ts';
import { keepChange } from './changes.ts';
import { changedSince, lookAround } from './command-effects.ts';
import type { CoderMode } from './contract.ts';
import type { CoderProject } from './project.ts';
import { modeAndReads } from './sessions.ts';
import { spanishReasons } from './spanish-reasons.ts';

const input = z.object({
  command: z.string().min(1).max(10_000).describe('As it would be typed in bash'),
  folder: z.string().max(1_000).optional().describe('Relative to the project; its root where absent'),
  seconds: z.number().int().min(1).max(600).optional().describe('Time limit, 120 where absent'),
});
type RunInput = z.infer<typeof input>;

/** What rules look at before a command runs. */
export interface CommandFacts {
  mode: CoderMode;
  verdict: JudgedCommand['verdict'];
  reasons: { es: string; en: string };
  shown: string;
  /** Two commands with the same one are covered by one approval. */
  scope: string;
  network: JudgedCommand['network'];
  folder: string;
  /** It would run in a sandbox. */
  sandboxed: boolean;
}

/** A command that is asked about runs in the sandbox in the mode `auto`, where there is one; what needs the network does not. */
async function placed(project: CoderProject, context: ToolContext, { command, folder }: RunInput) {
  const judged = judgeCommand(command, {
    root: project.folder,
    isSecret: project.isSecret,
    ...(folder === undefined ? {} : { folder }),
  });
  const { mode } = await modeAndReads(context, context.conversationId);
  const wanted = mode === 'auto' && judged.verdict === 'ask' && judged.network !== 'yes';
  const sandboxed = wanted && (await project.sandbox()).available;
  return { judged, mode, sandboxed };
}

export function runTool(project: CoderProject) {
  return defineTool({
    name: 'run',
    description:
      'Runs a command in the project and answers its output, how it ended, and which files it changed. It has no terminal and no input. For reading, searching and editing there are better tools.',
    input,
    effect: 'write',
    target: 'outside',
    timeoutMs: 620_000,
    async facts(wanted, context): Promise<CommandFacts> {
      const { judged, mode, sandboxed } = await placed(project, context, wanted);
      const { verdict, shown, network } = judged;
      return {
        mode,
        verdict,
        reasons: { es: spanishReasons(judged.reasons).join(' '), en: judged.reasons.map(({ message }) => message).join(' ') },
        shown,
        scope: commandScope(judged).key,
        network,
        folder: wanted.folder ?? '',
        sandboxed,
      };
    },
    async execute(wanted, context) {
      const { judged, sandboxed } = await placed(project, context, wanted);
      const reads = judged.verdict === 'allow';
      const files = await project.files();
      // What is proven to change nothing is not looked at twice.
      const before = reads ? undefined : await lookAround(project, files, context.signal);
      let result: Awaited<ReturnType<typeof runCommand>>;
      try {
        result = await runCommand({
          command: judged.argv === undefined ? { line: judged.line } : { argv: judged.argv },
          root: project.folder,
          where: sandboxed ? 'sandboxed' : 'host',
          wallMs: (wanted.seconds ?? 120) * 1000,
          outputBytes: 32 * 1024,
          signal: context.signal,
          environment: project.environment,
          isSecret: project.isSecret,
          // Without a person's word, git has no network, no hooks and none of the repository's own programs.
          approved: !reads && !sandboxed,
          onOutput: (text) => context.progress(text),
          ...(wanted.folder === undefined ? {} : { folder: wanted.folder }),
        });
      } catch (error) {
        if (error instanceof CommandNotStarted) return { kind: 'not-started' as const, because: error.message };
        throw error;
      }
      const changed = before === undefined ? [] : await changedSince(before, project, files);
      if (changed.length > 0) {
        const { idempotencyKey: key, conversationId, runId } = context;
        const title = judged.shown.slice(0, 200);
        await keepChange(context, { key, conversationId, runId, kind: 'command', state: 'applied', title, answer: null }, changed);
      }
      const undoable = changed.filter(({ undoable: can }) => can).map(({ path }) => path);
      if (isTest(wanted.command)) context.metrics.add('test_runs', { result: result.exitCode === 0 ? 'passed' : 'failed' });
      return {
        kind: 'ran' as const,
        where: result.where,
        exitCode: result.exitCode ?? null,
        ...(result.signal === undefined ? {} : { endedBy: result.signal }),
        ...(result.timedOut ? { timedOut: true } : {}),
        output: result.output,
        ...(changed.length === 0 ? {} : { changed: changed.map(({ path }) => path).slice(0, 200) }),
        ...(undoable.length === changed.length ? {} : { notUndoable: changed.length - undoable.length }),
        seconds: Math.round(result.wallMs / 100) / 10,
        untrusted: true,
      };
    },
    // A command that is proven to change nothing may simply run again; of any other nobody knows how far it came.
    reconcile: async (_key, { command, folder }) => {
      const options = { root: project.folder, isSecret: project.isSecret, ...(folder === undefined ? {} : { folder }) };
      return judgeCommand(command, options).verdict === 'allow' ? { kind: 'did-not-happen' } : { kind: 'unknown' };
    },
    describe: ({ command }) => ({ es: `corrió «${command}»`, en: `ran "${command}"` }),
  });
}

/** The test runners that people know; what a project calls otherwise is not counted. */
function isTest(command: string): boolean {
  return /^\s*(?:npx\s+)?(?:npm (?:run )?test|pnpm (?:run )?test|yarn (?:run )?test|vitest|jest|mocha|pytest|python3? -m (?:pytest|unittest)|go test|cargo test|mvn .*test|gradle .*test|make test)\b/.test(
    command,
  );
}

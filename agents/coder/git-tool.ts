/** Git, by a runner that starts nothing of the repository: no hooks, pagers, filters or helpers. Commits are the user's, with the agent as a trailer. */
import { z } from 'zod';
import { defineTool, type Reconciliation } from '../../src/index.ts';
import { GitFailed, gitAdd, gitBranches, gitCommit, gitDiff, gitLog, gitMakeBranch, gitShow, gitStatus } from '../../src/shell.ts';
import type { CoderMode } from './contract.ts';
import type { CoderProject } from './project.ts';
import { modeAndReads } from './sessions.ts';

const paths = z.array(z.string().min(1).max(1_000)).max(500).optional();
const input = z.object({
  action: z.enum(['status', 'diff', 'log', 'show', 'branches', 'add', 'commit', 'branch']),
  paths: paths.describe('For diff, log and add'),
  what: z.enum(['all', 'staged', 'unstaged']).optional().describe('For diff'),
  revision: z.string().max(200).optional().describe('For log and show'),
  most: z.number().int().min(1).max(200).optional().describe('For log'),
  message: z.string().max(20_000).optional().describe('For commit'),
  name: z.string().max(200).optional().describe('For branch'),
});
type GitInput = z.infer<typeof input>;

/** What rules look at before git runs. */
export interface GitFacts {
  mode: CoderMode;
  writes: boolean;
  shown: string;
}

type GitAnswer = ({ kind: 'done'; untrusted: true } & Record<string, unknown>) | { kind: 'failed'; because: string };

const writing: readonly GitInput['action'][] = ['add', 'commit', 'branch'];
const trailers = [['Assisted-by', 'Timonel coder']] as const;

export function gitTool(project: CoderProject) {
  const root = project.folder;
  return defineTool({
    name: 'git',
    description:
      'Git of the project: status, diff, log, show, branches; add, commit and branch. A commit has what is in the index: add first.',
    input,
    effect: 'write',
    target: 'outside',
    timeoutMs: 70_000,
    async facts(wanted, context): Promise<GitFacts> {
      const { mode } = await modeAndReads(context, context.conversationId);
      const { action, paths: named = [], message, name } = wanted;
      const shown = [action, ...named, ...(name === undefined ? [] : [name]), ...(message === undefined ? [] : [`\n${message}`])];
      return { mode, writes: writing.includes(action), shown: shown.join(' ') };
    },
    async execute(wanted, { signal }): Promise<GitAnswer> {
      const options = { environment: project.environment, signal };
      try {
        return { kind: 'done', ...(await answered(root, wanted, options, project)), untrusted: true };
      } catch (error) {
        if (error instanceof GitFailed) return { kind: 'failed', because: error.message };
        throw error;
      }
    },
    async reconcile(_key, wanted, { signal }): Promise<Reconciliation<GitAnswer>> {
      const { action, message = '', name } = wanted;
      const options = { environment: project.environment, signal };
      // Reading and adding again does no harm.
      if (!writing.includes(action) || action === 'add') return { kind: 'did-not-happen' };
      if (action === 'branch') {
        const made = (await gitBranches(root, options)).some((branch) => branch.name === name);
        return made ? { kind: 'happened', output: { kind: 'done', branch: name, untrusted: true } } : { kind: 'did-not-happen' };
      }
      const [last] = await gitLog(root, { ...options, most: 1 });
      const same = last !== undefined && `${last.subject}\n\n${last.body}`.includes(message.trim().split('\n')[0] ?? message);
      if (same) return { kind: 'happened', output: { kind: 'done', commit: last.hash, untrusted: true } };
      const { files } = await gitStatus(root, options);
      return files.some(({ staged }) => staged !== 'unchanged' && staged !== 'untracked')
        ? { kind: 'did-not-happen' }
        : { kind: 'unknown' };
    },
    describe: ({ action }) => ({ es: `git ${action}`, en: `git ${action}` }),
  });
}

type Options = { environment: CoderProject['environment']; signal: AbortSignal };

async function answered(root: string, wanted: GitInput, options: Options, { isSecret }: CoderProject): Promise<object> {
  const { action, paths: named = [], what = 'all', revision, most = 20, message = '', name = '' } = wanted;
  switch (action) {
    case 'status':
      return { status: await gitStatus(root, options) };
    case 'diff': {
      const { text, hidden } = await gitDiff(root, { ...options, what, paths: named, isSecret });
      return { diff: text, ...(hidden.length === 0 ? {} : { hidden }) };
    }
    case 'log':
      return { commits: await gitLog(root, { ...options, most, paths: named, ...(revision === undefined ? {} : { revision }) }) };
    case 'show':
      return { shown: await gitShow(root, revision ?? 'HEAD', { ...options, isSecret }) };
    case 'branches':
      return { branches: await gitBranches(root, options) };
    case 'add':
      await gitAdd(root, named, { ...options, isSecret });
      return { added: named };
    case 'commit':
      return { commit: await gitCommit(root, { ...options, message, trailers }) };
    case 'branch':
      await gitMakeBranch(root, name, revision ?? 'HEAD', options);
      return { branch: name };
  }
}

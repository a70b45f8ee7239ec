import { GitFailed } from './git-failed.ts';

interface Subcommand {
  /** Put before the caller's words. */
  always?: readonly string[];
  /** It runs hooks, and does nothing else. */
  hooks?: boolean;
}

const noDrivers = ['--no-ext-diff', '--no-textconv'];
const noSubmodules = ['--ignore-submodules=dirty'];

/** Subcommands that need no network and no terminal, and what each is always called with. */
const subcommands = new Map<string, Subcommand>([
  ['add', {}],
  ['blame', { always: ['--no-textconv'] }],
  ['branch', {}],
  ['cat-file', {}],
  ['check-attr', {}],
  ['check-ignore', {}],
  ['checkout-index', {}],
  ['commit', {}],
  ['commit-tree', {}],
  ['diff', { always: [...noDrivers, ...noSubmodules] }],
  ['diff-files', { always: [...noDrivers, ...noSubmodules] }],
  ['diff-index', { always: [...noDrivers, ...noSubmodules] }],
  ['diff-tree', { always: noDrivers }],
  ['for-each-ref', {}],
  ['fsck', {}],
  ['grep', { always: ['--no-textconv'] }],
  ['hash-object', {}],
  ['hook', { hooks: true }],
  // A template could bring hooks.
  ['init', { always: ['--template='] }],
  ['log', { always: noDrivers }],
  ['ls-files', {}],
  ['ls-tree', {}],
  ['merge-base', {}],
  ['merge-file', {}],
  ['merge-tree', {}],
  ['mktree', {}],
  ['read-tree', {}],
  ['reset', {}],
  ['rev-list', {}],
  ['rev-parse', {}],
  ['show', { always: noDrivers }],
  ['show-ref', {}],
  ['status', { always: noSubmodules }],
  ['symbolic-ref', {}],
  ['update-index', {}],
  ['update-ref', {}],
  ['var', {}],
  ['write-tree', {}],
]);

/** Options of any subcommand that start a program, or read and write outside of the repository. Git takes the beginning of a long option for it. */
const refused = [
  '--ext-diff',
  '--textconv',
  '--filters',
  '--output',
  '--output-directory',
  '--exec',
  '--upload-pack',
  '--no-index',
  '--open-files-in-pager',
  '--recurse-submodules',
  '--paginate',
  '--edit',
  '--interactive',
  '--patch-with-raw-editor',
];

/** @throws GitFailed */
export function checkedArguments(args: readonly string[], hooks: boolean): string[] {
  const [name = '', ...rest] = args;
  const subcommand = subcommands.get(name);
  if (subcommand === undefined) throw new GitFailed(`git ${name} is not run here. What is: ${[...subcommands.keys()].join(', ')}.`);
  if (subcommand.hooks === true && !hooks) throw new GitFailed(`git ${name} is run where the user asks for hooks, and not here.`);
  const end = rest.indexOf('--');
  for (const word of end < 0 ? rest : rest.slice(0, end)) {
    const option = /^--[^=]+/.exec(word)?.[0];
    const hit =
      option !== undefined && option.length > 4 && refused.some((each) => each.startsWith(option) && !allowedPrefix.has(option));
    if (hit || (name === 'grep' && /^-[a-zA-Z]*O/.test(word)) || (name === 'init' && /^--(?:te|se)/.test(word)))
      throw new GitFailed(`git ${name} ${word} is not run here: it starts a program or leaves the repository.`);
  }
  return [name, ...(subcommand.always ?? []), ...rest];
}

/** Options of their own that are also the beginning of a refused one. */
const allowedPrefix = new Set(['--text', '--filter']);

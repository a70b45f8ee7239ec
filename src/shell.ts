/**
 * Commands of a project: judged before they run, run on the host or in a sandbox, and git without what a repository would start with it.
 *
 * @module timonel/shell
 */
export type {
  CommandMode,
  CommandResult,
  CommandRun,
  CommandScope,
  Environment,
  JudgedCommand,
  JudgeOptions,
  SandboxedServer,
  ScopeWord,
  SecretTest,
  ShellReason,
  ShellSandboxState,
  ShellVerdict,
} from './shell/contract.ts';
export { CommandNotStarted } from './shell/contract.ts';
export { commandEnvironment, keptVariables } from './shell/environment.ts';
export {
  changedBy,
  type FileMark,
  type FolderChange,
  type FolderChanges,
  type FolderWatch,
  type WatchOptions,
  watchFolder,
} from './shell/folder-watch.ts';
export {
  type GitBranch,
  type GitCommitOptions,
  gitAdd,
  gitBranches,
  gitCommit,
  gitMakeBranch,
  withTrailers,
} from './shell/git/commit.ts';
export { GitFailed } from './shell/git/git-failed.ts';
export {
  type GitCommit,
  type GitDiff,
  type GitDiffOptions,
  type GitLogOptions,
  gitDiff,
  gitLog,
  gitShow,
} from './shell/git/history.ts';
export { type GitOptions, type GitPerson, type GitResult, git, gitText, type OpenGit, openGit } from './shell/git/run-git.ts';
export { type GitChange, type GitFileStatus, type GitStatus, gitStatus } from './shell/git/status.ts';
export { commandScope, judgeCommand, openWord, scopeCovers } from './shell/judge/judge-command.ts';
export { runCommand } from './shell/run-command.ts';
export { sandboxState, startSandboxedServer } from './shell/sandboxed.ts';
export { findSecrets, type SecretFiles } from './shell/secret-files.ts';

/**
 * Files of a project, as agents may touch them: a folder that no path leads out of, edits that change the bytes that they matched and no others, and
 * applications of several files that happen whole or not at all.
 *
 * @module timonel/files
 */
export {
  type AppliedState,
  type ChangeDoubt,
  type ChangePlan,
  type ChangeRefusal,
  ChangeRefused,
  type EditPlace,
  type FileChange,
  type FileEncoding,
  type FileState,
  type MatchRung,
  type Merged,
  type PathRefusal,
  PathRefused,
  type PlannedFile,
  type PlannedHashes,
  type ProjectFile,
  type ProjectFiles,
  type TextEdit,
} from './files/contract.ts';
export { unifiedDiff } from './files/difference.ts';
export { type EditorBuffers, withEditorBuffers } from './files/editor-buffers.ts';
export { mergeThreeWay } from './files/merge.ts';
export { type ParsedChanges, parseChanges } from './files/parse-changes.ts';
export { openProjectFiles, type ProjectFilesOptions, reversePlan } from './files/project-files.ts';
export { isSecretPath } from './files/secret-paths.ts';

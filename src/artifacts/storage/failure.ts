import { messageOf, TimonelError } from '../../errors.ts';

/** @param doing what was under way, e.g. "writing to the disk". */
export function storageFailed(doing: string, cause: unknown): TimonelError {
  if (cause instanceof TimonelError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = code === 'ENOSPC' ? 'the disk is full' : code === '' ? messageOf(cause) : code;
  return new TimonelError(
    'artifact_storage_unavailable',
    `The storage of artifacts failed while ${doing} (${why}). Nothing was stored. Try again; if it stays, look at the storage.`,
    { cause },
  );
}

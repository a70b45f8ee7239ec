import type { Artifacts } from '../artifacts/artifacts.ts';
import { openArtifacts } from '../artifacts/open.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

/** Files, pictures and other bytes: where they are kept, and the connection that announces them. */
export async function openArtifactPart({ settings, scope, now, newId }: Base, { pool, keys }: Foundation): Promise<Artifacts> {
  const artifacts = await openArtifacts(settings, { pool, keys, now, newId });
  return scope.adopt(artifacts, (each) => each.close());
}

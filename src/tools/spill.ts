/** Answers of tools that are too long to be shown: the whole is kept as an artifact of the run, and a tool pages through it. */

import { createHash } from 'node:crypto';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { RunStatement } from '../store/database.ts';
import type { RunContext } from '../store/run-context.ts';
import type { JsonValue, Spilled } from '../vocabulary.ts';
import { defaultOutputBytes, withinBytes } from './bounded-output.ts';
import type { CallPlace } from './call-place.ts';
import type { AnyTool } from './contract.ts';
import { isPlainText, outputBytes } from './output-bytes.ts';

/** What is longer ends there. */
const mostBytes = 4_194_304;

/** Where long answers are kept. */
export interface Spills {
  /**
   * Keeps a text as the artifact of a call; of an attempt that is made again in place of the one before.
   * @param run a statement of the transaction of the tool, where it has one.
   */
  keep(
    place: CallPlace,
    text: { name: string; mediaType: string; permission: string | undefined; data: AsyncIterable<Buffer> },
    run: RunStatement | undefined,
  ): Promise<Spilled>;
  /** What an earlier attempt at the call kept. */
  kept(place: CallPlace, run: RunStatement | undefined): Promise<Spilled | undefined>;
  /** Bytes that can be kept. */
  readonly largest: number;
}

export function spillsOfCalls(artifacts: Artifacts): Spills {
  const ownerOf = ({ workspaceId, conversationId, runId, agent }: RunContext) => ({
    workspaceId,
    conversationId,
    runId,
    createdBy: `agent:${agent}`,
  });
  return {
    largest: Math.min(mostBytes, artifacts.largest),
    async keep(place, { data, ...artifact }, run) {
      const { id, bytes } = await artifacts.put(ownerOf(place.run), { ...artifact, data }, run, idOf(place));
      return { artifact: id, bytes };
    },
    async kept(place, run) {
      const { workspaceId, conversationId } = place.run;
      const [found] = await artifacts.findOwn(workspaceId, [idOf(place)], { conversationId }, run);
      return found === undefined ? undefined : { artifact: found.id, bytes: found.bytes };
    },
  };
}

/** An answer as it is stored and shown, and where all of it is. */
export interface KeptOutput {
  output: JsonValue;
  spilled?: Spilled | undefined;
}

/**
 * Bounds an answer; one that is too long is kept whole. Never throws outside of a transaction: an effect that happened is recorded, whatever becomes
 * of its answer.
 */
export async function keepOutput(
  tool: AnyTool,
  value: unknown,
  place: CallPlace,
  spills: Spills,
  run?: RunStatement,
): Promise<KeptOutput> {
  const { output, cut } = withinBytes(value, tool.maxOutputBytes ?? defaultOutputBytes);
  if (!cut || place.rehearsal === true) return { output };
  const [mediaType, ending] = isPlainText(value) ? ['text/plain', 'txt'] : ['application/json', 'json'];
  const data = outputBytes(value, spills.largest);
  const name = `${tool.name}-${place.callId}.${ending}`;
  try {
    return { output, spilled: await spills.keep(place, { name, mediaType, permission: tool.permission, data }, run) };
  } catch (error) {
    // A statement that failed has undone the transaction: what it was part of is tried again.
    if (run !== undefined && !(error instanceof TimonelError)) throw error;
    if (!(error instanceof TimonelError && error.code === 'artifact_limit_reached'))
      publishFault(`the answer of the tool ${tool.name}`, error);
    return { output };
  }
}

/** The same for every attempt at a call, and for no other call: a UUID of version 8. */
function idOf({ run: { runId }, callId }: CallPlace): string {
  const hash = createHash('sha256').update(`answer of ${runId}:${callId}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

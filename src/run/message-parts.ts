/** Parts of messages and replies: which of them an agent takes, and what goes with its reply. */
import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { ModelMedium } from '../llm/routes/route.ts';
import type { AnyTool } from '../tools/contract.ts';
import type { CallRecord, LocationPart, MediaPart, MessagePart, Reply } from '../vocabulary.ts';
import type { AgentDefinition, PartKind } from './contract.ts';

/** Bytes of pictures and documents of one prompt at most: providers refuse requests of some 20 megabytes, and base64 adds a third. */
export const mostModelBytes = 8_388_608;

/** What has to be taken for a part to be read; `text` needs nothing, `undefined` is for no model. */
export function mediumOf({ type, mediaType }: MediaPart): ModelMedium | 'text' | undefined {
  if (type === 'audio') return 'audio';
  if (/^image\/(?:png|jpeg|gif|webp)$/.test(mediaType)) return 'image';
  if (mediaType === 'application/pdf') return 'pdf';
  if (mediaType.startsWith('text/') || /^application\/(?:json|x-ndjson|yaml|sql|xml)$/.test(mediaType)) return 'text';
  return undefined;
}

/** How a part is told to those who cannot see it. */
export function partNoteOf(part: MediaPart | LocationPart): string {
  if (part.type === 'location') {
    const name = part.name === undefined ? '' : ` ${JSON.stringify(part.name)}`;
    return `[location ${part.latitude}, ${part.longitude}${name}]`;
  }
  return `[${part.type} ${JSON.stringify(part.name)}, ${part.mediaType}, ${part.bytes} bytes, artifact ${part.artifact}]`;
}

export interface PartTakers {
  agent: Pick<AgentDefinition, 'name' | 'parts'>;
  /** Whether the agent has a model that it can ask. */
  model: boolean;
  /** What its model takes beside text. */
  media: ReadonlySet<ModelMedium>;
}

/**
 * A part that nobody would look at is refused when it is sent, not ignored.
 * @throws TimonelError `part_unsupported`, saying what is taken
 */
export function checkParts(parts: readonly MessagePart[], takers: PartTakers): void {
  const { agent, model, media } = takers;
  let shown = 0;
  for (const part of parts) {
    if (part.type === 'text' || agent.parts?.includes(part.type) === true) continue;
    if (part.type === 'location') {
      if (!model) throw unsupported('a location', takers);
      continue;
    }
    const medium = mediumOf(part);
    if (!model || medium === undefined || (medium !== 'text' && !media.has(medium)))
      throw unsupported(`"${part.name}" (${part.mediaType})`, takers);
    if (medium !== 'text') shown += part.bytes;
  }
  if (shown > mostModelBytes) {
    throw new TimonelError(
      'part_unsupported',
      `The pictures and documents of the message have ${shown} bytes; a model is shown up to ${mostModelBytes}. Send fewer, or smaller ones.`,
    );
  }
}

function unsupported(what: string, takers: PartTakers): TimonelError {
  const taken = takenParts(takers);
  return new TimonelError(
    'part_unsupported',
    `The agent "${takers.agent.name}" does not take ${what}. It takes ${taken.join(', ')}.`,
    { details: { takes: taken } },
  );
}

const names: Readonly<Record<ModelMedium | PartKind, string>> = {
  image: 'images (PNG, JPEG, GIF, WebP)',
  audio: 'audio',
  pdf: 'PDF files',
  file: 'files',
  location: 'locations',
};

function takenParts({ agent, model, media }: PartTakers): string[] {
  const kinds = new Set<ModelMedium | PartKind>([...(agent.parts ?? []), ...(model ? [...media, 'location' as const] : [])]);
  return ['text', ...(model ? ['text files'] : []), ...[...kinds].map((kind) => names[kind])];
}

/** The reply with what the calls of its run want to go with it, each once. */
export function withAttachments(reply: Reply, calls: readonly CallRecord[], tools: readonly AnyTool[]): Reply {
  const attached = calls.flatMap((call) => (call.status === 'completed' ? attachmentsOf(call, tools) : []));
  if (attached.length === 0) return reply;
  const all = [...(reply.parts ?? []), ...attached];
  const parts = [...new Map(all.map((part) => [part.type === 'location' ? JSON.stringify(part) : part.artifact, part])).values()];
  return { ...reply, parts };
}

/** A turn whose work is done does not fail for want of a file beside its reply. */
function attachmentsOf({ tool, output }: CallRecord, tools: readonly AnyTool[]): NonNullable<Reply['parts']> {
  try {
    return tools.find(({ name }) => name === tool)?.attachments?.(output) ?? [];
  } catch (error) {
    publishFault(`attachments of the tool ${tool}`, error);
    return [];
  }
}

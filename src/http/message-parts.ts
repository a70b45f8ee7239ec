/** What somebody sends: a text, or parts of which some name artifacts. */
import type { z } from 'zod';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { artifactNotFound } from '../artifacts/artifacts.ts';
import type { StoredArtifact } from '../artifacts/contract.ts';
import { fits, partOf } from '../artifacts/part.ts';
import { TimonelError } from '../errors.ts';
import type { Principal } from '../identity/principal.ts';
import { checkParts } from '../run/message-parts.ts';
import type { LocationPart, MediaPart, MessagePart, Reach } from '../vocabulary.ts';
import type { HttpDependencies } from './contract.ts';
import { askerText, reachOf } from './requests.ts';
import type { messagePart } from './schemas.ts';
import { checkedText } from './turns.ts';

export type SentPart = z.infer<typeof messagePart>;

/** A message as it is stored. */
export interface SentMessage {
  text: string;
  /** Absent where it is text alone. */
  parts?: MessagePart[];
}

type PartDependencies = Pick<HttpDependencies, 'artifacts' | 'views' | 'gateway' | 'releases' | 'agents'>;

/**
 * Checks the parts of a message, and binds the artifacts that it names to the conversation.
 * @throws TimonelError `message_invalid`, `conversation_not_found`, `artifact_not_found`, `part_unsupported`
 */
export async function acceptParts(
  dependencies: PartDependencies,
  principal: Principal,
  conversationId: string,
  sent: readonly SentPart[],
): Promise<SentMessage> {
  const text = textOf(sent);
  if (sent.every(({ type }) => type === 'text')) return { text };
  const { artifacts, views, gateway, releases, agents } = dependencies;
  const { workspaceId } = principal;
  const reach = reachOf(principal, 'conversations:write-all');
  const { agent: name, version } = await views.agentOf(workspaceId, conversationId, reach);
  const agent = (await releases.catalog.find(workspaceId, name, version))?.definition ?? agents.get(name) ?? { name };
  const model = 'model' in agent ? agent.model : undefined;
  const takers = { agent, model: gateway.serves(workspaceId, model), media: gateway.takes(workspaceId, model) };
  const found = await foundIn(artifacts, principal, reach, conversationId, sent);
  const parts = sent.map((part) => storedPart(part, found));
  checkParts(parts, takers);
  await bindAll(artifacts, principal, conversationId, found);
  return { text, parts };
}

/**
 * What a person says in a conversation that they have: any file, since the customer looks at it, and no agent.
 * @throws TimonelError `message_invalid`, `conversation_not_found`, `artifact_not_found`
 */
export async function personParts(
  { artifacts, views }: Pick<HttpDependencies, 'artifacts' | 'views'>,
  principal: Principal,
  conversationId: string,
  sent: readonly SentPart[],
): Promise<{ text: string; parts: (MediaPart | LocationPart)[] }> {
  const text = textOf(sent);
  const reach = reachOf(principal, 'conversations:read-all');
  await views.agentOf(principal.workspaceId, conversationId, reach);
  const found = await foundIn(artifacts, principal, reach, conversationId, sent);
  const parts = sent.map((part) => storedPart(part, found)).filter((part) => part.type !== 'text');
  await bindAll(artifacts, principal, conversationId, found);
  return { text, parts };
}

/** A picture may come without a word. @throws TimonelError `message_invalid` */
function textOf(sent: readonly SentPart[]): string {
  const texts = sent.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === 0 ? '' : checkedText(texts.join('\n'));
}

/** The artifacts of the parts by id. @throws TimonelError `artifact_not_found` where one is of another conversation, or not to be read */
async function foundIn(
  artifacts: Artifacts,
  principal: Principal,
  reach: Reach,
  conversationId: string,
  sent: readonly SentPart[],
): Promise<Map<string, StoredArtifact>> {
  const { workspaceId } = principal;
  const asker = askerText(principal);
  const found = new Map<string, StoredArtifact>();
  for (const part of sent) {
    if (part.type === 'text' || part.type === 'location' || found.has(part.artifact)) continue;
    const artifact = await artifacts.find(workspaceId, part.artifact, {
      asker,
      everybodys: reach.startedBy === undefined,
      limits: reach,
    });
    if (artifact.conversationId !== null && artifact.conversationId !== conversationId) throw artifactNotFound(part.artifact);
    found.set(part.artifact, artifact);
  }
  return found;
}

/** @throws TimonelError `artifact_not_found` where one is gone meanwhile */
async function bindAll(
  artifacts: Artifacts,
  principal: Principal,
  conversationId: string,
  found: ReadonlyMap<string, StoredArtifact>,
): Promise<void> {
  if (found.size === 0) return;
  const place = { conversationId, asker: askerText(principal) };
  const bound = await artifacts.bind(principal.workspaceId, [...found.keys()], place);
  const missing = [...found.keys()].find((id) => !bound.some((artifact) => artifact.id === id));
  if (missing !== undefined) throw artifactNotFound(missing);
}

function storedPart(part: SentPart, found: ReadonlyMap<string, StoredArtifact>): MessagePart {
  if (part.type === 'text') return { type: 'text', text: part.text.toWellFormed() };
  if (part.type === 'location') {
    const { type, latitude, longitude, name } = part;
    return { type, latitude, longitude, ...(name === undefined ? {} : { name: name.toWellFormed() }) };
  }
  const artifact = found.get(part.artifact);
  if (artifact === undefined) throw artifactNotFound(part.artifact);
  if (!fits(part.type, artifact.mediaType)) {
    throw new TimonelError(
      'message_invalid',
      `The artifact ${artifact.id} is ${artifact.mediaType}, by its content. Send it as {"type":"${partOf(artifact).type}","artifact":"${artifact.id}"}.`,
    );
  }
  return { ...partOf(artifact), type: part.type };
}

/**
 * Stores what a `data:` address holds, for doors whose clients send pictures within messages. Other addresses are refused: fetching what a
 * stranger names is not done.
 * @throws TimonelError `invalid_request`, `payload_too_large`, `artifact_invalid`, `artifact_limit_reached`, `artifact_storage_unavailable`
 */
export async function partOfDataUrl(
  artifacts: Artifacts,
  principal: Principal,
  conversationId: string,
  { url, name = '' }: { url: string; name?: string | undefined },
): Promise<MediaPart> {
  const [, mediaType, data] = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/=_-]+)$/.exec(url) ?? [];
  if (data === undefined)
    throw new TimonelError(
      'invalid_request',
      'An agent takes pictures and files as data: URLs in base64 (data:image/png;base64,…), or as artifacts: POST /api/v1/artifacts.',
    );
  const owner = { workspaceId: principal.workspaceId, conversationId, createdBy: askerText(principal) };
  return partOf(await artifacts.put(owner, { name, mediaType, data: Buffer.from(data, 'base64') }));
}

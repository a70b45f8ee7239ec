/** Channels: where customers write, and how they are answered. */

import type { Artifacts } from '../artifacts/artifacts.ts';
import { connectionActivity } from '../channels/activity.ts';
import { channelNames } from '../channels/contract.ts';
import type { Undelivered } from '../channels/delivery.ts';
import { type ChannelPart, openChannels } from '../channels/open.ts';
import { publishFault } from '../diagnostics.ts';
import type { ChannelRoutes } from '../http/channel-schemas.ts';
import type { Identity } from '../identity/identity.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { ReleasePart } from '../release/open.ts';
import type { Speech } from '../speech/speech.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
import type { DatabasePool } from '../store/database.ts';
import { openUndelivered } from '../store/handoffs.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';
import type { HandoffPart } from './handoff.ts';
import type { Turns } from './turns.ts';

export interface ChannelSurroundings {
  identity: Identity;
  artifacts: Artifacts;
  releases: ReleasePart;
  turns: Turns;
  gateway: Gateway;
  feed: ChangeFeed;
  speech: Speech;
  handoff: HandoffPart;
}

/** @throws TimonelError `store_unavailable` */
export async function openChannelPart(
  { settings, agents, scope, now, newId }: Base,
  { pool, redis, keys }: Foundation,
  { identity, artifacts, releases, turns, gateway, feed, speech, handoff }: ChannelSurroundings,
): Promise<ChannelPart> {
  const part = await openChannels({
    pool,
    redis,
    keys,
    notices: identity.notices,
    artifacts,
    speech,
    feed,
    inForce: releases.inForce,
    runner: turns.runner,
    processId: turns.processId,
    takersOf(workspaceId, name) {
      const agent = agents.get(name);
      return {
        agent: agent ?? { name },
        model: gateway.serves(workspaceId, agent?.model),
        media: gateway.takes(workspaceId, agent?.model),
      };
    },
    async onUndelivered({ workspaceId, conversationId, deliveryId, error }: Undelivered) {
      publishFault('a message reached nobody', new Error(`Delivery ${deliveryId}: ${error.code} ${error.message}`));
      if (conversationId === null) return;
      const { agent } = await turns.views.conversation(workspaceId, conversationId);
      const language = agents.get(agent)?.language ?? 'es';
      const why = `A message did not reach the customer (${error.code}): GET /api/v1/deliveries?failed=true`;
      await openUndelivered(pool, { workspaceId, conversationId, language, why });
    },
    urls: settings.channelUrls,
    onAnswer: (answer) => handoff.answers.take(answer),
    privateAddresses: settings.webhookPrivateAddresses,
    publicUrl: settings.publicUrl,
    now,
    newId,
  });
  return scope.adopt(part, (each) => each.close());
}

/** The part as its routes see it. */
export function channelRoutesOf(pool: DatabasePool, part: ChannelPart): ChannelRoutes {
  const { connections, door, visitors, deliveries, direct, replyOptions } = part;
  return {
    names: channelNames,
    visitors,
    webhook: (...call) => door.webhook(...call),
    list: (workspaceId) => connections.list(workspaceId),
    get: (workspaceId, id) => connections.get(workspaceId, id),
    add(workspaceId, { channel, ...wanted }, by) {
      const known = channelNames.find((each) => each === channel);
      if (known === undefined) throw new TypeError(`There is no channel "${channel}".`);
      return connections.add(workspaceId, { channel: known, ...wanted }, by);
    },
    update: (workspaceId, id, change) => connections.update(workspaceId, id, change),
    rotate: (workspaceId, id, secrets, overlapSeconds) => connections.rotate(workspaceId, id, secrets, overlapSeconds),
    test: (workspaceId, id) => door.test(workspaceId, id),
    deliveries: (workspaceId, filter) => deliveries.list(workspaceId, filter),
    activity: (workspaceId) => connectionActivity(pool, workspaceId),
    message: (workspaceId, id, message) => direct.send(workspaceId, id, message),
    replyOptions: (workspaceId, conversationId) => replyOptions.of(workspaceId, conversationId),
    replyTemplate: (workspaceId, conversationId, use) => replyOptions.template(workspaceId, conversationId, use),
    replay: (workspaceId, id, limits) => deliveries.replay(workspaceId, id, limits),
  };
}

import type { Artifacts } from '../artifacts/artifacts.ts';
import { publishFault } from '../diagnostics.ts';
import type { MailAnswer } from '../handoff/mail-answers.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { ServerKeys } from '../identity/secrets.ts';
import type { InForce } from '../release/in-force.ts';
import type { PartTakers } from '../run/message-parts.ts';
import type { Runner } from '../run/runner.ts';
import type { Speech } from '../speech/speech.ts';
import type { RedisClient } from '../store/cache/redis.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
import type { DatabasePool } from '../store/database.ts';
import { BatchEndings } from './batch-endings.ts';
import { Connections } from './connections.ts';
import { Deliveries } from './deliveries.ts';
import { Delivery, type Undelivered } from './delivery.ts';
import { DirectMessages } from './direct-messages.ts';
import { ChannelDoor } from './door.ts';
import { Inbox } from './inbox.ts';
import { IncomingMessages } from './incoming.ts';
import { Intake } from './intake.ts';
import { mailChannel } from './mail/mail.ts';
import { Outbox } from './outbox.ts';
import { ProviderClient } from './provider-client.ts';
import { Receivers } from './receivers.ts';
import { ReplyOptions } from './reply-options.ts';
import { Statuses } from './statuses.ts';
import { telegramChannel } from './telegram/telegram.ts';
import { twilioChannel } from './twilio/twilio.ts';
import { VisitorDoor } from './web/visitor-door.ts';
import { VisitorLimits } from './web/visitor-limits.ts';
import { VisitorStreams } from './web/visitor-streams.ts';
import { webChannel } from './web/web.ts';
import { whatsappChannel } from './whatsapp/whatsapp.ts';
import { ChannelWorker } from './worker.ts';

export interface ChannelsOptions {
  pool: DatabasePool;
  /** Shares the counts of visitors between processes; absent where there is no Redis. */
  redis: RedisClient | undefined;
  keys: ServerKeys;
  notices: AccessNotices;
  artifacts: Artifacts;
  speech: Speech;
  feed: Pick<ChangeFeed, 'subscribe' | 'tell'>;
  inForce: Pick<InForce, 'assign'>;
  runner: Pick<Runner, 'accept' | 'accepting'>;
  /** Of the run record. */
  processId: string;
  takersOf(workspaceId: string, agent: string): PartTakers;
  /** Asks a person to look at a conversation whose message reached nobody. */
  onUndelivered(undelivered: Undelivered): Promise<void>;
  /** Base URLs of the providers' APIs. */
  urls: { whatsapp: string; telegram: string; twilio: string };
  /** A person of a workspace answers a notice by mail. */
  onAnswer(answer: MailAnswer): Promise<void>;
  /** Servers of mail on this machine and its network are taken too. */
  privateAddresses: boolean;
  publicUrl: string;
  now(): Date;
  newId(): string;
}

export interface ChannelPart {
  connections: Connections;
  door: ChannelDoor;
  /** Chats on pages. */
  visitors: VisitorDoor;
  deliveries: Deliveries;
  /** Messages to an address, to try a connection. */
  direct: DirectMessages;
  replyOptions: ReplyOptions;
  worker: ChannelWorker;
  /** Starts to receive and to send, and looks whether the templates of connections are there. */
  start(): void;
  /** The mailbox at which people of a workspace answer notices, where there is one. */
  repliesTo(workspaceId: string): string | undefined;
  /** A turn of a conversation on that channel is over: what it said waits in the outbox. */
  wakeAfterTurn(channel: string): void;
  close(): Promise<void>;
}

/** Puts the part together. Nothing is received or sent before the worker is started. @throws TimonelError `store_unavailable` */
export async function openChannels(options: ChannelsOptions): Promise<ChannelPart> {
  const {
    pool,
    keys,
    notices,
    artifacts,
    speech,
    feed,
    inForce,
    runner,
    processId,
    takersOf,
    onUndelivered,
    urls,
    publicUrl,
    now,
    newId,
  } = options;
  const client = new ProviderClient();
  const all = [
    whatsappChannel(client, urls.whatsapp),
    telegramChannel(client, urls.telegram),
    twilioChannel(client, urls.twilio),
    mailChannel({ anywhere: options.privateAddresses, now }),
    webChannel(artifacts, newId),
  ];
  const channels = new Map(all.map((channel) => [channel.name, channel]));
  const connections = new Connections({
    pool,
    keys,
    notices,
    channels,
    now,
    newId,
    onGone: (ids) => {
      for (const id of ids) streams.wake(id);
    },
  });
  const inbox = new Inbox(pool, connections);
  const intake = new Intake({ pool, connections, inForce, processId, now, newId });
  const endings = new BatchEndings(pool);
  const outbox = new Outbox(pool, processId);
  const delivery = new Delivery({
    outbox,
    connections,
    artifacts,
    speech,
    publicUrl,
    now,
    onSent({ workspaceId, channel }, { to }) {
      const visitor = channel === 'web' ? to.find(({ kind }) => kind === 'web')?.value : undefined;
      if (visitor !== undefined) feed.tell({ kind: 'visitor-answered', workspaceId, visitor });
    },
    onUndelivered,
  });
  const statuses = new Statuses(pool);
  const worker = new ChannelWorker({
    connections,
    intake,
    endings,
    outbox,
    statuses,
    delivery,
    incoming: new IncomingMessages({ connections, endings, artifacts, speech, takersOf }),
    runner,
    onUndelivered,
    newId,
  });
  const receivers = new Receivers({
    pool,
    connections,
    inbox,
    processId,
    wake: () => worker.wakeInbound(),
    onAnswer: options.onAnswer,
  });
  const door = new ChannelDoor({ connections, inbox, publicUrl, wake: () => worker.wakeInbound() });
  const streams = new VisitorStreams({ pool, connections, feed, artifacts });
  const limits = new VisitorLimits(options.redis);
  const visitors = new VisitorDoor({
    limits,
    connections,
    inbox,
    streams,
    artifacts,
    publicUrl,
    now,
    newId,
    wake: () => worker.wakeInbound(),
  });
  const wake = () => worker.wakeOutbound();
  const deliveries = new Deliveries(pool, wake);
  const direct = new DirectMessages({ pool, connections, newId, wake });
  const replyOptions = new ReplyOptions({ pool, connections, largest: artifacts.largest, now });
  try {
    await connections.open();
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    connections,
    door,
    visitors,
    deliveries,
    direct,
    replyOptions,
    worker,
    start() {
      worker.start();
      receivers.start();
      void checkTemplates(connections, door);
    },
    repliesTo: (workspaceId) =>
      connections.sending.find((each) => each.workspaceId === workspaceId && each.settings['handoffReplies'] === true)?.account,
    wakeAfterTurn(label) {
      const ours = connections.enabled.some(({ channel, account }) => connections.channelOf(channel).label(account) === label);
      if (ours) worker.wakeOutbound();
    },
    async close() {
      connections.close();
      streams.close();
      await receivers.stop();
      await worker.stop();
      await client.close();
    },
  };
}

/** A template that is gone or paused is told at the start, not when a customer waits for it. */
async function checkTemplates(connections: Connections, door: ChannelDoor): Promise<void> {
  for (const { id, workspaceId, name, settings } of connections.enabled) {
    if (settings.templates.length === 0) continue;
    try {
      const wrong = (await door.test(workspaceId, id)).filter(({ what, ok }) => !ok && what.startsWith('template'));
      for (const { what, detail } of wrong)
        publishFault('a template of a connection', new Error(`Connection "${name}", ${what}: ${detail}`));
    } catch (error) {
      publishFault('a template of a connection', error);
    }
  }
}

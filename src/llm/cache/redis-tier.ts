import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { keyServers, listeningClient, type RedisClient } from '../../store/cache/redis.ts';
import type { Entry } from './memory-tier.ts';
import { longestLife } from './policy.ts';

const clearedChannel = 'timonel:cache-cleared';
const entryName = (workspaceId: string, key: string) => `timonel:cache:${workspaceId}:${key}`;
const generationName = (workspaceId: string) => `timonel:cache-generation:${workspaceId}`;

/** What is known of a question after asking. */
export interface TierLookup {
  entry: Entry | undefined;
  /** Answers of an older generation were cleared; `undefined` where Redis does not say, and nothing may be stored. */
  generation: string | undefined;
}

/**
 * Answers that all processes share. Whatever it does not answer is as if it were not there; after two failures it is left alone for a second.
 *
 * Clearing a workspace gives it a new generation, which every entry carries: so an answer that was under way, or that another process writes
 * late, stays out of sight.
 */
export class RedisTier {
  readonly #redis: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #breaker = circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(2) });
  /** Last seen, to find out what was missed while the connection was down. */
  readonly #generations = new Map<string, string>();
  /** Workspaces that were cleared here while Redis was away. */
  readonly #pending = new Set<string>();
  readonly #catchUp: () => void;

  /** @param listening `cleared` is called when another process cleared a workspace; `held` names those that have something here. */
  constructor(redis: RedisClient, listening: { cleared: (workspaceId: string) => void; held: () => string[] }) {
    this.#redis = redis;
    this.#subscriber = listeningClient(redis);
    this.#subscriber.on('error', () => {});
    this.#subscriber.on('message', (_channel, workspaceId) => listening.cleared(workspaceId));
    this.#catchUp = () => void this.#whatWasMissed(listening).catch(() => {});
    // Whichever of the two comes back last can find out.
    this.#subscriber.on('ready', this.#catchUp);
    redis.on('ready', this.#catchUp);
  }

  get status(): 'up' | 'down' {
    return this.#redis.status === 'ready' ? 'up' : 'down';
  }

  async get(workspaceId: string, key: string): Promise<TierLookup> {
    const nothing = { entry: undefined, generation: undefined };
    if (this.status === 'down') return nothing;
    try {
      if (this.#pending.has(workspaceId)) await this.clear(workspaceId);
      // Commands of one key each, which a cluster may have in two places; of one tick, and so in one round trip.
      const [stored, generation] = await this.#breaker.execute(() =>
        Promise.all([this.#redis.getBuffer(entryName(workspaceId, key)), this.#redis.getBuffer(generationName(workspaceId))]),
      );
      const current = generation?.toString() ?? '';
      this.#generations.set(workspaceId, current);
      const read = stored == null ? undefined : decode(stored);
      return { entry: read?.generation === current ? read.entry : undefined, generation: current };
    } catch {
      return nothing;
    }
  }

  /** Nobody waits for it. */
  set(workspaceId: string, key: string, entry: Entry, generation: string, now: number): void {
    const life = Math.min(longestLife, entry.staleUntil - now);
    if (this.status === 'down' || life <= 0) return;
    void this.#breaker
      .execute(() => this.#redis.set(entryName(workspaceId, key), encode(entry, generation), 'PX', Math.ceil(life)))
      .catch(() => {});
  }

  /** @returns whether it is done; what could not be done is done before the workspace is read from here again. */
  async clear(workspaceId: string): Promise<boolean> {
    this.#pending.add(workspaceId);
    const generation = crypto.randomUUID();
    try {
      await this.#breaker.execute(async () => {
        // Longer than the life of any entry of an older generation.
        await this.#redis.set(generationName(workspaceId), generation, 'PX', longestLife + 86_400_000);
        await this.#redis.publish(clearedChannel, workspaceId);
      });
      this.#pending.delete(workspaceId);
      this.#generations.set(workspaceId, generation);
    } catch {
      return false;
    }
    // Out of sight already; this removes the texts, and may take a while in a Redis that holds much.
    void this.#remove(workspaceId).catch(() => {});
    return true;
  }

  close(): void {
    this.#redis.off('ready', this.#catchUp);
    this.#subscriber.disconnect();
  }

  async #remove(workspaceId: string): Promise<void> {
    for (const server of keyServers(this.#redis)) {
      let cursor = '0';
      do {
        const [next, names] = await server.scan(cursor, 'MATCH', entryName(workspaceId, '*'), 'COUNT', 1_000);
        await Promise.all(names.map((name) => this.#redis.unlink(name)));
        cursor = next;
      } while (cursor !== '0');
    }
  }

  async #whatWasMissed({ cleared, held }: { cleared: (workspaceId: string) => void; held: () => string[] }): Promise<void> {
    // Listening comes first: what is cleared from here on is heard.
    await this.#subscriber.subscribe(clearedChannel);
    const workspaces = held();
    if (workspaces.length === 0) return;
    const generations = await Promise.all(workspaces.map((workspaceId) => this.#redis.get(generationName(workspaceId))));
    for (const [index, workspaceId] of workspaces.entries()) {
      // One that was never seen had none, as far as this process knows.
      if ((generations[index] ?? '') !== (this.#generations.get(workspaceId) ?? '')) cleared(workspaceId);
    }
  }
}

/** Length of the head, the head as JSON, the body as it is. */
function encode({ body, cost, ...rest }: Entry, generation: string): Buffer {
  const head = Buffer.from(JSON.stringify({ ...rest, cost: cost.toString(), generation }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, Buffer.from(body)]);
}

/** @returns `undefined` for what this version did not write. */
function decode(stored: Buffer): { entry: Entry; generation: string } | undefined {
  try {
    const end = 4 + stored.readUInt32BE(0);
    const { cost, generation, ...rest } = JSON.parse(stored.toString('utf8', 4, end));
    return { entry: { ...rest, cost: BigInt(cost), body: stored.toString('utf8', end) }, generation };
  } catch {
    return undefined;
  }
}

/**
 * Tells an address of the workspace that somebody waits: Standard Webhooks (https://www.standardwebhooks.com), signed with a secret that both
 * sides have. Nothing of the customer is in it but ids.
 */
import { createHmac } from 'node:crypto';
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { DatabasePool } from '../store/database.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { HandoffSettings } from './settings.ts';

const requestMs = 10_000;

/** What is no address of somebody else: this machine, its network, and what only routers and clouds use. */
const ownAddresses = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  ownAddresses.addSubnet(address, bits, 'ipv4');
  ownAddresses.addSubnet(`::ffff:${address}`, 96 + bits, 'ipv6');
}
for (const [address, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  ownAddresses.addSubnet(address, bits, 'ipv6');

export function isOwnAddress(address: string): boolean {
  return ownAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

export interface WebhookDependencies {
  pool: DatabasePool;
  settings: Pick<HandoffSettings, 'of' | 'webhookSecrets'>;
  /** Also to addresses of this machine and its network: not in production. */
  anywhere: boolean;
  now(): Date;
}

export class HandoffWebhook {
  readonly #dependencies: WebhookDependencies;
  readonly #agent: Agent;

  constructor(dependencies: WebhookDependencies) {
    this.#dependencies = dependencies;
    // Looked at where the connection is made: a name that was checked before may have another address by then.
    const lookup: typeof resolve = ((host: string, options: object, done: (error: Error | null, ...found: unknown[]) => void) => {
      resolve(host, { ...options, all: true }, (error, found) => {
        const refused = found?.find(({ address }) => !dependencies.anywhere && isOwnAddress(address));
        if (error === null && refused === undefined) {
          const all = 'all' in options && options.all === true;
          return all ? done(null, found) : done(null, found[0]?.address, found[0]?.family);
        }
        done(error ?? new Error(`The webhook's address ${host} is one of this network.`));
      });
    }) as typeof resolve;
    this.#agent = new Agent({ connect: { lookup, timeout: requestMs }, connections: 4 });
  }

  /**
   * The job: one request. The same hand-off has the same `webhook-id` at every attempt.
   * @throws where it is worth another attempt.
   */
  async deliver(payload: JsonObject): Promise<void> {
    const { pool, settings, anywhere, now } = this.#dependencies;
    const { handoff, workspaceId } = payload as { handoff: string; workspaceId: string };
    const { webhookUrl } = await settings.of(workspaceId);
    const [row] = await pool.executeText<{
      conversation_id: string;
      agent: string;
      reason: string;
      priority: string;
      waiting_since: Date;
      due_at: Date;
    }>('SELECT conversation_id, agent, reason, priority, waiting_since, due_at FROM handoffs WHERE id = $1 AND workspace_id = $2', [
      handoff,
      workspaceId,
    ]);
    if (webhookUrl === null || row === undefined) return;
    const { hostname } = new URL(webhookUrl);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (!anywhere && isIP(host) !== 0 && isOwnAddress(host))
      throw new Error(`The webhook's address ${host} is one of this network.`);
    const body = JSON.stringify({
      type: 'handoff.waiting',
      timestamp: row.waiting_since.toISOString(),
      data: {
        id: handoff,
        workspaceId,
        conversationId: row.conversation_id,
        agent: row.agent,
        reason: row.reason,
        priority: row.priority,
        dueAt: row.due_at.toISOString(),
      },
    });
    const id = `handoff_${handoff}`;
    const timestamp = String(Math.floor(now().getTime() / 1_000));
    const signatures = settings
      .webhookSecrets(workspaceId)
      .map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
    const answer = await request(webhookUrl, {
      method: 'POST',
      dispatcher: this.#agent,
      headersTimeout: requestMs,
      bodyTimeout: requestMs,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatures.join(' '),
      },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`The webhook answered ${answer.statusCode}.`);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

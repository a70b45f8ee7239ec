/** A Timonel on a small disk that fills up under it, with clients who go on talking. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Cluster } from './cluster.ts';
import { violations } from './history.ts';
import type { SmallDisk } from './small-disk.ts';

/** What a readiness probe was answered. */
export interface Probe {
  status: number;
  milliseconds: number;
  /** Why it is not ready, from whichever dependency says so. */
  reasons: string[];
}

export class FullDisk {
  readonly cluster: Cluster;
  readonly #disk: SmallDisk;
  #talking = false;
  #turn = 0;
  #clients: Promise<void>[] = [];

  private constructor(cluster: Cluster, disk: SmallDisk) {
    this.cluster = cluster;
    this.#disk = disk;
  }

  static async start(disk: SmallDisk): Promise<FullDisk> {
    return new FullDisk(await Cluster.start({ TIMONEL_HOME: `${disk.path}/home`, TIMONEL_TIME_ZONE: 'UTC' }, 1), disk);
  }

  /** Clients who talk until {@link quiet}; what is not taken they say again, with the same key. */
  talk(clients: number): void {
    this.#talking = true;
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  async quiet(): Promise<void> {
    this.#talking = false;
    await Promise.all(this.#clients);
  }

  /** Writes until PGlite cannot any more: past its own watch, which would have stopped in time. */
  async overrun(): Promise<void> {
    this.#disk.fill(0);
    const text = `INSERT INTO files (id, workspace_id, name, media_type, content)
      SELECT md5(random()::text) || md5(random()::text), 'default', 'ballast', 'text/plain', repeat(md5(random()::text), 1000) FROM generate_series(1, 500)`;
    for (let attempt = 0; attempt < 60; attempt++) {
      const failed = await this.cluster.query(text).then(
        () => false,
        () => true,
      );
      if (!failed) continue;
      // PGlite does not survive a checkpoint that it cannot write, and does not answer it.
      void this.cluster.query('CHECKPOINT').catch(() => {});
      return;
    }
    throw new Error('The disk did not get full.');
  }

  async probe(): Promise<Probe> {
    const started = performance.now();
    const { status, body } = await this.cluster.call('GET', '/health/ready');
    const dependencies = body.dependencies as { status: string; detail?: { reason?: string } }[];
    const reasons = dependencies.flatMap((each) => (each.status === 'down' ? [each.detail?.reason ?? 'no reason'] : []));
    return { status, milliseconds: performance.now() - started, reasons };
  }

  async probeUntil(is: (probe: Probe) => boolean, withinMs: number): Promise<Probe[]> {
    const probes: Probe[] = [];
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(50)) {
      const probe = await this.probe();
      probes.push(probe);
      if (is(probe)) return probes;
    }
    throw new Error(`Not seen within ${withinMs} ms; the last was ${JSON.stringify(probes.at(-1))}`);
  }

  async say(text: string): Promise<Answer> {
    const conversation = await this.cluster.converse();
    return this.cluster.call('POST', `/api/v1/conversations/${conversation}/messages`, { text });
  }

  /** What was acknowledged and is not there, or is there twice. */
  async wrong(): Promise<string[]> {
    return violations(this.cluster);
  }

  async #client(): Promise<void> {
    const conversation = await this.cluster.converse().catch(() => undefined);
    if (conversation === undefined) return;
    while (this.#talking) await this.cluster.say(conversation, `t${this.#turn++}: write_row; call_outside`);
  }
}

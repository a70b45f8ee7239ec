import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FullDisk } from './full-disk.ts';
import { mountSmallDisk, noSmallDisk, type SmallDisk } from './small-disk.ts';

const why = noSmallDisk();

describe.skipIf(why !== undefined)(
  `no full disk costs what was acknowledged, or a restart (embedded)${why === undefined ? '' : `: ${why}`}`,
  () => {
    let disk: SmallDisk;
    let full: FullDisk;
    beforeAll(async () => {
      disk = mountSmallDisk(220);
      full = await FullDisk.start(disk);
    });
    afterAll(async () => {
      await full?.cluster.close();
      disk?.remove();
    });

    it('ends to take messages before the last bytes, says why, and takes them again', async () => {
      full.talk(4);
      expect((await full.say('first: write_row')).status).toBe(200);
      disk.fill(30);
      const probes = await full.probeUntil(({ status }) => status === 503, 3_000);
      expect(probes.at(-1)?.reasons).toEqual(['disk_full']);
      const { status, body } = await full.say('refused: write_row');
      expect([status, body.code, body.retryable]).toEqual([503, 'disk_full', true]);
      expect(body.detail).not.toMatch(/\/|ENOSPC|pg_wal/);
      disk.free();
      await full.probeUntil(({ status }) => status === 200, 3_000);
      expect((await full.say('second: write_row')).status).toBe(200);
      await full.quiet();
      await full.cluster.settle();
      expect(await full.wrong()).toEqual([]);
    });

    it('opens again by itself when there is space, after the database panicked', async () => {
      full.talk(4);
      await full.overrun();
      const probes = await full.probeUntil(({ reasons }) => reasons.includes('disk_full'), 5_000);
      for (let more = 0; more < 10; more++) probes.push(await full.probe());
      for (const { milliseconds } of probes) expect(milliseconds).toBeLessThan(1_000);
      disk.free();
      await full.probeUntil(({ status }) => status === 200, 10_000);
      await full.quiet();
      await full.cluster.settle();
      expect((await full.say('third: write_row')).status).toBe(200);
      expect(await full.wrong()).toEqual([]);
      // It did die in between.
      expect(full.cluster.child(0).faults.join()).toContain('the embedded database');
      expect(full.cluster.ended).toEqual([]);
      expect(full.cluster.child(0).state).toBe('running');
    });

    it('does not start without space, and says in one sentence how much it needs', async () => {
      await full.cluster.child(0).kill();
      disk.fill(10);
      await expect(full.cluster.heal()).rejects.toThrow(/has 10 MB free, and the embedded database needs 48 MB to open/);
      disk.free();
      await full.cluster.heal();
      await full.cluster.settle();
      expect((await full.say('fourth: write_row')).status).toBe(200);
      expect(await full.wrong()).toEqual([]);
    });
  },
);

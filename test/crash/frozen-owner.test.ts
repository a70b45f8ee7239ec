import { expect, it } from 'vitest';
import { onEachArrangement } from './arrangements.ts';
import type { Cluster } from './cluster.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

const freezes: { point: Point; script: string }[] = [
  { point: 'in-model-call', script: 'write_row' },
  { point: 'after-plan-recorded', script: 'call_outside+write_row' },
  { point: 'after-effect-before-recorded', script: 'write_row; write_row' },
  { point: 'after-outside-effect-before-recorded', script: 'call_outside' },
  { point: 'before-finish', script: 'write_row' },
  { point: 'in-effect', script: 'write_row; write_row' },
];
const defaults = { TIMONEL_LEASE_MS: '5000', TIMONEL_IDLE_IN_TRANSACTION_TIMEOUT_MS: '5000' };

onEachArrangement('a process that was frozen does no harm when it wakes up', [{ kind: 'postgres', processes: 3 }], (setting) => {
  it.each(freezes)('$point', async ({ point, script }) => {
    await freeze(setting.cluster, point, `${point}: ${script}`);
  });
});

onEachArrangement(
  'neither does one with the default lease',
  [{ kind: 'postgres', processes: 3, settings: defaults }],
  (setting) => {
    it('in-effect', async () => {
      await freeze(setting.cluster, 'in-effect', 'default-lease: write_row; write_row');
    });
  },
);

async function freeze(cluster: Cluster, point: Point, text: string) {
  const before = await cluster.recoveries();
  const conversation = await cluster.converse();
  const { victim, acting } = await cluster.strike(point, 'SIGSTOP', (to) =>
    cluster.say(conversation, text, { to, timeoutMs: 1_500 }),
  );
  const faults = victim.faults.length;
  // The others finish its turn without it.
  await cluster.settle();
  await acting;
  expect(await violations(cluster)).toEqual([]);
  const recoveries = await cluster.recoveries();
  expect(recoveries).toBeGreaterThan(before);
  await cluster.heal();
  // It goes on where it was, is refused, and says so.
  await expect.poll(() => victim.faults.slice(faults).join(), { timeout: 20_000 }).toMatch(/run_fenced|store_unavailable/);
  expect(await violations(cluster)).toEqual([]);
  expect(await cluster.recoveries()).toBe(recoveries);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement } from './arrangements.ts';
onEachArrangement('debug', [{ kind: 'postgres', processes: 2 }], (setting) => {
  it('x', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { victim } = await cluster.strike('in-effect', 'SIGSTOP', (to) => cluster.say(conversation, 'x: write_row; write_row', { to, timeoutMs: 1_500 }));
    await cluster.settle();
    await cluster.heal();
    for (let i = 0; i < 16; i++) {
      await sleep(1000);
      const h = await fetch(`${victim.url}/health`).then((r) => r.json());
      console.log(i, JSON.stringify(victim.faults), JSON.stringify(h.dependencies[0]), (await fetch(`${victim.url}/metrics/prometheus`).then((r) => r.text())).split('\n').filter((l) => /active/.test(l) && !l.startsWith('#')).join());
    }
    expect(1).toBe(1);
  });
});

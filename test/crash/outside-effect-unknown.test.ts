import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import { violations } from './history.ts';

const script = 'call_outside_blindly+write_row; write_row';

onEachArrangement('an outside effect that nobody can know of is not guessed', oneAndThree, (setting) => {
  it('when it did not happen: a person has it made', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike('before-outside-effect', 'SIGKILL', (victim) =>
      cluster.say(conversation, `not-made: ${script}`, { to: victim }),
    );
    await cluster.heal();
    await cluster.settle();
    const { runId } = await acting;
    const { body } = await cluster.call('GET', `/api/v1/runs/${runId}`);
    expect(body).toMatchObject({
      run: { status: 'waiting', outcome: 'awaiting_approval', recoveries: 1 },
      approvals: [{ tool: 'call_outside_blindly', rule: 'outcome-unknown', status: 'pending' }],
    });
    expect(cluster.outside.count('not-made/0.0')).toBe(0);
    expect(await cluster.decideAll()).toEqual([{ rule: 'outcome-unknown', decision: 'approve' }]);
    await cluster.settle();
    expect(await violations(cluster)).toEqual([]);
  });

  it('and a later write of the same plan, which had not begun, waits and is not asked about', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike('in-outside-effect', 'SIGKILL', (victim) =>
      cluster.say(conversation, 'in-order: call_outside_blindly+call_outside_blindly', { to: victim }),
    );
    await cluster.heal();
    await cluster.settle();
    await acting;
    expect([cluster.outside.count('in-order/0.0'), cluster.outside.count('in-order/0.1')]).toEqual([1, 0]);
    expect(await cluster.decideAll()).toEqual([{ rule: 'outcome-unknown', decision: 'reject' }]);
    await cluster.settle();
    expect([cluster.outside.count('in-order/0.0'), cluster.outside.count('in-order/0.1')]).toEqual([1, 1]);
    expect(await violations(cluster)).toEqual([]);
  });

  it('when it happened: a person leaves it as it is, also after a second death', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike('before-outside-effect', 'SIGKILL', (victim) =>
      cluster.say(conversation, `made: ${script}`, { to: victim }),
    );
    await cluster.heal();
    await cluster.settle();
    await acting;
    const victim = cluster.child(0);
    // Approved, made by whichever process has it, which then dies before it could say so.
    const { run_id: run, call_id: call } = (
      await cluster.query(`SELECT run_id, call_id FROM approvals WHERE status = 'pending'`)
    )[0] ?? { run_id: '', call_id: '' };
    await cluster.strike('in-outside-effect', 'SIGKILL', () =>
      cluster.call('POST', `/api/v1/runs/${run}/approvals/${call}`, { decision: 'approve' }, { to: victim }).catch(() => undefined),
    );
    await cluster.heal();
    await cluster.settle();
    expect(await cluster.decideAll()).toEqual([{ rule: 'outcome-unknown', decision: 'reject' }]);
    await cluster.settle();
    expect(await violations(cluster)).toEqual([]);
  });
});

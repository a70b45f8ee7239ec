import { expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { startTimonel } from './timonel.ts';

it('costs as much in turn 500 as in turn 5: statements, prompt, time', { timeout: 120_000 }, async () => {
  const model = scriptedModel(({ prompt }) => {
    if (String(prompt[0]?.content).startsWith('Summarise')) return 'They asked for notes.';
    return prompt.at(-1)?.role === 'tool' ? 'None.' : { calls: [{ tool: 'list_notes', args: {} }] };
  });
  const { timonel, converse, say, close } = await startTimonel('embedded', { agents: [notes], models: { default: model } });
  try {
    const conversation = await converse('notes');
    const { roundTrips } = timonel.store.pool;
    const turns: { milliseconds: number; statements: number; characters: number }[] = [];
    for (let turn = 1; turn <= 500; turn++) {
      const [began, before] = [performance.now(), roundTrips.count];
      expect((await say(conversation, `Message ${turn}`)).run.outcome).toBe('replied');
      const characters = JSON.stringify(model.asked.at(-1)?.prompt).length;
      turns.push({ milliseconds: performance.now() - began, statements: roundTrips.count - before, characters });
    }
    const least = (from: number, to: number, of: 'milliseconds' | 'statements') =>
      Math.min(...turns.slice(from, to).map((each) => each[of]));
    // The least of several: the lease and the queue work meanwhile.
    expect(least(480, 500, 'statements')).toBeLessThanOrEqual(least(4, 24, 'statements'));
    expect(least(480, 500, 'milliseconds') / least(4, 24, 'milliseconds')).toBeLessThan(3);
    const most = (from: number, to: number) => Math.max(...turns.slice(from, to).map(({ characters }) => characters));
    expect(most(100, 500)).toBeLessThan(most(0, 40) * 1.2);
  } finally {
    await close();
  }
});

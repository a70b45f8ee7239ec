import { expect, it } from 'vitest';
import { arrangements, onEachArrangement } from './arrangements.ts';
import { violations } from './history.ts';

/** Two earlier turns: the third turn that follows them is the first to summarise. */
const settings = { TIMONEL_TEST_MEMORY_MESSAGES: '4' };

onEachArrangement(
  'a summary is made once',
  arrangements.map((arrangement) => ({ ...arrangement, settings })),
  (setting) => {
    it('when a process dies between the summary and the model call that it was made for', async () => {
      const { cluster } = setting;
      const conversation = await cluster.converse();
      for (const name of ['s1', 's2', 's3']) await cluster.say(conversation, `${name}: write_row`);
      // The summary is the first step of the fourth turn.
      const { acting } = await cluster.strike('after-plan-recorded', 'SIGKILL', (victim) =>
        cluster.say(conversation, 's4: write_row', { to: victim }),
      );
      await cluster.recover();
      await acting;
      await cluster.settle();
      expect(await violations(cluster)).toEqual([]);
      const summaries = await cluster.query(
        `SELECT s.index, s.data->>'by' AS by, (s.data->>'upToTurn')::int AS up, r.turn, r.recoveries > 0 AS recovered, r.outcome
         FROM steps s JOIN runs r ON r.id = s.run_id WHERE s.kind = 'summary' AND r.conversation_id = $1`,
        [conversation],
      );
      expect(summaries).toEqual([{ index: 0, by: 'model', up: 2, turn: 4, recovered: true, outcome: 'replied' }]);
    });
  },
);

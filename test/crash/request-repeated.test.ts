import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import type { Point } from './points.ts';

const deaths: Point[] = ['before-accept', 'after-accept', 'after-outside-effect-before-recorded', 'after-finish-before-reply'];

onEachArrangement('a request of a compatible client that is sent again has one turn', oneAndThree, (setting) => {
  it.each(deaths.flatMap((point) => ['user', 'history'].map((name) => [point, name] as const)))(
    'when its process dies %s, and the conversation is known by its %s',
    async (point, name) => {
      const { cluster } = setting;
      const label = `${name}-${point}`;
      const earlier = [{ role: 'user', content: `${label}-first` }];
      const named = name === 'user' ? { user: label } : {};
      const asked = (messages: object[]) => ({ model: 'crash', messages, ...named });
      const authorization = `Bearer ${cluster.child(0).apiKey}`;
      const headers = { authorization };
      const first = await cluster.call('POST', '/v1/chat/completions', asked(earlier), { headers });
      const messages = [...earlier, first.body.choices[0].message, { role: 'user', content: `${label}: call_outside` }];
      const { acting } = await cluster.strike(point, 'SIGKILL', (victim) =>
        cluster.call('POST', '/v1/chat/completions', asked(messages), { headers, to: victim }),
      );
      await acting.catch(() => undefined);
      // A client of the AI SDK or of LangChain: it sends the same again, and does not say so.
      await cluster.heal();
      let answer = await cluster.call('POST', '/v1/chat/completions', asked(messages), { headers, timeoutMs: 10_000 });
      for (let time = 0; time < 20 && answer.status !== 200; time++) {
        await sleep(200);
        answer = await cluster.call('POST', '/v1/chat/completions', asked(messages), { headers, timeoutMs: 10_000 });
      }
      expect(answer).toMatchObject({ status: 200, body: { timonel: { outcome: 'replied' } } });
      await cluster.settle();
      expect(cluster.outside.count(`${label}/0.0`)).toBe(1);
    },
  );
});

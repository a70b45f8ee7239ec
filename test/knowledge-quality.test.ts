/** How good searches are at the repository's own questions, with nothing but the default installation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownSets } from '../bench/retrieval/sets.ts';
import type { EvaluationFigures } from '../src/knowledge/evaluation.ts';
import { makeCollection, putDocument } from './knowledge-client.ts';
import { notes } from './notes-agent.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [notes] });
});
afterAll(() => timonel.close());

const least = {
  'own-es': { ndcg10: 0.94, recall10: 0.97, quotable: 0.78 },
  'own-en': { ndcg10: 0.98, recall10: 1, quotable: 0.8 },
};

it.each(ownSets().map((set) => [set.name, set] as const))(
  'finds and quotes passages of %s, and tells what it does not know',
  async (name, set) => {
    await makeCollection(timonel, name);
    for (const { key, text } of set.documents) await putDocument(timonel, name, key, text);
    const { questions } = set;
    const { body } = await timonel.call<{ figures: EvaluationFigures }>(
      'POST',
      `/api/v1/knowledge/collections/${name}/evaluations`,
      { questions },
    );
    const { figures } = body;
    for (const [figure, value] of Object.entries(least[name as keyof typeof least]))
      expect([figure, figures[figure as 'ndcg10'] >= value, figures]).toEqual([figure, true, figures]);
    expect(figures.wrongQuotes).toBeLessThanOrEqual(0.02);
    expect(figures.toldUnanswerable).toBeGreaterThanOrEqual(0.95);
  },
);

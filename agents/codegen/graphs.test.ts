import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomGraph } from '../../test/codegen/random-graph.ts';
import { block, json, openWorkbench, type Workbench } from '../../test/codegen/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench('embedded');
});
afterAll(() => bench.close());

/** `TIMONEL_TEST_CODEGEN_GRAPHS=500` plays so many. */
const graphs = Number(process.env['TIMONEL_TEST_CODEGEN_GRAPHS'] ?? '1');

it(
  'makes the same tree with one, two and four workers, whatever fails',
  async () => {
    for (let seed = 1; seed <= graphs; seed++) {
      const graph = randomGraph(seed);
      bench.answer(({ role, input }) => {
        if (role === 'analyst') return json({ kind: 'change', complexity: 0.5, questions: [] });
        if (role === 'planner') return json({ tasks: graph.tasks });
        if (role === 'reviewer') return json({ score: 10, findings: [] });
        const id = /Your task "([^"]+)"/.exec(input)?.[1] ?? '';
        const seen = [...input.matchAll(/the file (\w+)\.txt/g)].map(([, name]) => name).sort();
        return graph.fails.has(id) ? 'No.' : block(`${id}.txt`, `${id} saw ${seen.join(' ')}`);
      });
      const made: unknown[] = [];
      for (const maxWorkers of [1, 2, 4]) {
        const project = `graph-${seed}-${maxWorkers}`;
        await bench.project(project);
        await bench.run(
          await bench.timonel.converse('codegen'),
          `/generate ${JSON.stringify({ project, request: 'Change the texts of this program', maxWorkers, budget: 20 })}`,
        );
        const [first] = await bench.executions(project);
        const { tasks } = await bench.execution(first?.id ?? '');
        const diff = await bench.timonel.call<string>('GET', `/api/v1/agents/codegen/executions/${first?.id}/diff`);
        made.push({ states: tasks.map(({ id, state }) => `${id} ${state}`), diff: diff.body });
      }
      expect(made[1]).toEqual(made[0]);
      expect(made[2]).toEqual(made[0]);
      expect((made[0] as { states: string[] }).states.filter((state) => state.endsWith('completed'))).toEqual(
        graph.completed.map((id) => `${id} completed`),
      );
    }
  },
  240_000 * Math.max(1, graphs),
);

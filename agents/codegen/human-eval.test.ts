/**
 * HumanEval through the front door: its references and stubs are what the model answers. The problems are not in this repository: the file is named by
 * `TIMONEL_TEST_HUMAN_EVAL` (`HumanEval.jsonl` of github.com/openai/human-eval), and without it a few of our own in the same form are played.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { block, gitIn, json, openWorkbench, patient, type Workbench } from '../../test/codegen/workbench.ts';

interface Problem {
  task_id: string;
  prompt: string;
  canonical_solution: string;
  entry_point: string;
  test: string;
}

const file = process.env['TIMONEL_TEST_HUMAN_EVAL'];
const problems: Problem[] =
  file === undefined
    ? [
        ownProblem(
          'clamp',
          'value: int, low: int, high: int',
          'The value, no less than low and no more than high.',
          'return max(low, min(high, value))',
          ['candidate(5, 0, 3) == 3', 'candidate(-1, 0, 3) == 0', 'candidate(2, 0, 3) == 2'],
        ),
        ownProblem(
          'initials',
          'name: str',
          'The first letters of the words, in capitals.',
          "return ''.join(word[0].upper() for word in name.split())",
          ["candidate('ana gil') == 'AG'", "candidate('') == ''"],
        ),
      ]
    : readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Problem);

function ownProblem(name: string, parameters: string, about: string, body: string, checks: readonly string[]): Problem {
  return {
    task_id: `own/${name}`,
    entry_point: name,
    prompt: `def ${name}(${parameters}):\n    """ ${about} """\n`,
    canonical_solution: `    ${body}\n`,
    test: `def check(candidate):\n${checks.map((each) => `    assert ${each}`).join('\n')}\n`,
  };
}

/** The prompt with a body that answers nothing. */
const stubOf = ({ prompt }: Problem) => `${prompt}    return None\n`;
const referenceOf = ({ prompt, canonical_solution }: Problem) => `${prompt}${canonical_solution}`;

interface Played {
  id: string;
  score: number;
  commit: string | null;
  result: string | null;
}

describe('problems of HumanEval', () => {
  let bench: Workbench;
  let folder: string;
  const byModule = new Map<string, { problem: Problem; stub: boolean }>();

  beforeAll(async () => {
    bench = await openWorkbench('embedded');
    folder = await bench.project('human');
    const { status, body } = await bench.timonel.call('POST', '/api/v1/agents/codegen/rules', {
      autoApprove: true,
      selfApprove: true,
      minScore: 7,
    });
    expect(status, JSON.stringify(body)).toBe(201);
    bench.answer(({ role, input }) => {
      const module = /\b(?:good|stub)_\d+\b/.exec(input)?.[0] ?? '';
      const { problem, stub } = byModule.get(module) ?? {};
      if (problem === undefined) throw new Error(`No problem is asked for: ${input.slice(0, 200)}`);
      if (role === 'analyst')
        return json({
          kind: 'function',
          language: 'python',
          complexity: 0.3,
          summary: problem.entry_point,
          file: `${module}.py`,
          questions: [],
        });
      if (role === 'planner')
        return json({
          summary: problem.entry_point,
          tasks: [
            {
              id: 'code',
              kind: 'implementation',
              description: module,
              files: [{ path: `${module}.py`, action: 'create' }],
              dependsOn: [],
            },
            {
              id: 'tests',
              kind: 'testing',
              description: module,
              files: [{ path: `test_${module}.py`, action: 'create' }],
              dependsOn: ['code'],
            },
          ],
        });
      if (role === 'implementer') return block(`${module}.py`, stub === true ? stubOf(problem) : referenceOf(problem));
      if (role === 'tester')
        return block(
          `test_${module}.py`,
          `from ${module} import *\n\n${problem.test}\n\ndef test_${problem.entry_point}():\n    check(${problem.entry_point})`,
        );
      return json({ score: 10, findings: [] });
    });
  }, 120_000);
  afterAll(() => bench.close());

  /** Plays them a few at a time: a model would take longer than all of ours. */
  async function play(stub: boolean): Promise<Played[]> {
    const played: Played[] = [];
    const left = problems.map((problem, index) => ({ problem, module: `${stub ? 'stub' : 'good'}_${index}` }));
    const one = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { problem, module } = next;
        byModule.set(module, { problem, stub });
        const conversation = await bench.timonel.converse('codegen');
        const terms = {
          project: 'human',
          request: `Write ${problem.entry_point} in ${module}.py, with tests.`,
          autoApprove: true,
          rounds: 1,
        };
        await bench.timonel.say(conversation, `/generate ${JSON.stringify(terms)}`);
        await expect.poll(async () => (await ofConversation(conversation))?.stage, { ...patient, timeout: 120_000 }).toBe('ended');
        const found = await ofConversation(conversation);
        const { rounds, commit, result } = await bench.execution(found?.id ?? '');
        played.push({ id: problem.task_id, score: rounds.at(-1)?.score?.value ?? -1, commit, result });
      }
    };
    await Promise.all(Array.from({ length: 4 }, one));
    return played;
  }

  async function ofConversation(conversation: string) {
    type Listed = { id: string; stage: string; conversationId: string };
    const { body } = await bench.timonel.call<{ executions: Listed[] }>('GET', '/api/v1/agents/codegen/executions?limit=20');
    return body.executions.find(({ conversationId }) => conversationId === conversation);
  }

  const long = 60_000 + problems.length * 10_000;

  it('commits every reference, with a score of 8 at least', { timeout: long }, async () => {
    const started = performance.now();
    const played = await play(false);
    if (file !== undefined) console.log(`${played.length} references in ${Math.round((performance.now() - started) / 1_000)} s`);
    expect(played.filter(({ score, result }) => score < 8 || result !== 'committed')).toEqual([]);
    expect(played).toHaveLength(problems.length);
    expect(new Set(played.map(({ commit }) => commit)).size).toBe(problems.length);
    expect(gitIn(folder, 'status', '--porcelain')).toBe('');
  });

  it('gives every stub 4 at most, and offers none', { timeout: long }, async () => {
    const played = await play(true);
    expect(played.filter(({ score, result }) => score > 4 || result !== 'failed')).toEqual([]);
    expect(played).toHaveLength(problems.length);
  });
});

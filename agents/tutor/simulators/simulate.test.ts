import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseScenario, type Scenario, simulatorRoles } from './scenario.ts';
import { bundledScenarios } from './scenarios.ts';
import { beginSimulation, scoreSimulation, simulate } from './simulate.ts';

const candidates = JSON.parse(readFileSync(join(import.meta.dirname, 'candidates.json'), 'utf8')) as Record<
  string,
  { good: string[]; bad: string[] }
>;

function played(scenario: Scenario, said: readonly string[]) {
  let { state, ended } = beginSimulation(scenario, 'es');
  const replies: string[] = [];
  for (const message of said) {
    const turn = simulate(scenario, state, message, 'es');
    replies.push(turn.reply);
    [state, ended] = [turn.state, turn.ended];
  }
  return { score: scoreSimulation(scenario, state, 'es'), replies, state, ended };
}

it('has three scenarios of each role', () => {
  const roles = bundledScenarios().map(({ role }) => role);
  for (const role of simulatorRoles) expect(roles.filter((each) => each === role).length).toBe(3);
});

it('tells a good candidate from a bad one by at least 30 of 100, each point with the turn that proves it', () => {
  for (const scenario of bundledScenarios()) {
    const { good = [], bad = [] } = candidates[scenario.id] ?? {};
    const [strong, weak] = [played(scenario, good), played(scenario, bad)];
    expect(
      strong.score.points - weak.score.points,
      `${scenario.id}: ${strong.score.points} and ${weak.score.points}`,
    ).toBeGreaterThanOrEqual(30);
    for (const { earned, provedBy } of strong.score.rubric) {
      expect(earned > 0).toBe(provedBy !== undefined);
      if (provedBy !== undefined) expect(good[provedBy.turn - 1]).toBe(provedBy.text);
    }
    expect(strong.state.told.length, scenario.id).toBeGreaterThan(0);
    // Ten turns go by without a model, and the last one ends it; what is said after it counts for nothing.
    expect([bad.length, weak.ended]).toEqual([10, true]);
    expect(new Set(weak.replies).size).toBeGreaterThanOrEqual(5);
    expect(played(scenario, [...bad, ...good]).score).toEqual(weak.score);
  }
});

it('tells a fact once, and answers the same to the same', () => {
  const [scenario] = bundledScenarios();
  const [fact] = scenario?.facts ?? [];
  if (scenario === undefined || fact === undefined) throw new Error('There is no scenario.');
  const question = `¿${fact.cues[0]?.replaceAll('+', ' ')}?`;
  const { replies } = played(scenario, [question, question]);
  expect(replies[0]).toContain(fact.tells.es);
  expect(replies[1]).not.toContain(fact.tells.es);
  expect(played(scenario, [question, question]).replies).toEqual(replies);
  expect(beginSimulation(scenario, 'en').reply).toBe(scenario.opening.en);
});

it('takes a scenario of a teacher, and says what is wrong with one', () => {
  const [scenario] = bundledScenarios();
  if (scenario === undefined) throw new Error('There is no scenario.');
  const data = JSON.parse(JSON.stringify(scenario)) as Record<string, unknown> & Scenario;
  expect(parseScenario({ ...data, id: 'own-scenario' }).id).toBe('own-scenario');
  for (const [change, message] of [
    [{ role: 'boss' }, 'role is one of product-owner'],
    [{ id: 'Own Scenario' }, 'kebab-case'],
    [{ rubric: data.rubric.slice(1) }, 'add up to 100'],
    [{ facts: [data.facts[0], data.facts[0]] }, 'is there twice'],
    [{ prompts: [] }, 'at least four prompts'],
    [{ secret: 1 }, 'secret'],
  ] as const)
    expect(() => parseScenario({ ...data, ...change })).toThrow(message);
});

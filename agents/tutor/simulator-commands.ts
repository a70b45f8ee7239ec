/** Conversations with simulated people, played turn by turn: nothing is kept, so that the caller sends what the candidate said so far. */
import { z } from 'zod';
import { defineCommand, type JsonObject, rejectRow } from '../../src/index.ts';
import { type Scenario, scenarioSchema } from './simulators/scenario.ts';
import { bundledScenarios } from './simulators/scenarios.ts';
import { beginSimulation, scoreSimulation, simulate } from './simulators/simulate.ts';

const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const language = z.enum(['es', 'en']).default('es');

const scenarios = defineCommand({
  name: 'scenarios',
  description: 'The simulated people there are to talk to, with what a candidate reads first',
  permission: 'tutor:teach',
  input: z.object({ language }),
  async run(input) {
    const { language: spoken } = input as { language: 'es' | 'en' };
    const listed = bundledScenarios().map(({ id, role, title, turns, briefing }) => ({
      id,
      role,
      title: title[spoken] ?? title.es,
      turns,
      briefing: briefing[spoken] ?? briefing.es,
    }));
    return json({ scenarios: listed });
  },
});

const simulation = defineCommand({
  name: 'simulate',
  description:
    'Plays a scenario with what a candidate said so far: the reply to the last of it, and the points with the turn that proves each',
  permission: 'tutor:teach',
  input: z.object({
    scenario: z.string().max(80).optional().describe('Id of one that ships; `scenarios` lists them'),
    definition: scenarioSchema.optional().describe('One of your own, instead'),
    said: z.array(z.string().trim().min(1).max(5_000)).max(50).default([]).describe('What the candidate said, oldest first'),
    language,
  }),
  async run(input) {
    const given = input as { scenario?: string; definition?: Scenario; said: string[]; language: 'es' | 'en' };
    const scenario = given.definition ?? bundledScenarios().find(({ id }) => id === given.scenario);
    if (scenario === undefined)
      throw rejectRow(
        `There is no scenario "${given.scenario ?? ''}". \`scenarios\` lists them; "definition" takes one of your own.`,
      );
    const begun = beginSimulation(scenario, given.language);
    let turn: { reply: string; state: typeof begun.state; ended: boolean } = begun;
    for (const message of given.said) turn = simulate(scenario, turn.state, message, given.language);
    return json({
      briefing: begun.briefing,
      reply: turn.reply,
      ended: turn.ended,
      turnsLeft: Math.max(0, scenario.turns - turn.state.said.length),
      score: scoreSimulation(scenario, turn.state, given.language),
    });
  },
});

export const simulatorCommands = [scenarios, simulation];

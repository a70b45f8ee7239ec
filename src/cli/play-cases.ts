/** Plays quality cases against a whole Timonel on a store of its own: the agent's sample data, the real loop, tools and policy. */

import { defaultWorkspace } from '../composition/base.ts';
import { readSettings, type Settings } from '../config.ts';
import type { EvaluationCase } from '../evaluations/case.ts';
import { type CaseResult, type EvaluatedConversation, playCase } from '../evaluations/play-case.ts';
import { localReference } from '../language/time/wall-clock.ts';
import type { Timonel } from '../main.ts';
import type { ProjectConfig } from '../project.ts';
import type { AgentDefinition } from '../run/contract.ts';

export interface PlayOptions {
  agent: AgentDefinition;
  cases: readonly EvaluationCase[];
  settings: Settings;
  project: ProjectConfig;
  onBegan(one: EvaluationCase, index: number): void;
  onResult(result: CaseResult, index: number): void;
}

/** Settings of a store that lives as long as the cases are played, and reaches nothing else. */
export function playSettings(home: string, environment: Readonly<Record<string, string | undefined>>): Settings {
  return readSettings({
    ...environment,
    TIMONEL_HOME: home,
    TIMONEL_SAMPLE: 'true',
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  });
}

export async function playCases({ agent, cases, settings, project, onBegan, onResult }: PlayOptions): Promise<void> {
  // The sample data is made on the day of the first case: promotions run for a while only, and the cases count on them.
  let now = new Date(cases.flatMap((one) => one.now ?? []).sort()[0] ?? Date.now());
  const { openTimonel } = await import('../main.ts');
  const timonel = await openTimonel(settings, project, { now: () => now });
  const { timeZone } = await timonel.workspaces.get(defaultWorkspace);
  const vocabulary = await agent.flows?.vocabulary?.load({
    workspaceId: defaultWorkspace,
    timeZone,
    now: () => now,
    newId: () => crypto.randomUUID(),
    query: (work) => timonel.store.pool.inWorkspace(defaultWorkspace, (database) => work(database)),
  });
  try {
    for (const [index, one] of cases.entries()) {
      onBegan(one, index);
      now = one.now === undefined ? new Date() : new Date(one.now);
      const result = await playCase(agent, one, await converse(timonel, agent), (_agent, text) => {
        if (agent.flows === undefined) return { intent: 'other', slots: {} };
        return agent.flows.understand(text, { now: localReference(now, timeZone), vocabulary: vocabulary ?? {} });
      });
      onResult(result, index);
    }
  } finally {
    await timonel.close();
  }
}

async function converse(timonel: Timonel, agent: AgentDefinition): Promise<EvaluatedConversation> {
  const id = crypto.randomUUID();
  const { version } = timonel.releases.catalog.codeOf(agent.name);
  await timonel.views.createConversation(defaultWorkspace, {
    id,
    agent: agent.name,
    agentVersion: version,
    arm: 'stable',
    channel: 'eval',
    contact: undefined,
  });
  return {
    async say(text) {
      const runId = await timonel.runner.submit({
        workspaceId: defaultWorkspace,
        conversationId: id,
        runId: crypto.randomUUID(),
        text,
      });
      const run = await timonel.runner.wait(defaultWorkspace, runId, 120_000);
      const steps = await timonel.views.steps(defaultWorkspace, runId, -1);
      return { run, steps: steps.map(({ step }) => step) };
    },
  };
}

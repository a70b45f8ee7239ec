/** What jobs of agents work with. */
import { v5 as uuidOfName } from 'uuid';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { artifactsForTool } from '../artifacts/for-tools.ts';
import { TimonelError } from '../errors.ts';
import type { FlagPart } from '../flags/open.ts';
import type { Identity } from '../identity/identity.ts';
import type { ReleasePart } from '../release/open.ts';
import type { RunsOfJob } from '../run/contract.ts';
import type { JobPlace, Jobs, JobsDependencies } from '../run/jobs.ts';
import type { Runner } from '../run/runner.ts';
import type { Sandbox } from '../sandbox/contract.ts';
import { sandboxFor } from '../sandbox/for-agents.ts';
import type { RunViews } from '../store/run-views.ts';
import type { WaitingRuntime } from '../tools/call-waits.ts';
import { type SendRuntime, sendFrom } from '../tools/send.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

interface JobParts {
  artifacts: Artifacts;
  flags: FlagPart;
  jobs: Pick<Jobs, 'schedule'>;
  releases: Pick<ReleasePart, 'inForce'>;
  views: Pick<RunViews, 'ensureConversation'>;
  complete: WaitingRuntime['complete'];
  messages: SendRuntime;
  runner: Pick<Runner, 'submit'>;
  sandbox: Sandbox;
  identity: Pick<Identity, 'vouched'>;
}

export function jobContexts(
  { agents, newId, metricsOf }: Base,
  { access, reaches }: Foundation,
  { artifacts, flags, jobs, releases, views, complete, messages, runner, sandbox, identity }: JobParts,
): JobsDependencies['contextOf'] {
  const start = async (place: JobPlace, run: Parameters<RunsOfJob['start']>[0]): ReturnType<RunsOfJob['start']> => {
    const { workspaceId } = place;
    const { agent, key } = run;
    const text = typeof run.input === 'string' ? run.input : JSON.stringify(run.input);
    if (key === '' || key.length > 200) throw invalid('The key of a run has 1 to 200 characters.');
    if (text.trim() === '' || text.length > 100_000) throw invalid('The input of a run has 1 to 100000 characters.');
    if (!agents.has(agent))
      throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...agents.keys()].join(', ')}.`);
    // By its name, so that a job that is made again after a crash finds the conversation, and the run in it.
    const conversationId = uuidOfName(JSON.stringify([workspaceId, place.agent, agent, key]), namespace);
    const { version: agentVersion } = releases.inForce.stableOf(workspaceId, agent);
    await views.ensureConversation(workspaceId, { id: conversationId, agent, agentVersion, arm: 'stable', channel: 'job' });
    const runId = await runner.submit({ workspaceId, conversationId, runId: newId(), text, idempotencyKey: `job ${key}` });
    return { runId, conversationId };
  };
  return (place) => {
    const { workspaceId, timeZone, agent, queue, idempotencyKey, signal } = place;
    const by = `job:${queue}`;
    return {
      ...access(workspaceId, timeZone),
      ...reaches(workspaceId, agent),
      idempotencyKey,
      signal,
      flags: flags.providers.clientFor({ workspaceId, conversationId: idempotencyKey, agent, channel: 'job' }),
      // Nobody asks: what wants a permission of its reader is not for a job.
      artifacts: artifactsForTool(artifacts, { workspaceId, agent, may: () => false }),
      metrics: metricsOf(agent),
      complete: (token, answer) => complete(token, answer, by),
      send: sendFrom({ workspaceId, agent, idempotencyKey, by }, messages),
      sandbox: sandboxFor(sandbox, { workspaceId, person: `job ${agent}` }, signal),
      accounts: identity.vouched.for({
        workspaceId,
        agent,
        roles: agents.get(agent)?.vouchesFor ?? [],
        origin: { address: '', userAgent: undefined, requestId: idempotencyKey },
      }),
      runs: { start: (run) => start(place, run) },
      schedule: (name, payload, { at, key }) =>
        jobs.schedule({ agent, name, workspaceId, payload, at, key: key ?? newId() }, undefined),
    };
  };
}

/** Random; of the names of conversations that jobs begin. */
const namespace = '2f0c6b3e-6a54-4d6f-9a0b-7c1f1d6f2e55';

function invalid(message: string): TimonelError {
  return new TimonelError('invalid_request', message);
}

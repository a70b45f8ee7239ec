/** What looks at a running installation as a whole. */
import { join } from 'node:path';
import type { Gateway } from '../llm/gateway.ts';
import type { Backups } from '../operations/backup/backups.ts';
import { Drills } from '../operations/drill/drills.ts';
import type { Validation, ValidationOptions } from '../operations/validate/contract.ts';
import { validate } from '../operations/validate/validate.ts';
import type { Jobs } from '../run/jobs.ts';
import type { OpenSandbox } from '../sandbox/sandbox.ts';
import { readAgentMigrations } from '../store/agent-migrations/files.ts';
import { schemaStatus } from '../store/migrate.ts';
import { type Base, defaultWorkspace } from './base.ts';
import type { Foundation } from './foundation.ts';

const answerMs = 20_000;

export interface ValidatedParts {
  gateway: Gateway;
  jobs: Jobs;
  sandbox: OpenSandbox;
  backups: Backups;
  metrics(): Promise<string>;
}

/** Drills of this installation; one that is under way is interrupted at the end, and undoes its fault. */
export function prepareDrills({ settings, scope }: Base): Drills {
  const drills = new Drills({ folder: join(settings.home, 'drills'), startable: settings.drills });
  scope.defer(() => drills.close());
  return drills;
}

/** Validates this process from inside. */
export function prepareValidation(
  { settings, project: { agents }, now }: Base,
  { store, redis }: Foundation,
  { gateway, jobs, sandbox, backups, metrics }: ValidatedParts,
): (options: ValidationOptions) => Promise<Validation> {
  return (options) =>
    validate(
      {
        settings,
        store,
        schema: () => schemaStatus(store.pool, readAgentMigrations(agents)),
        redis,
        backups,
        agents,
        running: {
          queues: () => jobs.depths(),
          failedJobs: () => jobs.failed(1_000),
          sandbox,
          defaultModel: () => gateway.modelOf(defaultWorkspace, undefined),
          askModel: () => askModel(gateway),
          metrics,
        },
        now,
      },
      options,
    );
}

/** The smallest call that shows that key, model and network are right. */
async function askModel(gateway: Gateway) {
  const answer = await gateway.ask({
    model: undefined,
    spender: { workspaceId: defaultWorkspace },
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Answer with the two letters OK.' }] }],
    tools: [],
    agentVersion: 'validate',
    signal: AbortSignal.timeout(answerMs),
  });
  const { inputTokens, outputTokens } = answer.usage;
  return {
    model: answer.model,
    text: answer.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    tokens: (inputTokens.total ?? 0) + (outputTokens.total ?? 0),
    cost: answer.cost,
  };
}

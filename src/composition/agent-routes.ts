/** What handlers of agents' routes work with. */
import type { Artifacts } from '../artifacts/artifacts.ts';
import { artifactsForTool } from '../artifacts/for-tools.ts';
import { TimonelError } from '../errors.ts';
import { workspaceDisabled } from '../identity/workspaces.ts';
import type { Resources } from '../resources/resources.ts';
import type { Jobs } from '../run/jobs.ts';
import type { RouteCall, RouteContext } from '../run/route.ts';
import type { Runner } from '../run/runner.ts';
import { Completions } from '../store/completions.ts';
import type { ReadyRun } from '../store/run-families.ts';
import { type MessageSent, type SendRuntime, sendFrom } from '../tools/send.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

interface RouteParts {
  artifacts: Artifacts;
  jobs: Pick<Jobs, 'schedule'>;
  resources: Pick<Resources, 'change'>;
  messages: SendRuntime;
  runner: Pick<Runner, 'resumeAll'>;
}

/** @returns how a request is handled. A change is one transaction with its entry in the audit log; what it sent is told after the commit. */
export function routeCalls(
  { now, newId, metricsOf }: Base,
  { pool, workspaces, access, reaches }: Foundation,
  { artifacts, jobs, resources, messages, runner }: RouteParts,
) {
  const completions = new Completions(pool);
  return async ({ agent, route, by, origin, request }: RouteCall): Promise<unknown> => {
    const principal = 'principal' in by ? by.principal : undefined;
    const { workspaceId } = 'principal' in by ? by.principal : by;
    const workspace = await workspaces.get(workspaceId).catch((error: unknown) => {
      // Which workspaces there are is nobody's business.
      if (principal === undefined && error instanceof TimonelError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (workspace === undefined)
      throw new TimonelError('not_found', `There is no workspace "${workspaceId}". Name another one: ?workspace=…`);
    const { timeZone, disabledAt } = workspace;
    if (disabledAt !== null) throw workspaceDisabled(workspaceId);
    const place = { workspaceId, agent, idempotencyKey: `route:${origin.requestId}`, by: `route:${agent}` };
    const base = { principal, metrics: metricsOf(agent) };
    const schedule =
      (asRuntime?: Parameters<Jobs['schedule']>[1]): RouteContext['schedule'] =>
      (name, payload, { at, key }) =>
        jobs.schedule({ agent, name, workspaceId, payload, at, key: key ?? newId() }, asRuntime);
    if (route.method === 'GET') {
      return route.handle(request, {
        ...access(workspaceId, timeZone),
        ...reaches(workspaceId),
        ...base,
        artifacts: artifactsForTool(artifacts, {
          workspaceId,
          agent,
          may: (wanted) => principal?.permissions.has(wanted as never) === true,
        }),
        send: sendFrom(place, messages),
        schedule: schedule(),
        async complete(token, answer) {
          const ready = await completions.complete(token, answer, place.by, now());
          if (ready !== undefined) await runner.resumeAll([ready]);
        },
      });
    }
    const sent: MessageSent[] = [];
    const woken: ReadyRun[] = [];
    const deed = { action: 'agent-route-called', target: { kind: agent, id: `${route.method} ${route.path}` } };
    const answer = await resources.change(
      agent,
      { workspaceId, actor: principal ?? 'anonymous', origin },
      deed,
      (context, asRuntime) =>
        route.handle(request, {
          ...context,
          ...base,
          send: sendFrom(place, messages, { asRuntime, later: (message) => sent.push(message) }),
          schedule: schedule(asRuntime),
          async complete(token, given) {
            const ready = await asRuntime((client) => completions.complete(token, given, place.by, now(), client));
            if (ready !== undefined) woken.push(ready);
          },
        }),
    );
    for (const message of sent) messages.tell(message);
    if (woken.length > 0) await runner.resumeAll(woken);
    return answer;
  };
}

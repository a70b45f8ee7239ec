/** What handlers of agents' routes work with. */
import type { Artifacts } from '../artifacts/artifacts.ts';
import { artifactsForTool } from '../artifacts/for-tools.ts';
import { TimonelError } from '../errors.ts';
import { openAgentLink } from '../identity/agent-links.ts';
import type { Identity } from '../identity/identity.ts';
import type { AgentAccounts } from '../identity/vouched.ts';
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
  identity: Pick<Identity, 'vouched' | 'audit'>;
}

/** @returns how a request is handled. A change is one transaction with its entry in the audit log; what it sent is told after the commit. */
export function routeCalls(
  { now, newId, metricsOf, agents }: Base,
  { pool, workspaces, access, reaches, keys }: Foundation,
  { artifacts, jobs, resources, messages, runner, identity }: RouteParts,
) {
  const completions = new Completions(pool);
  return async ({ agent, route, by, origin, request }: RouteCall): Promise<unknown> => {
    const principal = 'principal' in by ? by.principal : undefined;
    const link = 'link' in by ? openAgentLink(keys, { agent, path: route.path, link: by.link, now: now() }) : undefined;
    const workspaceId = 'principal' in by ? by.principal.workspaceId : 'link' in by ? (link?.workspaceId ?? '') : by.workspaceId;
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
    const opened = link === undefined ? undefined : { subject: link.subject, expiresAt: link.expiresAt };
    const base = { principal, link: opened, metrics: metricsOf(agent) };
    const schedule =
      (asRuntime?: Parameters<Jobs['schedule']>[1]): RouteContext['schedule'] =>
      (name, payload, { at, key }) =>
        jobs.schedule({ agent, name, workspaceId, payload, at, key: key ?? newId() }, asRuntime);
    const deed = { action: 'agent-route-called', target: { kind: agent, id: `${route.method} ${route.path}` } };
    const details = opened === undefined ? {} : { by: 'link', subject: opened.subject };
    const actor = principal ?? 'anonymous';
    if (route.method === 'GET' || route.asksOutside === true) {
      const answer = await route.handle(request, {
        ...access(workspaceId, timeZone),
        ...reaches(workspaceId, agent),
        ...base,
        artifacts: artifactsForTool(artifacts, {
          workspaceId,
          agent,
          may: (wanted) => principal?.permissions.has(wanted as never) === true,
        }),
        send: sendFrom(place, messages),
        schedule: schedule(),
        accounts: identity.vouched.for({ workspaceId, agent, roles: agents.get(agent)?.vouchesFor ?? [], origin }),
        async complete(token, answer) {
          const ready = await completions.complete(token, answer, place.by, now());
          if (ready !== undefined) await runner.resumeAll([ready]);
        },
      });
      if (route.method !== 'GET') await identity.audit.append({ workspaceId, actor, origin, ...deed, details });
      return answer;
    }
    const sent: MessageSent[] = [];
    const woken: ReadyRun[] = [];
    const answer = await resources.change(agent, { workspaceId, actor, origin }, { ...deed, details }, (context, asRuntime) =>
      route.handle(request, {
        ...context,
        ...base,
        accounts: noAccounts,
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

/** A transaction is open, and on a store with one connection another one would wait for it for ever. */
const noAccounts: AgentAccounts = {
  vouch: () => Promise.reject(needsNoTransaction()),
  signIn: () => Promise.reject(needsNoTransaction()),
};

function needsNoTransaction(): TypeError {
  return new TypeError('A route that uses accounts must be a GET, or declare asksOutside: true.');
}

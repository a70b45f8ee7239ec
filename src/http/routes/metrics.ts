import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import type { Acknowledgement } from '../acknowledgements.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import * as views from '../metric-views.ts';
import { askerText, recordDeed } from '../requests.ts';
import { healthStatusOf } from './health.ts';

/**
 * For how long after an alert was acknowledged another one of the same fingerprint is the same trouble, in milliseconds: other processes notice
 * later, and what flaps comes back.
 */
const sameTroubleMs = 3_600_000;

const config = { permission: 'operations:read', installation: true } as const;

/** What this process does, as it sees itself: also where no Prometheus watches. */
export function metricRoutes(app: TypedFastify, dependencies: HttpDependencies): void {
  const { live, acknowledgements, identity, now } = dependencies;

  const withStatus = async () => {
    const all = await dependencies.dependencies();
    return { all, status: healthStatusOf(all) };
  };

  app.get(
    '/metrics/health',
    {
      config,
      schema: { summary: 'How this process is, in figures of the last five minutes', response: { 200: views.processHealth } },
    },
    async () => {
      // One after the other: asking the database after its health must not be what its pool waits for.
      const figures = await live.health();
      const { all, status } = await withStatus();
      return { ...figures, status, dependencies: all };
    },
  );

  app.get(
    '/metrics/tools/performance',
    {
      config,
      schema: {
        summary: 'Tools by calls, failures and time, of the last hour in this process',
        response: { 200: views.toolPerformance },
      },
    },
    () => live.tools(),
  );

  app.get(
    '/metrics/slo/status',
    {
      config,
      schema: { summary: 'What was promised and what is kept, as this process sees it', response: { 200: views.sloStatus } },
    },
    () => live.slos(),
  );

  app.get(
    '/metrics/alerts/active',
    {
      config,
      schema: {
        summary: 'Alerts that this process sees, and those that ended within the hour',
        response: { 200: views.activeAlerts },
      },
    },
    async (request) => {
      const { alerts, ...view } = await live.alerts();
      const known = await acknowledgements.of(
        requestPrincipalOf(request).workspaceId,
        alerts.map(({ fingerprint }) => fingerprint),
      );
      return {
        ...view,
        alerts: alerts.map((alert) => ({ ...alert, acknowledgement: inForce(known.get(alert.fingerprint), alert.since) })),
      };
    },
  );

  app.post(
    '/metrics/alerts/:fingerprint/acknowledge',
    {
      config,
      schema: {
        summary: 'Say that one looks after an alert. It goes on firing until it is over',
        params: z.object({ fingerprint: z.string().min(1).max(64) }),
        body: z.strictObject({ note: z.string().trim().min(1).max(500).optional() }).nullish(),
        response: { 200: views.watchedAlert.extend({ acknowledgement: views.acknowledgement }) },
      },
    },
    async (request) => {
      const { fingerprint } = request.params;
      const { alerts } = await live.alerts();
      const alert = alerts.find((each) => each.fingerprint === fingerprint && each.state !== 'resolved');
      if (alert === undefined) {
        throw new TimonelError(
          'not_found',
          `This process sees no alert ${fingerprint} now. GET /metrics/alerts/active lists what it sees.`,
        );
      }
      const principal = requestPrincipalOf(request);
      const acknowledgement = { by: askerText(principal), note: request.body?.note ?? null, at: now() };
      await acknowledgements.put(principal.workspaceId, alert, acknowledgement);
      await recordDeed(identity, request, {
        action: 'alert-acknowledged',
        target: { kind: 'alert', id: fingerprint },
        details: { alert: alert.name, severity: alert.severity },
      });
      return { ...alert, acknowledgement: shown(acknowledgement) };
    },
  );

  app.get(
    '/metrics/dashboard/overview',
    {
      config,
      schema: { summary: 'The last hour of this process on one page', response: { 200: views.overview } },
    },
    async () => {
      const figures = await live.overview();
      const { status } = await withStatus();
      return { ...figures, status, version: dependencies.version };
    },
  );
}

function inForce(found: Acknowledgement | undefined, since: string) {
  if (found === undefined || found.at.getTime() + sameTroubleMs < Date.parse(since)) return null;
  return shown(found);
}

function shown({ by, note, at }: Acknowledgement) {
  return { by, note, at: at.toISOString() };
}

/** A release, as a person reads it in a terminal. */
import type { z } from 'zod';
import type { armView, historyEntry, releaseView } from '../http/release-views.ts';

type Release = z.infer<typeof releaseView>;
type Arm = z.infer<typeof armView>;

export function releaseLine({ id, agent, status, percentage, stable, canary, createdAt }: Release): string {
  const share = status === 'running' ? ` ${percentage} %` : '';
  return `${createdAt.slice(0, 16)}  ${agent.padEnd(12)} ${(status + share).padEnd(15)} ${stable} → ${canary}  ${id}`;
}

export function releaseReport(release: Release): string {
  const { id, agent, status, stable, canary, percentage, plan, step, watchedMinutes, enabled, standing, reason } = release;
  const lines = [
    `${agent}: ${stable} → ${canary}`,
    `  release  ${id} (revision ${release.revision})`,
    `  status   ${status}${reason === null ? '' : `: ${reason}`}`,
  ];
  if (status === 'running') {
    const bake = plan.steps[step]?.bakeMinutes ?? 0;
    lines.push(
      `  canary   ${percentage} % of ${unitsOf(plan.strategy)}${enabled ? '' : ', switched off: new conversations get the stable version'}`,
      `  step     ${step + 1} of ${plan.steps.length}, watched for ${watchedMinutes} of at least ${bake} min`,
    );
  }
  if (standing === null) return lines.join('\n');
  lines.push(`  verdict  ${standing.verdict}: ${standing.reason}`, '');
  lines.push(`  ${'metric'.padEnd(13)}${'finding'.padEnd(14)}${'stable'.padEnd(18)}${'canary'.padEnd(18)}against     for`);
  for (const [name, metric] of Object.entries(standing.metrics)) {
    const arm = ({ turns, rate }: Arm) =>
      `${rate === undefined ? '–' : name === 'cost' ? `$${rate.toPrecision(3)}` : `${(rate * 100).toFixed(1)} %`} of ${turns}`;
    const odds = (logarithm: number) =>
      (logarithm < 4 ? `${Number((10 ** logarithm).toPrecision(2))} : 1` : `10^${logarithm.toFixed(1)} : 1`).padEnd(12);
    lines.push(
      `  ${name.padEnd(13)}${metric.finding.padEnd(14)}${arm(metric.stable).padEnd(18)}${arm(metric.canary).padEnd(18)}${odds(metric.evidence.against)}${odds(metric.evidence.for).trimEnd()}`,
    );
  }
  const { safetyViolations, crashes, dollars } = standing.tripwires;
  lines.push('', `  tripwires: ${safetyViolations} safety violation(s), ${crashes} crash loop(s), $${dollars.toFixed(2)}`);
  for (const { collection, verdict, better, worse } of standing.collections)
    lines.push(`  collection ${collection}: ${verdict}, ${better} question(s) went better and ${worse} worse since it began`);
  if (standing.moreTurns !== null)
    lines.push(
      `  About ${Math.ceil(standing.moreTurns)} more turns until it can be promoted, if it is as good as the stable version.`,
    );
  return lines.join('\n');
}

export function entryLine({ at, action, by, details }: z.infer<typeof historyEntry>): string {
  const reason = typeof details['reason'] === 'string' ? `: ${details['reason']}` : '';
  const share = typeof details['percentage'] === 'number' ? ` to ${details['percentage']} %` : '';
  return `${at.slice(0, 19)}  ${action}${share} by ${by}${reason}`;
}

function unitsOf(strategy: Release['plan']['strategy']): string {
  if (strategy === 'workspace') return 'workspaces';
  return strategy === 'user_id' ? 'signed-in users' : 'people';
}

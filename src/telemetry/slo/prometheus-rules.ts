/** The alerts as the rule files of Prometheus, as values; `scripts/write-rules.ts` writes them. */
import { type Alert, alerts } from './alerts.ts';
import { durationText, hour, leavesOf, recordedIn } from './expression.ts';
import { promqlOf } from './promql.ts';

interface RecordingRule {
  record: string;
  expr: string;
  labels: Record<string, string>;
}

interface AlertingRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface RuleFile {
  groups: { name: string; interval?: string; rules: (RecordingRule | AlertingRule)[] }[];
}

/** Where the runbook is to be found, beside the root of the repository. */
export const defaultRunbook = 'docs/runbook.md';

/** Rule files by their names. @param runbook address of the runbook, without the fragment. */
export function ruleFiles(runbook: string = defaultRunbook): Record<string, RuleFile> {
  const burns = alerts.filter(isBurn);
  return {
    'slo.yml': {
      groups: [...records(), { name: 'timonel-slo-alerts', rules: burns.map((alert) => alertingRule(alert, runbook)) }],
    },
    'alerts.yml': {
      groups: [
        { name: 'timonel-alerts', rules: alerts.filter((alert) => !isBurn(alert)).map((alert) => alertingRule(alert, runbook)) },
      ],
    },
  };
}

const isBurn = ({ labels }: Alert) => labels?.['slo'] !== undefined;

/** Long windows move slowly, and cost most. */
const longWindow = { over: 2 * hour, interval: '2m' };

/** Each recorded vector once, after those that it reads; windows of one length together. */
function records(): RuleFile['groups'] {
  const groups = new Map<number, Map<string, RecordingRule>>();
  for (const vector of alerts.flatMap(({ when }) => (typeof when === 'string' ? [] : recordedIn(when)))) {
    const over = Math.max(...leavesOf(vector).map((leaf) => ('over' in leaf ? leaf.over : 0)));
    const group = groups.get(over) ?? new Map<string, RecordingRule>();
    groups.set(over, group);
    group.set(promqlOf(vector), { record: vector.name, expr: promqlOf(vector.of), labels: { ...vector.labels } });
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([over, rules]) => ({
      name: `timonel-slo-${durationText(over)}`,
      ...(over >= longWindow.over ? { interval: longWindow.interval } : {}),
      rules: [...rules.values()],
    }));
}

const valueTexts = {
  share: '{{ $value | humanizePercentage }}',
  seconds: '{{ $value | humanizeDuration }}',
  count: '{{ $value | humanize }}',
} as const;

function alertingRule(alert: Alert, runbook: string): AlertingRule {
  return {
    alert: alert.name,
    expr: typeof alert.when === 'string' ? alert.when : promqlOf(alert.when),
    ...(alert.for === 0 ? {} : { for: durationText(alert.for) }),
    labels: { severity: alert.severity, ...alert.labels },
    annotations: {
      summary: alert.summary,
      value: valueTexts[alert.unit],
      runbook_url: `${runbook}#${alert.name.toLowerCase()}`,
    },
  };
}

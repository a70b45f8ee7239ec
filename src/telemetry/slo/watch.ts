/**
 * The alerts as this process sees them, from its own figures: what there is where no Prometheus watches. It knows of this process only, and a
 * restart forgets.
 */
import { createHash } from 'node:crypto';
import { type AlertChanged, publishFault } from '../../diagnostics.ts';
import { type Alert, alerts as allAlerts, type Severity } from './alerts.ts';
import { evaluateVector, type Value } from './evaluate.ts';
import { leavesOf, type Vector } from './expression.ts';
import { History, type ReadSamples, snapshotEvery } from './history.ts';
import { defaultRunbook } from './prometheus-rules.ts';

export type AlertState = 'pending' | 'firing' | 'resolved';

/** An alert that is, or lately was, true. */
export interface WatchedAlert {
  /** The same for the same alert with the same labels, in every process. */
  fingerprint: string;
  name: string;
  severity: Severity;
  labels: Readonly<Record<string, string>>;
  state: AlertState;
  summary: string;
  runbook: string;
  /** What the rule looks at: a share of 1, seconds, or a number. */
  value: number;
  unit: Alert['unit'];
  /** When it became true, was sent on, and stopped being true. */
  since: Date;
  firingAt: Date | undefined;
  resolvedAt: Date | undefined;
}

/** How old the last look may be for those who ask, in milliseconds. */
const freshForMs = 1_000;
/** How long an alert that is over is still shown, in milliseconds. */
const shownAfterwardsMs = 3_600_000;
/** Alerts that are over, at most. */
const mostResolved = 100;

export interface AlertWatchDependencies {
  read: ReadSamples;
  now(): Date;
  onChange(change: AlertChanged): void;
  /** What others want to look back on. */
  views?: readonly Vector[];
}

export class AlertWatch {
  readonly history: History;
  readonly #dependencies: AlertWatchDependencies;
  readonly #alerts = allAlerts.flatMap((alert) => (typeof alert.when === 'string' ? [] : [{ ...alert, when: alert.when }]));
  readonly #active = new Map<string, WatchedAlert>();
  #resolved: WatchedAlert[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(dependencies: AlertWatchDependencies) {
    this.#dependencies = dependencies;
    const looked = [...this.#alerts.map(({ when }) => when), ...(dependencies.views ?? [])];
    this.history = new History(looked.flatMap(leavesOf), dependencies.read);
  }

  /** Looks now, and every {@link snapshotEvery} seconds from then on. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => publishFault('watching alerts', error));
    }, snapshotEvery * 1000);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes a snapshot and evaluates every alert. One look at a time: who comes meanwhile shares it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Looks again where the last look is no longer fresh: for somebody who asks now. */
  async refresh(): Promise<void> {
    if (this.#looking !== undefined || this.#dependencies.now().getTime() - this.#lookedAt >= freshForMs) await this.look();
  }

  /** How many alerts are evaluated. */
  get watched(): number {
    return this.#alerts.length;
  }

  /** Pending and firing alerts, the gravest first, and those that ended within the hour. */
  alerts(): WatchedAlert[] {
    const order = { critical: 0, warning: 1, info: 2 };
    const states = { firing: 0, pending: 1, resolved: 2 };
    return [...this.#active.values(), ...this.#resolved].sort(
      (a, b) => states[a.state] - states[b.state] || order[a.severity] - order[b.severity] || (a.name < b.name ? -1 : 1),
    );
  }

  async #look(): Promise<void> {
    const now = this.#dependencies.now();
    this.#lookedAt = now.getTime();
    await this.history.take(now.getTime());
    const current = new Set<string>();
    for (const alert of this.#alerts) {
      for (const value of evaluateVector(alert.when, this.history)) current.add(this.#holds(alert, value, now));
    }
    for (const [fingerprint, alert] of this.#active) if (!current.has(fingerprint)) this.#ends(fingerprint, alert, now);
    const oldest = now.getTime() - shownAfterwardsMs;
    this.#resolved = this.#resolved.filter(({ resolvedAt }) => (resolvedAt?.getTime() ?? 0) >= oldest).slice(-mostResolved);
  }

  #holds(alert: Alert, { labels: own, value }: Value, now: Date): string {
    const labels = { ...own, ...alert.labels };
    const fingerprint = fingerprintOf(alert.name, labels);
    const known = this.#active.get(fingerprint);
    const since = known?.since ?? now;
    const fires = now.getTime() - since.getTime() >= alert.for * 1000;
    const watched: WatchedAlert = {
      fingerprint,
      name: alert.name,
      severity: alert.severity,
      labels,
      state: fires ? 'firing' : 'pending',
      summary: alert.summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
      runbook: `${defaultRunbook}#${alert.name.toLowerCase()}`,
      value,
      unit: alert.unit,
      since,
      firingAt: known?.firingAt ?? (fires ? now : undefined),
      resolvedAt: undefined,
    };
    this.#active.set(fingerprint, watched);
    if (fires && known?.state !== 'firing') {
      this.#resolved = this.#resolved.filter((each) => each.fingerprint !== fingerprint);
      this.#tell(watched, 'firing');
    }
    return fingerprint;
  }

  #ends(fingerprint: string, alert: WatchedAlert, now: Date): void {
    this.#active.delete(fingerprint);
    // What never fired was nothing.
    if (alert.state !== 'firing') return;
    const ended: WatchedAlert = { ...alert, state: 'resolved', resolvedAt: now };
    this.#resolved.push(ended);
    this.#tell(ended, 'resolved');
  }

  #tell({ name, severity, labels, summary, value }: WatchedAlert, state: AlertChanged['state']): void {
    this.#dependencies.onChange({ name, severity, labels, summary, value, state });
  }
}

function fingerprintOf(name: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([name, sorted]))
    .digest('hex')
    .slice(0, 16);
}

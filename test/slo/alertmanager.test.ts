import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { needs } from '../needs.ts';
import { startBusyTimonel } from './busy-timonel.ts';
import { type Notification, renderedAlertmanager, startMonitoring, startWebhook, until } from './monitoring.ts';
import { monitoringProgram } from './promtool.ts';

const addresses = (url: string) => ({
  TIMONEL_PAGE_URL: `${url}/page`,
  TIMONEL_TICKET_URL: `${url}/ticket`,
  TIMONEL_INFO_URL: `${url}/info`,
});

const folder = mkdtempSync(join(tmpdir(), 'timonel-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it says; it warns on the other channel of things that are as they should be. */
function amtool(...args: string[]): { status: number | null; output: string } {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, renderedAlertmanager(addresses('http://127.0.0.1:9')));
  const { status, stdout } = spawnSync(
    monitoringProgram('amtool'),
    args.map((each) => each.replace('FILE', file)),
    { encoding: 'utf8' },
  );
  return { status, output: stdout };
}

describe.runIf(needs('Prometheus', 'Alertmanager'))('the configuration of Alertmanager', () => {
  it('is valid, and that of Prometheus too', () => {
    expect(amtool('check-config', 'FILE')).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
    const prometheus = join(import.meta.dirname, '../../deploy/prometheus/prometheus.yml');
    const { status, stdout } = spawnSync(monitoringProgram('promtool'), ['check', 'config', prometheus], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/2 rule files found/)]);
  });

  it.each([
    ['critical', 'page'],
    ['warning', 'ticket'],
    ['info', 'info'],
    ['unheard-of', 'ticket'],
  ])('sends what is %s to "%s"', (severity, receiver) => {
    const { status, output } = amtool('config', 'routes', 'test', '--config.file=FILE', `severity=${severity}`, 'alertname=X');
    expect([status, output.trim()]).toEqual([0, receiver]);
  });
});

/** Without the waits that keep people from being told ten times. */
function hasty(config: string): string {
  const parsed = parse(config);
  for (const route of [parsed.route, ...parsed.route.routes]) {
    Object.assign(route, { group_wait: '100ms', group_interval: '1s' });
  }
  return stringify(parsed);
}

describe.runIf(needs('Prometheus', 'Alertmanager'))('from a Timonel through Prometheus and Alertmanager', () => {
  it('somebody is told of what is wrong, once it is, and when it is over', async () => {
    const webhook = await startWebhook();
    const busy = await startBusyTimonel('embedded');
    const { host, port } = new URL(await busy.timonel.timonel.listen());
    const monitoring = await startMonitoring({ scrape: host, alertmanager: hasty(renderedAlertmanager(addresses(webhook.url))) });
    const told = (name: string, status: string) =>
      webhook.received.find(({ alerts }) => alerts.some((each) => each.labels['alertname'] === name && each.status === status));
    try {
      await until(
        async () => (await monitoring.query('up{job="timonel"}'))[0]?.value[1] === '1',
        'Prometheus has seen the process',
      );
      expect(webhook.received).toEqual([]);

      const begun = performance.now();
      await busy.work();
      const hit: Notification = await until(() => told('RateLimitHits', 'firing'), 'somebody was told of the limit');
      console.log(
        `From the limit to the webhook: ${((performance.now() - begun) / 1000).toFixed(1)} s, the work of the test included`,
      );
      expect([hit.path, hit.receiver]).toEqual(['/info', 'info']);
      const [alert] = hit.alerts;
      expect(alert).toMatchObject({
        labels: { scope: 'user', severity: 'info' },
        annotations: { summary: 'Callers reach the rate limit of their user', runbook_url: 'docs/runbook.md#ratelimithits' },
      });

      await busy.timonel.timonel.close();
      const page = await until(() => told('TimonelDown', 'firing'), 'somebody was woken');
      expect([page.path, page.receiver]).toEqual(['/page', 'page']);
      const again = await startBusyTimonel('embedded', { environment: { TIMONEL_PORT: port } });
      try {
        await again.timonel.timonel.listen();
        expect((await until(() => told('TimonelDown', 'resolved'), 'somebody was told that it is over')).path).toBe('/page');
      } finally {
        await again.close();
      }
      // A page that has said it all is not followed by a ticket for the same.
      expect(told('ProcessDown', 'firing')).toBeUndefined();
    } finally {
      await monitoring.close();
      await busy.close().catch(() => {});
      webhook.close();
    }
  }, 180_000);

  it('nobody is told twice of one trouble, and a page hides no other trouble', async () => {
    const webhook = await startWebhook();
    const config = hasty(renderedAlertmanager(addresses(webhook.url)));
    const monitoring = await startMonitoring({ scrape: '127.0.0.1:1', alertmanager: config });
    try {
      const alert = (alertname: string, severity: string, labels: object = {}) => ({ labels: { alertname, severity, ...labels } });
      const sli = { slo: 'availability', sli: 'availability' };
      const sent = [
        alert('AvailabilityBurn', 'critical', { ...sli, burn: '14.4' }),
        alert('AvailabilityBurn', 'warning', { ...sli, burn: '1' }),
        alert('HighErrorRate', 'warning', { sample: 'test' }),
        alert('RunErrorsBurn', 'warning', { slo: 'run-errors', sli: 'run-errors', burn: '1' }),
        alert('BreakerOpen', 'critical', { target: 'a/b' }),
        alert('DiskFilling', 'warning', { mount: 'home' }),
        alert('StoreDown', 'critical', { sample: 'test' }),
        alert('PoolWaiting', 'warning', { sample: 'test' }),
      ];
      const { ok } = await fetch(`${monitoring.alertmanager}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      expect(ok).toBe(true);
      type Shown = { labels: Record<string, string>; status: { state: string } }[];
      const shown = async () =>
        ((await (await fetch(`${monitoring.alertmanager}/api/v2/alerts`)).json()) as Shown).filter(
          ({ labels }) => !labels['alertname']?.startsWith('Timonel') && labels['alertname'] !== 'ProcessDown',
        );
      await until(
        async () => (await shown()).length === sent.length && (await shown()).every(({ status }) => status.state !== 'unprocessed'),
        'all are sorted',
      );
      const silent = (await shown())
        .filter(({ status }) => status.state === 'suppressed')
        .map(({ labels }) => `${labels['alertname']} ${labels['severity']}`);
      expect(silent.sort()).toEqual(['AvailabilityBurn warning', 'HighErrorRate warning', 'PoolWaiting warning']);
    } finally {
      await monitoring.close();
      webhook.close();
    }
  }, 120_000);
});

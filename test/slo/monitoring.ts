/** A private Prometheus and Alertmanager from the system's own binaries, on what is in `deploy`, with short intervals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { RuleFile } from '../../src/telemetry/slo/prometheus-rules.ts';
import { freePort } from '../postgres.ts';
import { monitoringProgram } from './promtool.ts';

const deploy = join(import.meta.dirname, '../../deploy');

export const rulesFolder = join(deploy, 'prometheus/rules');
export const dashboardsFolder = join(deploy, 'grafana/dashboards');
export const alertmanagerFile = join(deploy, 'alertmanager/alertmanager.yml');

export interface Monitoring {
  prometheus: string;
  alertmanager: string | undefined;
  /** Answers a question now. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  close(): Promise<void>;
}

/**
 * Starts Prometheus on the committed configuration and rules.
 * @param options.scrape address of the process to watch, e.g. `127.0.0.1:8000`; `alertmanager`: its configuration, rendered.
 */
export async function startMonitoring(options: { scrape: string; alertmanager?: string }): Promise<Monitoring> {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-monitoring-'));
  const children: ChildProcess[] = [];
  const start = async (program: Parameters<typeof monitoringProgram>[0], args: string[], ready: string) => {
    const child = spawn(monitoringProgram(program), args, { stdio: 'ignore', cwd: folder });
    children.push(child);
    await until(() => answers(ready), `${program} is ready`);
  };
  let alertmanager: string | undefined;
  if (options.alertmanager !== undefined) {
    const port = await freePort();
    alertmanager = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'alertmanager.yml'), options.alertmanager);
    const args = [`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'alertmanager')}`];
    await start(
      'prometheus-alertmanager',
      [...args, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
      `${alertmanager}/-/ready`,
    );
  }
  const port = await freePort();
  const prometheus = `http://127.0.0.1:${port}`;
  writeConfiguration(folder, { ...options, alertmanagerAddress: alertmanager?.replace('http://', '') });
  await start(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    `${prometheus}/-/ready`,
  );
  return {
    prometheus,
    alertmanager,
    async query(expression) {
      const answer = await fetch(`${prometheus}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: expression }),
      });
      const { status, error, data } = (await answer.json()) as {
        status: string;
        error?: string;
        data: { result: Awaited<ReturnType<Monitoring['query']>> };
      };
      if (status !== 'success') throw new Error(`${expression}: ${error}`);
      return data.result;
    },
    async close() {
      for (const child of children.reverse()) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The committed files, with every interval a second, so that a test need not wait for minutes. */
function writeConfiguration(
  folder: string,
  { scrape, alertmanagerAddress }: { scrape: string; alertmanagerAddress: string | undefined },
): void {
  const config = parse(readFileSync(join(deploy, 'prometheus/prometheus.yml'), 'utf8'));
  Object.assign(config.global, { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' });
  config.scrape_configs = config.scrape_configs.filter(({ job_name }: { job_name: string }) => job_name === 'timonel');
  config.scrape_configs[0].static_configs[0].targets = [scrape];
  if (alertmanagerAddress === undefined) delete config.alerting;
  else config.alerting.alertmanagers[0].static_configs[0].targets = [alertmanagerAddress];
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  mkdirSync(join(folder, 'rules'));
  for (const name of readdirSync(rulesFolder)) {
    const file = parse(readFileSync(join(rulesFolder, name), 'utf8')) as RuleFile;
    for (const group of file.groups) {
      delete group.interval;
      for (const rule of group.rules) if ('for' in rule) rule.for = '1s';
    }
    writeFileSync(join(folder, 'rules', name), stringify(file));
  }
}

/** The committed configuration of Alertmanager with its addresses filled in, as `envsubst` does it. */
export function renderedAlertmanager(addresses: Readonly<Record<string, string>>): string {
  return readFileSync(alertmanagerFile, 'utf8').replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const address = addresses[name];
    if (address === undefined) throw new Error(`Nothing is said about ${name}.`);
    return address;
  });
}

export interface Notification {
  path: string;
  receiver: string;
  status: string;
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** Takes what Alertmanager sends. */
export async function startWebhook(): Promise<{ url: string; received: Notification[]; close(): void }> {
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', ...(JSON.parse(text) as Omit<Notification, 'path'>) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close: () => server.close() };
}

/** Waits until something holds; for a minute, since the machine may be busy. */
export async function until<T>(condition: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await sleep(200);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

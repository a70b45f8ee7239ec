import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { messageOf } from '../errors.ts';
import type { Asked, DeployQuestions, DeployReport, DeployStep, HostSlot, SlotName } from '../operations/deploy/contract.ts';
import type { Validation } from '../operations/validate/contract.ts';
import { ApiClient } from './api-client.ts';
import { readCredentials } from './credentials.ts';
import { probe, untilReady } from './health.ts';
import { smokeOnce } from './smoke.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  to?: string;
  back?: boolean;
  status?: boolean;
  config: string;
  json?: boolean;
}

export function deployCommand(): Command {
  return new Command('deploy')
    .description(
      'Update Timonel on one host behind nginx without a lost request: the version of a slot is started, proven, and gets the traffic; the other one is drained and stopped. What fails is taken back. Exit code 1 where the traffic stayed where it was',
    )
    .option('--to <slot>', 'the slot with the new version: blue or green')
    .option('--back', 'back to the other slot, without the checks before an update')
    .option('--status', 'which slot has the traffic, and how both are')
    .option('--config <file>', 'settings of the host; deploy/host/deploy.json is an example', '/etc/timonel/deploy.json')
    .option('--json', 'print JSON')
    .action((options: Options) => deploy(options));
}

async function deploy(options: Options): Promise<void> {
  const { readDeploySettings } = await import('../operations/deploy/settings.ts');
  const { Deploy, otherSlot } = await import('../operations/deploy/deploy.ts');
  const { liveSlot } = await import('../operations/deploy/nginx.ts');
  if ([options.to !== undefined, options.back === true, options.status === true].filter(Boolean).length !== 1)
    throw new UsageError('Say one of --to blue, --to green, --back and --status. For example: timonel deploy --to green');
  const settings = readDeploySettings(options.config);
  const live = await liveSlot(settings.nginx);
  if (options.status === true) return status(live, settings.slots, options.json === true);
  const to = options.back === true ? backFrom(live, otherSlot) : slotOf(options.to);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const told = (step: DeployStep) => {
    if (options.json !== true)
      console.log(`${stepMarks[step.status]} ${step.name.padEnd(6)} ${step.said} (${step.milliseconds} ms)`);
  };
  try {
    const report = await new Deploy(settings, questions(options.back === true), told).to(to, interrupted.signal);
    if (options.json === true) console.log(JSON.stringify(report));
    else console.log(`\n${sentenceOf(report)}`);
    if (report.status !== 'switched') process.exitCode = 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

export const stepMarks: Readonly<Record<DeployStep['status'], string>> = { pass: '✓', fail: '✗', warning: '!' };

function sentenceOf({ status: how, from, to }: DeployReport): string {
  if (how === 'switched') return `${to} has the traffic.${from === undefined ? '' : ' Back again: timonel deploy --back'}`;
  if (how === 'back') return `The update was taken back: ${from ?? 'nobody'} has the traffic.`;
  return `Nothing was changed: ${from ?? 'nobody'} has the traffic.`;
}

function slotOf(text: string | undefined): SlotName {
  if (text === 'blue' || text === 'green') return text;
  throw new UsageError(`--to takes blue or green, and is "${text ?? ''}". For example: timonel deploy --to green`);
}

function backFrom(live: SlotName | undefined, other: (slot: SlotName) => SlotName): SlotName {
  if (live !== undefined) return other(live);
  throw new UsageError('No slot has the traffic yet, so there is nothing to go back to. Begin with: timonel deploy --to blue');
}

async function status(live: SlotName | undefined, slots: Readonly<Record<SlotName, HostSlot>>, json: boolean): Promise<void> {
  const found = await Promise.all(
    (['blue', 'green'] as const).map(async (name) => {
      const { url } = slots[name];
      const { ok, said } = await probe(url, '/health/ready');
      return { slot: name, url, live: name === live, ready: ok, version: await versionOf(url), said };
    }),
  );
  if (json) return console.log(JSON.stringify(found));
  for (const { slot, url, live: has, version, said } of found)
    console.log(`${has ? '→' : ' '} ${slot.padEnd(5)} ${url} ${version ?? 'not running'} ${said}`);
}

async function versionOf(url: string): Promise<string | undefined> {
  return (await healthOf(url))?.version;
}

interface Health {
  version: string;
  dependencies: { name: string; detail?: { kind?: string } }[];
}

/** @returns `undefined` where nobody answers */
export async function storeKindAt(url: string): Promise<string | undefined> {
  return (await healthOf(url))?.dependencies.find(({ name }) => name === 'database')?.detail?.kind;
}

async function healthOf(url: string): Promise<Health | undefined> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as Health) : undefined;
}

function questions(back: boolean): DeployQuestions {
  return {
    checks: (live) => (back ? Promise.resolve({ ok: true, said: 'None on the way back.' }) : checked(live)),
    answers,
    ready: (url, seconds) => untilReady(url, seconds * 1_000),
    smoke: smoked,
  };
}

/** A process that hangs has the address, too. */
function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError',
  );
}

async function checked(live: HostSlot | undefined): Promise<Asked> {
  if (live === undefined) return { ok: true, said: 'No slot has the traffic yet, so nobody was asked.' };
  if ((await storeKindAt(live.url)) === 'embedded')
    return {
      ok: false,
      said: 'The embedded store serves one process, so two versions cannot run beside each other. One command stops it, backs up, updates and starts: timonel update <folder>. Or set DATABASE_URL.',
    };
  return validatedBeforeDeploy(live.home);
}

/** @param taken checks that the caller takes care of itself */
export async function validatedBeforeDeploy(home: string, taken: readonly string[] = []): Promise<Asked> {
  const client = new ApiClient(readCredentials(home));
  const { checks } = await client.post<Validation>('/api/v1/validations', { beforeDeploy: true, liveModel: false, processes: 1 });
  const failed = checks.filter(({ name, status: each }) => each === 'fail' && !taken.includes(name));
  if (failed.length === 0)
    return { ok: true, said: `${checks.filter(({ status: each }) => each === 'pass').length} checks passed.` };
  return { ok: false, said: failed.map(({ name, said, advice }) => `${name}: ${said} ${advice ?? ''}`.trim()).join('\n') };
}

/** A process that has just started can be busy with itself, and refuse work for a moment. */
const smokeAttempts = 3;
const smokePauseMs = 2_000;

export async function smoked(slot: Pick<HostSlot, 'url' | 'home'>): Promise<Asked> {
  for (let attempt = 1; ; attempt++) {
    const asked = await smokedOnce(slot).catch((error: unknown) => ({ ok: false, said: messageOf(error) }));
    if (asked.ok || attempt === smokeAttempts)
      return { ...asked, said: attempt === 1 ? asked.said : `${asked.said} (attempt ${attempt})` };
    await sleep(smokePauseMs);
  }
}

async function smokedOnce({ url, home }: Pick<HostSlot, 'url' | 'home'>): Promise<Asked> {
  const { apiKey } = readCredentials(home);
  const flows = await smokeOnce({ url, apiKey });
  const failed = flows.filter(({ status: each }) => each === 'fail');
  if (failed.length === 0) return { ok: true, said: `${flows.length} flows, none failed.` };
  return { ok: false, said: failed.map(({ name, said, milliseconds }) => `${name}: ${said} (${milliseconds} ms)`).join('\n') };
}

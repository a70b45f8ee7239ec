/** The machine and the versions that a result was made on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  processor: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string | undefined;
  /** Mean load over the last minute before the run: what else the machine was doing. */
  loadBefore: number;
  timonel: string;
}

export function describeMachine(postgres: string | undefined, build: string): Machine {
  const processors = cpus();
  const root = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(root, 'utf8')) as { version: string };
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()}, Linux ${release()}`,
    node: process.versions.node,
    postgres,
    loadBefore: Number((loadavg()[0] ?? Number.NaN).toFixed(2)),
    timonel: `${version}, from ${build}`,
  };
}

function systemName(): string {
  try {
    return execFileSync('sh', ['-c', '. /etc/os-release && printf %s "$PRETTY_NAME"']).toString();
  } catch {
    return process.platform;
  }
}

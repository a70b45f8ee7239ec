/**
 * Builds the image with buildah on a base that debootstrap makes, starts it and asks for its health: what Docker would do, where there is none. Takes about
 * ten minutes and five gigabytes, as root. The base is Debian with the Node of this project; the certificates that this machine trusts go into it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../postgres.ts';

export interface BuiltImage {
  /** Of the image, and of the base under it. */
  megabytes: { image: number; base: number };
  /** What its process answers as health. */
  status: string;
  user: string;
}

/** @param folder an empty folder. @throws Error with what buildah said */
export async function buildImage(
  folder: string,
  target: 'slim' | 'runtime',
  progress: (line: string) => void,
): Promise<BuiltImage> {
  const stores = ['--storage-driver', 'vfs', '--root', join(folder, 'images'), '--runroot', join(folder, 'run')];
  const run = (program: string, args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', maxBuffer: 256 * 1_048_576, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const buildah = (...args: string[]) => run('buildah', [...stores, ...args]);
  const megabytes = (container: string) => Math.round(Number(run('du', ['-sm', buildah('mount', container)]).split('\t')[0]));

  progress('the base');
  const base = join(folder, 'base');
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', base]);
  placeNode(base);
  const scratch = buildah('from', 'scratch');
  buildah('copy', scratch, base, '/');
  buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt', scratch);
  buildah('commit', scratch, 'timonel-base');

  progress(target);
  const clone = join(folder, 'clone');
  run('git', ['clone', '--quiet', '.', clone]);
  const options = ['--isolation', 'chroot', '--format', 'docker', '--build-arg', 'BASE=localhost/timonel-base', '--target', target];
  buildah('build', ...options, '-f', join(clone, 'deploy/Dockerfile'), '-t', 'timonel', clone);

  const container = buildah('from', 'localhost/timonel');
  const port = String(await freePort());
  const environment = ['--env', 'TIMONEL_ENV=development', '--env', `TIMONEL_PORT=${port}`, '--env', 'TIMONEL_HOST=127.0.0.1'];
  const started = spawn('buildah', [
    ...stores,
    'run',
    '--isolation',
    'chroot',
    ...environment,
    container,
    '--',
    'node',
    'bin/timonel.mjs',
    'up',
  ]);
  try {
    const status = await healthOf(`http://127.0.0.1:${port}/api/v1/health`);
    return {
      megabytes: { image: megabytes(container), base: megabytes(scratch) },
      status,
      user: buildah('run', '--isolation', 'chroot', container, '--', 'id', '-u'),
    };
  } finally {
    started.kill('SIGTERM');
    await sleep(2_000);
    buildah('rm', '--all');
  }
}

/** Node and npm of this machine, where a base image has them. */
function placeNode(base: string): void {
  cpSync(process.execPath, join(base, 'usr/local/bin/node'));
  const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
  mkdirSync(join(base, 'opt'), { recursive: true });
  cpSync(npm, join(base, 'opt/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) symlinkSync(`/opt/npm/bin/${name}-cli.js`, join(base, 'usr/local/bin', name));
  cpSync('/etc/ssl/certs/ca-certificates.crt', join(base, 'etc/ssl/certs/ca-certificates.crt'));
}

async function healthOf(address: string): Promise<string> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer !== undefined) return ((await answer.json()) as { status: string }).status;
    await sleep(500);
  }
  return 'no answer';
}

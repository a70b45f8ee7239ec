/**
 * Brings an image to a cluster: `npm run upgrade-release -- staging`. Helm puts it back where it does not come up; where it comes up and `timonel smoke`
 * fails, this does. Ends with 1 in both cases.
 *
 * Reads IMAGE (with a digest or a tag), KUBE_CONFIG (content of a kubeconfig), TIMONEL_URL and TIMONEL_API_KEY (what is tried afterwards), and HELM (another helm
 * than the one of deploy/kubernetes).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installKubernetes } from './write-manifests.ts';

const root = join(import.meta.dirname, '..');
const namespaces: Readonly<Record<string, string>> = { staging: 'timonel-staging', production: 'timonel' };
const patience = '20m';

const [name = ''] = process.argv.slice(2);
const namespace = namespaces[name];
const {
  IMAGE: image = '',
  KUBE_CONFIG: cluster = '',
  TIMONEL_URL: url = '',
  TIMONEL_API_KEY: key = '',
  HELM: given,
  ...others
} = process.env;
const lacking = Object.entries({ IMAGE: image, KUBE_CONFIG: cluster, TIMONEL_URL: url, TIMONEL_API_KEY: key })
  .filter(([, value]) => value === '')
  .map(([variable]) => variable);
if (namespace === undefined || lacking.length > 0) {
  console.error(`Usage: npm run upgrade-release -- ${Object.keys(namespaces).join('|')}`);
  if (lacking.length > 0) console.error(`Set ${lacking.join(', ')}.`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'timonel-upgrade-'));
const secret = (file: string, text: string) => {
  writeFileSync(join(folder, file), text, { mode: 0o600 });
  return join(folder, file);
};
try {
  process.exitCode = await upgrade(namespace);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function upgrade(namespace: string): Promise<number> {
  const environment = { ...others, KUBECONFIG: secret('kubeconfig', cluster) };
  const program = given ?? (await ownHelm());
  const helm = (...parameters: string[]) =>
    spawnSync(program, [...parameters, '--namespace', namespace], { cwd: root, stdio: 'inherit', env: environment }).status ?? 1;
  const chart = 'deploy/helm/timonel';
  const values = ['-f', `${chart}/values-${name}.yaml`, '--set-string', `image=${image}`];
  // The Job that migrates runs before; a process is stopped only when another one is ready.
  const options = ['--install', '--create-namespace', '--rollback-on-failure', '--wait', '--timeout', patience];
  if (helm('upgrade', 'timonel', chart, ...values, ...options) !== 0) {
    console.error(`${name}: ${image} did not come up; Helm went back.`);
    return 1;
  }
  const smoke = ['bin/timonel.mjs', 'smoke', '--url', url, '--key-file', secret('key', key)];
  if (spawnSync(process.execPath, smoke, { cwd: root, stdio: 'inherit', env: others }).status === 0) return 0;
  const back = helm('rollback', 'timonel', '--wait', '--timeout', patience);
  console.error(
    `${name}: ${image} came up and failed its smoke test; ${back === 0 ? 'went back to the one before' : 'going back failed too'}.`,
  );
  return 1;
}

async function ownHelm(): Promise<string> {
  installKubernetes();
  // Its types need what was installed just now.
  const programs: string = join(root, 'deploy/kubernetes/programs.ts');
  const { programPath } = (await import(programs)) as { programPath(name: 'helm'): string };
  return programPath('helm');
}

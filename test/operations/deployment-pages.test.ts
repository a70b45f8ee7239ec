/**
 * Commands that the pages of deployment show, as far as they can be tried without a cluster and without an account: each subcommand and option is one that the
 * program has, files are there, and what only reads is run. The files of clouds name settings that there are, and give a process the time that it needs.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { installKubernetes } from '../../scripts/write-manifests.ts';
import { createProgram } from '../../src/cli/program.ts';
import { readSettings, settingNames } from '../../src/config.ts';
import { releasePlan } from '../../src/release/release.ts';
import { programsWanted } from '../programs.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = ['deployment', 'kubernetes', 'deployment-clouds', 'disaster-recovery', 'backup'];

/** Lines of `sh` blocks, and commands within the text, as words. */
function commands(page: string): string[][] {
  const text = read(`docs/${page}.md`);
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.matchAll(/`((?:timonel|npm run|kubectl|helm) [^`…]+)`/g)].map(([, command = '']) =>
    command.replaceAll('\n', ' '),
  );
  return [...blocks, ...inline]
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/^(?:[A-Z_]+=\S+ )+/, '')
        .replace(/^npx /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [...line.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word));
}

const all = pages.flatMap((page) => commands(page).map((words) => ({ page, words })));
const of = (program: string) => all.filter(({ words }) => words[0] === program);

it('shows commands of programs that are known here, and names those that nobody can try', () => {
  const programs = new Set(all.map(({ words }) => words[0]));
  expect([...programs].toSorted()).toEqual([
    ...['aws', 'az', 'docker', 'gcloud', 'helm', 'kubectl', 'npm'],
    // Run by `npm run nightly -- pitr`.
    ...['pgbackrest', 'psql', 'sh', 'timonel'],
  ]);
  expect(read('docs/deployment-clouds.md')).toContain('were not run');
});

it('names commands, subcommands and options of timonel that there are', () => {
  expect(of('timonel').length).toBeGreaterThan(20);
  for (const { page, words } of of('timonel')) {
    let command: Command = createProgram();
    const rest = words.slice(1);
    for (
      let next = command.commands.find((each) => each.name() === rest[0]);
      next !== undefined;
      next = command.commands.find((each) => each.name() === rest[0])
    ) {
      command = next;
      rest.shift();
    }
    expect([page, words.join(' '), command.name()]).not.toEqual([page, words.join(' '), 'timonel']);
    const options = rest.filter((word) => /^--?[a-z]/.test(word));
    for (const option of options)
      expect([page, words.join(' '), command.options.some(({ long, short }) => long === option || short === option)]).toEqual([
        page,
        words.join(' '),
        true,
      ]);
  }
});

it('names scripts of npm, and files, that are there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const { words } of of('npm'))
    if (words[1] === 'run') expect([words[2], (words[2] ?? '') in scripts]).toEqual([words[2], true]);
  for (const { words } of all)
    for (const word of words) {
      const path = word.replace(/^file:\/\//, '');
      if (path.startsWith('deploy/')) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    }
});

it('plans an A/B test that a release takes', () => {
  const plan = /`plan\.json`: `(\{.*\})`/.exec(read('docs/disaster-recovery.md'))?.[1] ?? '';
  expect(releasePlan.parse(JSON.parse(plan))).toMatchObject({ automatic: false, steps: [{ percentage: 50 }] });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64' && programsWanted() !== 'none')('helm and kubectl', () => {
  let run: (program: 'helm' | 'kubectl', ...parameters: string[]) => string;
  beforeAll(async () => {
    installKubernetes();
    const programs: string = join(root, 'deploy/kubernetes/programs.ts');
    ({ run } = (await import(programs)) as { run: typeof run });
  });

  it.each(['helm', 'kubectl'] as const)('%s has the commands and options that are shown', (program) => {
    expect(of(program).length).toBeGreaterThan(2);
    for (const { words } of of(program)) {
      const subcommands = words
        .slice(1, words.findIndex((word, index) => index > 1 && !/^[a-z]+$/.test(word)) || undefined)
        .filter((word) => /^[a-z]+$/.test(word));
      const help = helpOf(program, subcommands, run);
      for (const option of words.filter((word) => word.startsWith('--')))
        expect([words.join(' '), option, help.includes(` ${option.split('=')[0]}`)]).toEqual([words.join(' '), option, true]);
    }
  });

  it('renders what is installed and applied', () => {
    const [install] = of('helm').filter(({ words }) => words[1] === 'upgrade');
    const values = (install?.words ?? []).filter((word) => word.startsWith('deploy/') && word.endsWith('.yaml'));
    const image = install?.words.find((word) => word.startsWith('image=')) ?? '';
    const text = run(
      'helm',
      'template',
      'timonel',
      join(root, 'deploy/helm/timonel'),
      '-f',
      join(root, values[0] ?? ''),
      '--set-string',
      image,
    );
    expect(text).toContain(image.slice('image='.length));
    for (const { words } of of('kubectl').filter(({ words }) => words[1] === 'apply'))
      expect(parseAllDocuments(run('kubectl', 'kustomize', join(root, words[3] ?? ''))).length).toBeGreaterThan(4);
  });
});

/** Help of the longest command that the first words are. */
function helpOf(
  program: 'helm' | 'kubectl',
  words: string[],
  run: (program: 'helm' | 'kubectl', ...parameters: string[]) => string,
): string {
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    try {
      const options = program === 'kubectl' ? run(program, 'options') : '';
      return run(program, ...words.slice(0, count), '--help') + options;
    } catch {
      // Fewer words, then: the last one was a name.
    }
  }
  return '';
}

interface Listed {
  name: string;
  value?: string;
}

const clouds: Readonly<Record<string, { listed: () => Listed[]; seconds: number }>> = {
  'cloud-run.yaml': {
    listed: () =>
      (parse(read('deploy/clouds/cloud-run.yaml')) as { spec: { template: { spec: { containers: { env: Listed[] }[] } } } }).spec
        .template.spec.containers[0]?.env ?? [],
    seconds: 10,
  },
  'ecs-task.json': {
    listed: () => {
      const [container] = (
        JSON.parse(read('deploy/clouds/ecs-task.json')) as { containerDefinitions: { environment: Listed[]; secrets: Listed[] }[] }
      ).containerDefinitions;
      return [...(container?.environment ?? []), ...(container?.secrets ?? [])];
    },
    seconds: 45,
  },
  // Azure says thirty seconds.
  'container-instances.yaml': {
    listed: () =>
      (
        parse(read('deploy/clouds/container-instances.yaml')) as {
          properties: { containers: { properties: { environmentVariables?: Listed[] } }[] };
        }
      ).properties.containers[0]?.properties.environmentVariables ?? [],
    seconds: 30,
  },
};

it.each(Object.entries(clouds))(
  '%s has settings that Timonel takes in production, secrets apart, and the time to drain',
  (file, { listed, seconds }) => {
    const given: Record<string, string> = {};
    for (const { name, value } of listed()) {
      const plain = name.replace(/_FILE$/, '');
      expect([file, plain, settingNames.includes(plain)]).toEqual([file, plain, true]);
      const secret = plain === 'DATABASE_URL' ? 'postgres://timonel@db/timonel' : randomBytes(32).toString('hex');
      given[plain] = value === undefined || name.endsWith('_FILE') ? secret : value;
      if (name.endsWith('_FILE')) expect(value).toMatch(/^\/run\/secrets\//);
    }
    const settings = readSettings(given);
    expect(settings.environment).toBe('production');
    expect(seconds * 1_000).toBeGreaterThan(2 * settings.shutdownGraceMs);
    const text = read(`deploy/clouds/${file}`);
    expect(text).not.toContain('/health/ready');
    expect(text).toMatch(/health/);
    expect(text).not.toMatch(/:latest["\s]/);
  },
);

it('can be read by the shell', () => {
  for (const { words } of all.filter(({ words }) => words[0] !== 'docker')) {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: words.join(' '), encoding: 'utf8' });
    expect([words.join(' '), status, stderr]).toEqual([words.join(' '), 0, '']);
  }
});

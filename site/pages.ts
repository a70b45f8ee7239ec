/** The pages of the site, in their order. `test/site.test.ts` holds it to the documents that are there. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PageGroup {
  title: string;
  /** Paths below `docs`, without `.md`. */
  pages: readonly string[];
}

export const docs = join(import.meta.dirname, '../docs');

const decisions = globSync('decisions/*.md', { cwd: docs }).map(withoutEnding).sort();

export const english: readonly PageGroup[] = [
  {
    title: 'Begin',
    pages: [
      'concepts',
      'guides/get-started',
      'guides/write-an-agent',
      'guides/tools',
      'guides/memory',
      'guides/dialogue',
      'guides/testing',
      'coder',
      'editors',
      'coder-extensions',
      'codegen',
    ],
  },
  {
    title: 'What an agent has',
    pages: [
      'lifecycle',
      'memory',
      'migrations',
      'resources',
      'jobs',
      'agent-routes',
      'artifacts',
      'knowledge',
      'evaluations',
      'sandbox',
      'codegen-checks',
      'files',
      'shell',
      'mcp',
      'flags',
    ],
  },
  {
    title: 'Channels and people',
    pages: [
      'channels',
      'channels-whatsapp',
      'channels-telegram',
      'channels-twilio',
      'channels-email',
      'channels-web',
      'speech',
      'hand-off',
      'console',
      'console-shop',
      'console-operator',
      'console-programmer',
      'webhooks',
      'hotel-systems',
      'tutor-lti',
    ],
  },
  { title: 'Models and releases', pages: ['models', 'compatible-api', 'releases', 'releases-statistics'] },
  {
    title: 'In production',
    pages: [
      'operations-by-task',
      'deployment',
      'kubernetes',
      'deployment-clouds',
      'operations',
      'backup',
      'drills',
      'disaster-recovery',
      'telemetry',
      'metrics',
      'runbook',
      'identity',
      'security',
      'secrets',
    ],
  },
  { title: 'Reference', pages: ['reference/api', 'reference/cli', 'errors'] },
  { title: 'Decisions', pages: decisions },
];

/** Written by `scripts/write-type-reference.ts` before each build, and not there before. */
export const types: PageGroup = {
  title: 'Types of the exports',
  pages: globSync('reference/types/**/*.md', { cwd: docs }).map(withoutEnding).sort(),
};

export const spanish: readonly PageGroup[] = [
  { title: 'Guías', pages: ['es/get-started', 'es/write-an-agent', 'es/tools', 'es/coder', 'es/codegen'] },
  { title: 'Consola', pages: ['es/console-shop', 'es/console-operator', 'es/console-programmer'] },
];

/** The first heading of a page. */
export function titleOf(page: string): string {
  return /^# (.+)$/m.exec(readFileSync(join(docs, `${page}.md`), 'utf8'))?.[1] ?? page;
}

function withoutEnding(path: string): string {
  return path.replaceAll('\\', '/').replace(/\.md$/, '');
}

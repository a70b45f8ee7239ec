import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backupCommand } from '../../src/cli/backup.ts';
import { budgetsCommand } from '../../src/cli/budgets.ts';
import { cacheCommand } from '../../src/cli/cache.ts';
import { channelsCommand } from '../../src/cli/channels.ts';
import { conversationsCommand } from '../../src/cli/conversations.ts';
import { modelsCommand } from '../../src/cli/models.ts';
import { releaseCommand } from '../../src/cli/release.ts';
import { webhooksCommand } from '../../src/cli/webhooks.ts';
import { alerts } from '../../src/telemetry/slo/alerts.ts';
import { defaultRunbook, ruleFiles } from '../../src/telemetry/slo/prometheus-rules.ts';
import { notes } from '../notes-agent.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, defaultRunbook), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);
const anchors = [...sections.keys()].map((heading) => heading.toLowerCase().replaceAll(' ', '-'));

let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [notes] });
});
afterAll(() => timonel.close());

it('has a section for each alert, and for no other', () => {
  const names = [...new Set(alerts.map(({ name }) => name))].sort();
  expect([...sections.keys()].filter((heading) => heading !== 'Before the first alert' && heading !== 'Drills').sort()).toEqual(
    names,
  );
  for (const name of names)
    for (const part of ['**Means**', '**Users feel**', '**First look**'])
      expect([name, sections.get(name)?.includes(part)]).toEqual([name, true]);
  for (const name of names) expect([name, /\*\*[Dd]o\*\*/.test(sections.get(name) ?? '')]).toEqual([name, true]);
});

it('is where the alerts lead, and leads on to sections that are there', () => {
  const rules = Object.values(ruleFiles()).flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const led = rules.flatMap((rule) => ('alert' in rule ? [rule.annotations['runbook_url'] ?? ''] : []));
  expect(led.length).toBeGreaterThan(20);
  for (const address of led) {
    const [file, anchor = ''] = address.split('#');
    expect([address, file, anchors.includes(anchor)]).toEqual([address, defaultRunbook, true]);
  }
  for (const [, anchor = ''] of page.matchAll(/\]\(#([^)]+)\)/g))
    expect([anchor, anchors.includes(anchor)]).toEqual([anchor, true]);
});

it('names only commands and routes that there are', () => {
  const known = [
    backupCommand(),
    budgetsCommand(),
    cacheCommand(),
    channelsCommand(),
    conversationsCommand(),
    webhooksCommand(),
    modelsCommand(),
    releaseCommand(),
  ];
  const commands = [...page.matchAll(/npx timonel ([a-z]+)(?: ([a-z-]+))?/g)];
  expect(commands.length).toBeGreaterThan(5);
  for (const [text, name, second] of commands) {
    const command = known.find((each) => each.name() === name);
    const found = command !== undefined && (second === undefined || command.commands.some((each) => each.name() === second));
    expect([text, found]).toEqual([text, true]);
  }
  const routes = timonel.timonel.app.declaredRoutes.map(({ method, url }) => `${method} ${url.replaceAll(/:\w+/g, ':x')}`);
  const called = [...page.matchAll(/curl -s( -X (\w+))?[^`]*?\$URL(\/[\w/$.-]+)/g)].map(
    ([, , method = 'GET', path = '']) => `${method} ${path.replaceAll(/\$[A-Z]+/g, ':x')}`,
  );
  const named = [...page.matchAll(/`(GET|POST|PUT) (\/[\w/:-]+)`/g)].map(
    ([, method, path = '']) => `${method} ${path.replaceAll(/:\w+/g, ':x')}`,
  );
  expect(called.length).toBeGreaterThan(8);
  expect(named.length).toBeGreaterThan(3);
  for (const route of [...called, ...named]) expect([route, routes.includes(route)]).toEqual([route, true]);
});

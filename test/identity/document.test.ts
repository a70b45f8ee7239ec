import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtInRoles, keyRoles, type Permission, permissions, permissionTable } from '../../src/identity/permissions.ts';
import { notes } from '../notes-agent.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const path = join(import.meta.dirname, '..', '..', 'docs', 'identity.md');

let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [notes] });
});
afterAll(() => timonel.close());

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const matrix = (roles: Readonly<Record<string, ReadonlySet<Permission>>>, described: boolean) =>
  table(
    ['permission', ...(described ? ['what it allows'] : []), ...Object.keys(roles)],
    permissions.map((permission) => [
      `\`${permission}\``,
      ...(described ? [permissionTable[permission]] : []),
      ...Object.values(roles).map((held) => (held.has(permission) ? '●' : '')),
    ]),
  );

it('documents permissions, roles and routes as they are', () => {
  const routes = timonel.timonel.app.declaredRoutes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, access }) => {
      const scope = typeof access === 'object' && access.installation === true ? ', of the installation' : '';
      return [`\`${method} ${url}\``, typeof access === 'object' ? `\`${access.permission}\`${scope}` : access];
    })
    .sort(([a = ''], [b = '']) => (a.replace(/^`\w+ /, '') + a < b.replace(/^`\w+ /, '') + b ? -1 : 1));
  const sections: Record<string, string> = {
    roles: matrix(builtInRoles, true),
    'key-roles': matrix(keyRoles, false),
    routes: table(['route', 'for whom'], routes),
  };
  const page = readFileSync(path, 'utf8');
  const expected = Object.entries(sections).reduce(
    (text, [name, body]) =>
      text.replace(new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`), (_all, begin, end) => `${begin}\n${body}\n\n${end}`),
    page,
  );
  for (const [name, body] of Object.entries(sections)) expect([name, expected.includes(body)]).toEqual([name, true]);
  if (process.env['TIMONEL_TEST_WRITE_DOCS'] === '1') writeFileSync(path, expected);
  else expect(page).toBe(expected);
});

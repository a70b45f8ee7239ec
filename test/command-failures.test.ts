/** Each command where it cannot do what it was asked: one sentence, the command to go on with, an exit code, and no stack. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeCredentials } from '../src/cli/credentials.ts';
import { execute } from '../src/cli/program.ts';
import { notes } from './notes-agent.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const id = '00000000-0000-7000-8000-000000000000';

/** By the API, with the key of this machine. */
const overTheApi = [
  'budgets',
  'cache stats',
  'cache clear',
  'models',
  'release create notes',
  'release list',
  'release show notes',
  'release history notes',
  'release start notes',
  'release ramp notes',
  'release promote notes',
  'release rollback notes --reason x',
  'flags list',
  'flags show look',
  'flags set fallback.notes --default flows',
  'flags remove look',
  'flags explain look',
];

/** On the database itself. */
const onTheDatabase = [
  'user add ana@example.com',
  'user role ana@example.com admin',
  'user disable ana@example.com',
  'user enable ana@example.com',
  'user list',
  'keys create desk',
  'keys list',
  `keys rotate ${id}`,
  `keys revoke ${id}`,
  'workspace add north --key',
  'workspace list',
  'workspace disable north',
  'workspace enable north',
  'workspace seed north booking',
  'audit verify',
  'audit export',
  'privacy export --email ana@example.com',
  'privacy erase --email ana@example.com --yes',
];

const badArguments = [
  'up --port x',
  'up --port 70000',
  'chat',
  'explain booking',
  'explain booking hola --now yesterday',
  'explain booking --file /nowhere.jsonl',
  'eval booking --min 2',
  'new agent Front_Desk',
  'secrets rotate --file /nowhere/.env',
  'release create notes --plan /nowhere.json',
  'release create notes --limits {',
  'release rollback notes',
  'release promote notes --force',
  'release ramp notes --percentage much',
  'flags set look /nowhere.json',
  'flags set look',
  'flags set fallback.notes --split on',
  'flags explain look --context [',
  'user add nobody',
  'user add ana@example.com --language fr',
  'user',
  'user nothing',
  'keys create desk --role root',
  'keys create desk --scopes agents:fly',
  'keys create desk --expires 2020-01-01',
  'keys create desk --role admin --scopes agents:read',
  'keys rotate x',
  `keys rotate ${id} --overlap-hours many`,
  'keys revoke x',
  'workspace add North',
  'workspace add north',
  'workspace add north --key --time-zone Argentina',
  'workspace add north --owner nobody',
  'workspace disable *',
  'audit verify --anchor x',
  'audit verify -w default --anchor x',
  'privacy export',
  'privacy export --user x',
  'privacy export --email x',
  'privacy erase --email ana@example.com',
  'budgets --nothing',
  'nothing',
];

/** Asked of a server that runs. */
const nothingThere: [string, number][] = [
  ['chat nobody', 1],
  ['explain nobody hola', 2],
  ['eval nobody', 2],
  ['release create nobody', 1],
  ['release list', 0],
  ['release show notes', 2],
  [`release show ${id}`, 1],
  ['release start notes', 2],
  ['flags list', 0],
  ['flags show look', 1],
  ['flags remove look', 1],
  ['flags explain look', 1],
  ['budgets', 0],
];

/** On a database that has nobody yet. */
const nobodyThere: [string, number][] = [
  ['user role ana@example.com admin', 1],
  ['user disable ana@example.com', 1],
  ['user enable ana@example.com --everywhere', 1],
  ['user add ana@example.com -w nowhere', 1],
  ['user add ana@example.com -r boss', 1],
  ['user list', 0],
  ['keys list', 0],
  ['keys list -w nowhere', 1],
  [`keys rotate ${id}`, 1],
  [`keys revoke ${id}`, 1],
  ['workspace disable nowhere', 1],
  ['workspace disable default', 1],
  ['workspace seed nowhere booking', 1],
  ['workspace seed default nobody', 1],
  ['audit verify -w nowhere', 1],
  ['audit export -w nowhere', 1],
  ['privacy export --email ana@example.com', 1],
  ['privacy erase --email ana@example.com --yes', 1],
  ['secrets rotate', 2],
];

const homes: string[] = [];
const freshHome = () => {
  const home = mkdtempSync(join(tmpdir(), 'timonel-commands-'));
  homes.push(home);
  return home;
};
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
  process.exitCode = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The program itself in this process: a start each would take minutes. */
async function timonel(home: string, command: string): Promise<{ code: number; said: string }> {
  vi.stubEnv('TIMONEL_HOME', home);
  vi.stubEnv('DATABASE_URL', undefined);
  const lines: string[] = [];
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...told) => void lines.push(`${told.join(' ')}\n`));
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  }
  try {
    const { code } = await execute(['node', 'timonel', ...command.split(' ')]);
    return { code, said: lines.join('') };
  } finally {
    vi.restoreAllMocks();
  }
}

/** No stack, and a command to go on with, or a route where there is no command. */
function expectHelp(said: string): void {
  expect(said).not.toMatch(/^ +at /m);
  expect(said).not.toMatch(/TypeError|SyntaxError|ENOENT: .*\n +at/);
  expect(said).toMatch(/\btimonel (?:[a-z]|--help)|\b(?:GET|POST|PUT|PATCH|DELETE) \/api\/v1\//);
}

describe('where no Timonel runs', () => {
  it.each(overTheApi)('timonel %s', async (command) => {
    const [never, before] = [freshHome(), freshHome()];
    writeCredentials(before, { url: 'http://127.0.0.1:2', apiKey: 'tim_x' });
    for (const home of [never, before]) {
      const { code, said } = await timonel(home, command);
      expect([code, said]).toEqual([1, expect.stringMatching(/^[^\n]*timonel up\n$/)]);
      expectHelp(said);
    }
  });
});

describe('beside a Timonel that runs', () => {
  let at: TestTimonel;
  let home: string;
  let url: string;
  beforeAll(async () => {
    at = await startTimonel('embedded', { agents: [notes] });
    home = at.environment['TIMONEL_HOME'] ?? '';
    url = await at.timonel.listen();
    writeCredentials(home, { url, apiKey: at.apiKey });
  });
  afterAll(() => at.close());

  it.each(overTheApi)('with a wrong key: timonel %s', async (command) => {
    const wrong = freshHome();
    writeCredentials(wrong, { url, apiKey: `tim_${'x'.repeat(43)}` });
    const { code, said } = await timonel(wrong, command);
    expect([code, said]).toEqual([1, expect.stringMatching(/^timonel: The API key is not known[^\n]*timonel up\n$/)]);
  });

  it.each(onTheDatabase)('that has the embedded store: timonel %s', async (command) => {
    const { code, said } = await timonel(home, command);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^timonel: The embedded store is open in process \d+[^\n]*\/api\/v1\/[^\n]*\n$/),
    ]);
  });

  it.each(badArguments)('with a bad argument: timonel %s', async (command) => {
    const { code, said } = await timonel(home, command);
    expect([code, said]).toEqual([2, expect.any(String)]);
    expectHelp(said);
  });

  it.each(nothingThere)('where there is nothing: timonel %s', async (command, expected) => {
    const { code, said } = await timonel(home, command);
    expect([code, said]).toEqual([expected, expect.any(String)]);
    expectHelp(said);
  });
});

it('another program at the address of the credentials is told from a Timonel', async () => {
  const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
  const home = freshHome();
  await new Promise((resolve) => other.once('listening', resolve));
  writeCredentials(home, { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, apiKey: 'tim_x' });
  const { code, said } = await timonel(home, 'budgets');
  other.close();
  expect([code, said]).toEqual([1, expect.stringContaining('is no Timonel (200). Start one: timonel up')]);
});

describe('on a database where nobody is', () => {
  const home = freshHome();
  it.each(nobodyThere)('timonel %s', async (command, expected) => {
    const { code, said } = await timonel(home, command);
    expect([code, said]).toEqual([expected, expect.any(String)]);
    expectHelp(said);
  });
});

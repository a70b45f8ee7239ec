/** What people manage on the command line: the rows of an agent beside a running server, and the tables of agents without one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { writeCredentials } from '../src/cli/credentials.ts';
import { commandIn } from './command.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let server: TestTimonel;
let home: string;
const folder = mkdtempSync(join(tmpdir(), 'timonel-files-'));
const file = (name: string, text: string | Buffer) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(async () => {
  server = await startTimonel('embedded', { agents: [booking] });
  home = server.environment['TIMONEL_HOME'] ?? '';
  writeCredentials(home, { url: await server.timonel.listen(), apiKey: server.apiKey });
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => commandIn(home, 'booking')(...args);

it('lists, imports and exports rows, and runs commands', async () => {
  expect(await run('remove-sample')).toMatchObject({ code: 0, out: expect.stringContaining('"services": 16') as unknown });
  expect((await run('services', 'list')).out).toBe('No services.\n');
  // As a spreadsheet of Western Europe saves it.
  const latin = file('services.csv', Buffer.from('name;price;durationMinutes\nDepilación;8500,50;30\nUñas;9000;45\n', 'latin1'));
  expect((await run('services', 'import', latin, '--check')).out).toBe(
    'Nothing was changed; it would be: 2 rows, 2 added, 0 changed, 0 as before, 0 removed.\n',
  );
  expect((await run('services', 'import', latin)).out).toBe('Imported: 2 rows, 2 added, 0 changed, 0 as before, 0 removed.\n');
  expect((await run('services', 'import', latin)).out).toContain('2 as before');
  expect((await run('services', 'list', '--q', 'depilacion', '--filter', 'active=true')).out).toMatch(
    /^name +aliases.*\nDepilación .*8500\.5/s,
  );
  const out = join(folder, 'out.csv');
  expect((await run('services', 'export', '-o', out)).code).toBe(0);
  expect(readFileSync(out, 'utf8')).toMatch(/^id,name,.*Depilación/s);
  expect((await run('services', 'import', out, '--mode', 'replace')).out).toContain('2 as before, 0 removed');
});

it('says what would have worked', async () => {
  const bad = file('bad.csv', 'name,price,durationMinutes\nMasaje,mucho,60\n,100,30\n');
  expect(await run('services', 'import', bad)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/Nothing was imported. line 2, price: "mucho" is no number.*1 more/) as unknown,
  });
  expect(await run('services', 'import', join(folder, 'absent.csv'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('could not be read') as unknown,
  });
  expect(await run('services', 'list', '--filter', 'colour=red')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Unrecognized') as unknown,
  });
  expect(await run('shoes')).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'shoes'") as unknown });
  expect(await commandIn(home, 'bookings')('services')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/There is no agent "bookings".*unknown command 'bookings'/s) as unknown,
  });
});

it('shows where the tables of agents stand, and takes them away when told twice', async () => {
  await server.timonel.close();
  const migrate = commandIn(home, 'migrate');
  expect((await migrate('--status')).out).toMatch(/^timonel: \d+ applied\nbooking: [1-9]\d* applied\n/);
  expect(await migrate('--drop', 'booking')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/takes away.*booking_services.*--yes/s) as unknown,
  });
  expect((await migrate('--drop', 'booking', '--yes')).out).toContain('Taken away of the agent "booking"');
  expect((await migrate('--status')).out).toContain(
    'booking: 0 applied, not applied yet: 0001_booking.sql, 0002_resources.sql, 0003_failed_claims.sql, ',
  );
  expect(await migrate('--drop', 'garage', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no migrations of an agent "garage"') as unknown,
  });
});

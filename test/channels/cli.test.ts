import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { commandIn } from '../command.ts';
import { phoneNumberId, secrets } from './cloud-api.ts';
import { openSalon } from './salon.ts';

// Each command is a process that starts.
it('connects, tests, rotates, disables and enables on the command line', { timeout: 240_000 }, async () => {
  await using salon = await openSalon('embedded');
  const home = salon.test.environment['TIMONEL_HOME'] ?? '';
  writeCredentials(home, { url: await salon.test.timonel.listen(), apiKey: salon.test.apiKey });
  const channels = commandIn(home, 'channels');
  const file = (name: string, content: object) => {
    const path = join(home, `${name}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const sealed = file('secrets', secrets);
  const add = (name: string, settings: object) =>
    channels('add', 'whatsapp', '--name', name, '--agent', 'echo', '--settings', file('settings', settings), '--secrets', sealed);
  const added = await add('second', { phoneNumberId: '200000000000001' });
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('/webhook') });
  expect((await add('third', { phoneNumberId })).err).toContain('connected to that account');
  expect((await add('fourth', { phoneNumberId: '+54 11' })).err).toContain('must be the id of the number');
  expect((await channels('list')).out).toContain('second: whatsapp 200000000000001 → echo, enabled');
  expect(await channels('test', 'salon')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/WRONG webhook.*\nok {4}number: \+1 555/s),
  });
  expect((await channels('rotate', 'second', '--secrets', file('new', { appSecret: 'another-app-secret' }))).out).toContain(
    'are taken until',
  );
  expect((await channels('disable', 'second')).out).toBe('second is disabled.\n');
  expect((await channels('list')).out).toContain('disabled');
  expect((await channels('enable', 'second')).out).toBe('second is enabled.\n');
  expect(await channels('test', 'nobody')).toMatchObject({ code: 2, err: expect.stringContaining('There are: salon, second') });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { commandIn } from '../command.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

// Each command is a process that starts.
describe('timonel flags', { timeout: 240_000 }, () => {
  let at: TestTimonel;
  const home = mkdtempSync(join(tmpdir(), 'timonel-flags-'));
  beforeAll(async () => {
    at = await startTimonel('embedded', { agents: [booking] });
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
  });
  afterAll(async () => {
    await at.close();
    rmSync(home, { recursive: true, force: true });
  });

  const flags = commandIn(home, 'flags');
  const file = (content: object) => {
    const path = join(home, 'flag.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it('sets a flag from a file, changes it, explains it, and removes it', async () => {
    expect((await flags('list')).out).toBe('No flags. Set one: timonel flags set <key> <file>\n');
    const menu = {
      type: 'boolean',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      rules: [{ when: [{ attribute: 'channel', in: ['whatsapp'] }], variant: 'on' }],
    };
    expect(await flags('set', 'new-menu', file(menu))).toMatchObject({ code: 0, out: 'new-menu is at version 1, in force now.\n' });
    expect((await flags('set', 'new-menu', '--split', 'on=25')).out).toContain('version 2');
    const shown = JSON.parse((await flags('show', 'new-menu')).out);
    expect(shown).toMatchObject({ ...menu, rules: [...menu.rules, { when: [], split: [{ variant: 'on', percentage: 25 }] }] });
    // Another split takes the place of the one for everybody, and leaves the others.
    await flags('set', 'new-menu', '--split', 'on=50', '--default', 'off');
    expect(JSON.parse((await flags('show', 'new-menu')).out).rules).toHaveLength(2);
    expect((await flags('explain', 'new-menu', '--context', '{"channel":"whatsapp"}')).out).toBe(
      'new-menu = true\n  variant  on\n  reason   TARGETING_MATCH: Rule 1 of 2 holds (channel) and names the variant.\n  version  3\n',
    );
    expect((await flags('explain', 'new-menu', '--for', 'ana')).out).toMatch(
      /SPLIT: Rule 2 of 2 .* bucket \d+ is (one of 0 to 4999|beyond the 5000)/,
    );
    expect((await flags('list')).out).toBe('new-menu                     boolean  off, 2 rule(s)         version 3\n');
    await flags('set', 'new-menu', '--disable');
    expect((await flags('explain', 'new-menu')).out).toContain('DISABLED');
    expect((await flags('list')).out).toContain('off (off)');
    // What is shown can be set again.
    expect(await flags('set', 'new-menu', file(shown), '--enable')).toMatchObject({
      code: 0,
      out: expect.stringContaining('version 5'),
    });
    expect(await flags('remove', 'new-menu')).toMatchObject({ code: 0, out: 'new-menu is removed.\n' });
    expect((await flags('show', 'new-menu', '--history')).out).toMatch(
      /^ +6 .* removed\n +5 .*\n +4 .*\n +3 .*\n +2 .*\n +1 .*\n$/,
    );
    expect(await flags('explain', 'new-menu')).toMatchObject({
      code: 1,
      err: 'timonel: There is no flag "new-menu" in this workspace. (timonel flags explain --help says what it takes)\n',
    });
    expect(await flags('set', 'new-menu', file(menu))).toMatchObject({ code: 0, out: expect.stringContaining('version 7') });
  });

  it('decides about an agent without a file', async () => {
    expect(await flags('set', 'fallback.booking', '--default', 'flows')).toMatchObject({ code: 0 });
    expect((await flags('explain', 'fallback.booking')).out).toContain('fallback.booking = "flows"');
    expect(await flags('set', 'fallback.booking', '--default', 'http')).toMatchObject({
      code: 1,
      err: expect.stringContaining('timonel.config.ts'),
    });
    expect(await flags('set', 'fallback.nobody', '--default', 'flows')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There are: booking'),
    });
  });

  it('says what would have worked', async () => {
    expect(await flags('set', 'nothing', '--default', 'on')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Give a file'),
    });
    expect(await flags('set', 'nothing', 'nowhere.json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nowhere.json cannot be read'),
    });
    expect(await flags('set', 'fallback.booking', '--split', 'flows:10')).toMatchObject({
      code: 2,
      err: expect.stringContaining('on=10'),
    });
    expect(await flags('set', 'fallback.booking', '--enable', '--disable')).toMatchObject({ code: 2 });
    expect(await flags('explain', 'fallback.booking', '--context', 'ana')).toMatchObject({
      code: 2,
      err: expect.stringContaining('JSON'),
    });
    const wrong = { type: 'boolean', variants: { on: 'yes' }, defaultVariant: 'on' };
    expect(await flags('set', 'wrong', file(wrong))).toMatchObject({
      code: 1,
      err: expect.stringContaining('variants.on: must be a value'),
    });
    expect(await flags('remove', 'wrong')).toMatchObject({ code: 1, err: expect.stringContaining('There is no flag "wrong"') });
  });
});

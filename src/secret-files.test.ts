import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSettings } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'timonel-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

it('reads a secret from its file, without the line end', () => {
  const settings = readSettings({
    DATABASE_URL_FILE: file('database', 'postgres://timonel@db/timonel\r\n'),
    OPENAI_API_KEY_FILE: file('openai', 'of-openai\n'),
  });
  expect(settings.database.url).toBe('postgres://timonel@db/timonel');
  expect(settings.models.hosted.openai.key).toBe('of-openai');
});

it('tells each bad file, and never what is in one', () => {
  const read = () =>
    readSettings({
      DATABASE_URL: 'postgres://timonel@db/timonel',
      DATABASE_URL_FILE: file('other', 'postgres://canary@db/timonel'),
      REDIS_URL_FILE: join(folder, 'absent'),
      GROQ_API_KEY_FILE: file('empty', ''),
      TIMONEL_PORT_FILE: file('port', '8000'),
      TIMONEL_SECRET_FILE: file('short', 'canary'),
    });
  for (const part of [
    'DATABASE_URL_FILE: DATABASE_URL is set too',
    'REDIS_URL_FILE: ',
    'cannot be read (ENOENT)',
    'GROQ_API_KEY_FILE: ',
    'TIMONEL_PORT_FILE: no such setting',
    'TIMONEL_SECRET: ',
  ])
    expect(read).toThrow(part);
  expect(read).not.toThrow('canary');
});

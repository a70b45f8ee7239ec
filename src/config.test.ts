import { expect, it } from 'vitest';
import { readSettings } from './config.ts';

it('reports every bad key at once, with what would have worked', () => {
  const read = () =>
    readSettings({
      TIMONEL_PORT: '99999',
      DATABASE_URL: 'mysql://x',
      TIMONEL_TIME_ZONE: 'Mars/Olympus',
      TIMONEL_PROT: '1',
      TIMONEL_MODEL: 'm',
    });
  expect(read).toThrow(/5 bad setting/);
  for (const part of [
    'TIMONEL_PORT',
    'postgres://',
    'Europe/Madrid',
    'TIMONEL_PROT: no such setting',
    'TIMONEL_MODEL_URL: give the base URL',
  ]) {
    expect(read).toThrow(part);
  }
});

it('takes an empty environment: everything has a default', () => {
  expect(readSettings({})).toMatchObject({ port: 8000, host: '127.0.0.1', model: undefined, database: { url: undefined } });
});

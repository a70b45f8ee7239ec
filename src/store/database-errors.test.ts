import { expect, it } from 'vitest';
import { isAnswer, isTransient } from './database-errors.ts';

const failed = (code: string, more: object = {}) => Object.assign(new Error(code), { code }, more);

it.each(['EPIPE', 'ECONNRESET', 'ENOENT', '57P01', '53300', '08006'])('takes %s for a database that is not there', (code) => {
  expect(isTransient(failed(code))).toBe(true);
});

it.each(['23505', '42P01', '40P01', 'EBUSY'])('does not take %s for that', (code) => {
  expect(isTransient(failed(code))).toBe(false);
});

it('tells an answer of the server from a broken socket', () => {
  expect(isAnswer(failed('23505', { severity: 'ERROR' }))).toBe(true);
  expect(isAnswer(failed('EPIPE', { severity: 'ERROR' }))).toBe(false);
});

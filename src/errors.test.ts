import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorTable } from './errors.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');

/** A section begins with its code, and a line of status, retryable and title. */
const section = /^### `([^`]+)`\n\n(\d{3}) · (not retryable|retryable) · (.+)\n\n(?=\S)/gm;

it('documents every error, and no other', () => {
  const documented = [...page.matchAll(section)].map(([, code, status, retryable, title]) => [
    code,
    { status: Number(status), retryable: retryable === 'retryable', title },
  ]);
  expect(documented.length).toBe(new Set(documented.map(([code]) => code)).size);
  expect(Object.fromEntries(documented)).toEqual(errorTable);
});

it('has no section that the comparison passes over', () => {
  expect(page.match(/^### /gm)).toHaveLength(Object.keys(errorTable).length);
});

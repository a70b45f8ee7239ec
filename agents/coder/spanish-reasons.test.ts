/** Every reason that a judgement can give has a sentence in Spanish. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judgeCommand } from '../../src/shell.ts';
import { spanishReasons } from './spanish-reasons.ts';

it('says each reason in Spanish', () => {
  const sources = globSync(new URL('../../src/shell/judge/*.ts', import.meta.url).pathname).map((path) =>
    readFileSync(path, 'utf8'),
  );
  const codes = new Set(
    sources.flatMap((text) => [...text.matchAll(/(?:code: |\.ask\(\s*)'([a-z-]+)'/g)].map(([, code]) => code ?? '')),
  );
  expect(codes.size).toBeGreaterThan(20);
  const untold = [...codes].filter((code) => spanishReasons([{ code, message: 'untold' }])[0] === 'untold');
  expect(untold).toEqual([]);
});

it('says one reason once, and keeps what it does not know', () => {
  const { reasons } = judgeCommand('python3 a.py; python3 b.py', { root: '/project' });
  expect(spanishReasons(reasons)).toEqual(['Es un programa que puede cambiar algo.']);
  expect(spanishReasons([{ code: 'new', message: 'It is new.' }])).toEqual(['It is new.']);
});

import { expect, it } from 'vitest';
import { printedReport } from './printed-report.ts';

it('prints a course as a page that runs nothing and loads nothing, whatever people wrote', () => {
  const attack = `<script>alert(1)</script>"'&\u0000<img src=x onerror=alert(1)>`;
  const row = {
    person: 'user:1',
    name: attack,
    class_group: attack,
    exercise: 'doble',
    runs: 3,
    submissions: 1,
    hints: 2,
    best: 1,
    highest: 4,
    passed_at: '2026-11-30T15:00:00Z',
    failing: 'hidden',
  };
  const signals = new Map([['user:1', [{ row: 'stuck', activity: attack }]]]);
  const page = printedReport({ code: 'A', title: attack, language: 'es' }, [row], signals, {
    now: new Date('2026-11-30T18:00:00Z'),
    timeZone: 'America/Argentina/Buenos_Aires',
  });
  expect(page).not.toMatch(/<script|<img|<link|https?:|\p{Cc}(?<!\n)/u);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; &lt;img');
  expect(page).toMatch(/1 \/ 4<\/td><td>30 nov 2026, 12:00/);
  expect(page).toMatch(/Señales de las últimas cuatro semanas[\s\S]*no sirven como prueba/);
  expect(printedReport({ code: 'A', title: 'B', language: 'en' }, [], new Map(), { now: new Date(0), timeZone: 'UTC' })).toContain(
    'Nobody has worked',
  );
});

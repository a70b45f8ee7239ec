/** The report of a course as a page to print: whole in itself, without scripts, everything that people wrote escaped. */
import { aboutSignals } from './risk/assess.ts';
import { riskRows } from './risk/rows.ts';

/** A student and an exercise. */
export interface ReportRow {
  person: string;
  name: string;
  class_group: string;
  exercise: string;
  runs: number;
  submissions: number;
  hints: number;
  best: number | null;
  highest: number | null;
  passed_at: string | null;
  failing: string;
}

/** What stands above the table. */
export interface ReportedCourse {
  code: string;
  title: string;
  language: 'es' | 'en';
}

/** A signal of a student; only those that are raised. */
export interface ReportedSignal {
  row: string;
  activity: string;
}

const words = {
  es: {
    report: 'Informe del curso',
    made: 'Hecho el',
    students: 'Estudiantes',
    passed: 'Ejercicios aprobados',
    failing: 'Sin aprobar',
    columns: ['Estudiante', 'Grupo', 'Ejercicio', 'Pruebas', 'Entregas', 'Pistas', 'Puntos', 'Aprobado', 'Falla en'],
    signals: 'Señales de las últimas cuatro semanas',
    none: 'Ninguna.',
    nobody: 'Todavía no trabajó nadie en este curso.',
    hidden: 'tests ocultos',
  },
  en: {
    report: 'Report of the course',
    made: 'Made on',
    students: 'Students',
    passed: 'Exercises passed',
    failing: 'Not passed',
    columns: ['Student', 'Group', 'Exercise', 'Runs', 'Submissions', 'Hints', 'Points', 'Passed', 'Fails at'],
    signals: 'Signals of the last four weeks',
    none: 'None.',
    nobody: 'Nobody has worked in this course yet.',
    hidden: 'hidden tests',
  },
} as const;

const style = `@page { size: A4 landscape; margin: 14mm; }
body { font: 10pt/1.35 system-ui, sans-serif; color: #111; margin: 0; }
h1 { font-size: 15pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; }
p { margin: 0 0 2mm; } .quiet { color: #555; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; }
tr { break-inside: avoid; } th, td { text-align: left; padding: 1mm 2mm; border-bottom: 0.2mm solid #bbb; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } td { overflow-wrap: anywhere; }`;

/** @param signals by person @param timeZone of the workspace */
export function printedReport(
  { code, title, language }: ReportedCourse,
  rows: readonly ReportRow[],
  signals: ReadonlyMap<string, readonly ReportedSignal[]>,
  { now, timeZone }: { now: Date; timeZone: string },
): string {
  const say = words[language];
  const locale = language === 'es' ? 'es-AR' : 'en-GB';
  const day = (at: Date) => new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);
  const people = new Set(rows.map(({ person }) => person));
  const passed = rows.filter(({ passed_at }) => passed_at !== null).length;
  const numbers = new Set([3, 4, 5, 6]);
  const cellOf = (text: string | number, at: number) =>
    `<td${numbers.has(at) ? ' class="number"' : ''}>${escaped(String(text))}</td>`;
  const lines = rows.map((row) => {
    const { name, person, class_group, exercise, runs, submissions, hints, best, highest, passed_at, failing } = row;
    const points = best === null ? '' : `${best} / ${highest ?? best}`;
    const cells = [
      name === '' ? person : name,
      class_group,
      exercise,
      runs,
      submissions,
      hints,
      points,
      passed_at === null ? '' : day(new Date(passed_at)),
      failing === 'hidden' ? say.hidden : failing,
    ];
    return `<tr>${cells.map(cellOf).join('')}</tr>`;
  });
  const nameOf = new Map(rows.map(({ person, name }) => [person, name === '' ? person : name]));
  const raised = [...signals].flatMap(([person, own]) => {
    const told = own.map(({ row, activity }) => `${riskRows.find(({ id }) => id === row)?.title[language] ?? row} (${activity})`);
    return told.length === 0
      ? []
      : [`<tr><td>${escaped(nameOf.get(person) ?? person)}</td><td>${escaped(told.join('; '))}</td></tr>`];
  });
  const head = say.columns.map((column, at) => `<th${numbers.has(at) ? ' class="number"' : ''}>${column}</th>`).join('');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${say.report}: ${title}`)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="quiet">${say.report} ${escaped(code)}. ${say.made} ${escaped(day(now))}.</p>
<p>${say.students}: ${people.size}. ${say.passed}: ${passed}. ${say.failing}: ${rows.length - passed}.</p>
${rows.length === 0 ? `<p>${say.nobody}</p>` : `<table><thead><tr>${head}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table>`}
<h2>${say.signals}</h2>
<p class="quiet">${escaped(aboutSignals[language])}</p>
${raised.length === 0 ? `<p>${say.none}</p>` : `<table><tbody>\n${raised.join('\n')}\n</tbody></table>`}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replace(/(?![\t\n])\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The result of the gateway benchmark as Markdown. */
import type { Machine } from '../turns/machine.ts';
import { median } from '../turns/measure.ts';
import type { ContenderName } from './contenders.ts';
import type { Measurement } from './measure.ts';
import type { Soak } from './soak.ts';

export interface Series {
  name: ContenderName;
  /** `cached` is the same request again and again on a route with a cache. */
  kind: 'JSON' | 'SSE' | 'cached';
  concurrency: number;
  rounds: Measurement[];
}

export interface FirstToken {
  name: ContenderName;
  concurrency: number;
  /** Milliseconds, medians of the rounds. */
  rounds: number[];
}

export interface Report {
  date: string;
  machine: Machine;
  settings: object;
  what: Partial<Record<ContenderName, string>>;
  generator: string;
  pinned: boolean;
  series: Series[];
  firstTokens: FirstToken[];
  skipped: string[];
  soak?: Soak;
}

const of = (series: Series | undefined, pick: (round: Measurement) => number) =>
  series === undefined ? Number.NaN : median(series.rounds.map(pick));
const rate = (round: Measurement) => round.requestsPerSecond;
const show = (value: number, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

export function markdownOf(report: Report): string {
  const { machine, series, firstTokens } = report;
  const find = (name: ContenderName, kind: Series['kind'], concurrency: number) =>
    series.find((each) => each.name === name && each.kind === kind && each.concurrency === concurrency);
  const lines = [
    `# Gateways, ${report.date}`,
    '',
    `${machine.cores} × ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}; Node ${machine.node}; Timonel ${machine.timonel}. Load of the machine before the run: ${machine.loadBefore}.`,
    `${report.pinned ? 'The server on one core, stub provider and load generator on another' : 'Nothing is pinned to a core here: the figures of different machines do not compare'}. Load by ${report.generator}. A request has 1.2 kB, a stream 20 pieces; every request is another one. Medians of interleaved rounds; settings: \`${JSON.stringify(report.settings)}\`.`,
  ];
  for (const kind of ['JSON', 'SSE'] as const) {
    for (const concurrency of new Set(series.filter((each) => each.kind === kind).map((each) => each.concurrency))) {
      const rows = series.filter((each) => each.kind === kind && each.concurrency === concurrency);
      const bare = find('node:http', kind, concurrency);
      const portkey = find('Portkey', kind, concurrency);
      const direct = find('direct', kind, concurrency);
      lines.push('', `## ${kind === 'JSON' ? 'Whole answers' : 'Streams'}, concurrency ${concurrency}`, '');
      lines.push('| | requests/s | × Portkey | × node:http | p50 ms | p99 ms | p50 added ms | CPU µs | CPU × node:http | RSS MB |');
      lines.push('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|');
      for (const row of rows) {
        const isDirect = row.name === 'direct';
        const cells = [
          show(of(row, rate)),
          show(of(row, rate) / of(portkey, rate), 2),
          show(of(row, rate) / of(bare, rate), 2),
          show(
            of(row, ({ p50 }) => p50),
            2,
          ),
          show(
            of(row, ({ p99 }) => p99),
            2,
          ),
          isDirect ? '–' : show(of(row, ({ p50 }) => p50) - of(direct, ({ p50 }) => p50), 2),
          isDirect ? '–' : show(of(row, ({ cpu }) => cpu)),
          isDirect ? '–' : show(of(row, ({ cpu }) => cpu) / of(bare, ({ cpu }) => cpu), 2),
          show(row.rounds.at(-1)?.resident ?? Number.NaN),
        ];
        lines.push(`| ${row.name} | ${cells.join(' | ')} |`);
      }
    }
  }
  const cached = series.filter(({ kind }) => kind === 'cached');
  if (cached.length > 0) {
    lines.push('', '## Answers from the cache (the same request again and again)', '');
    lines.push('| | concurrency | requests/s | p50 ms | p99 ms | CPU µs |', '|---|--:|--:|--:|--:|--:|');
    for (const row of cached)
      lines.push(
        `| ${row.name} | ${row.concurrency} | ${show(of(row, rate))} | ${show(
          of(row, ({ p50 }) => p50),
          2,
        )} | ${show(
          of(row, ({ p99 }) => p99),
          2,
        )} | ${show(of(row, ({ cpu }) => cpu))} |`,
      );
  }
  if (firstTokens.length > 0) {
    lines.push('', '## First token of a provider that needs 50 ms for it (our own load generator)', '');
    lines.push('| | concurrency | ms | added ms |', '|---|--:|--:|--:|');
    for (const { name, concurrency, rounds } of firstTokens) {
      const direct = firstTokens.find((each) => each.name === 'direct' && each.concurrency === concurrency);
      const added = name === 'direct' ? '–' : show(median(rounds) - median(direct?.rounds ?? []), 2);
      lines.push(`| ${name} | ${concurrency} | ${show(median(rounds), 2)} | ${added} |`);
    }
  }
  if (report.soak !== undefined) lines.push('', '## Memory', '', ...soakLines(report.soak));
  lines.push('', '## What was measured', '');
  for (const [name, text] of Object.entries(report.what)) lines.push(`- ${name}: ${text}`);
  for (const line of report.skipped) lines.push(`- Not measured: ${line}`);
  return `${lines.join('\n')}\n`;
}

function soakLines({ requests, seconds, p99, resident, slope, collected }: Soak): string[] {
  return [
    `${requests} calls through Timonel in ${show(seconds)} s, whole answers and streams in turn, worst p99 of a portion ${show(p99, 1)} ms.`,
    `RSS: ${show(resident.first)} MB after the first portion, ${show(resident.most)} MB at most, ${show(resident.last)} MB at the end. Slope over the second half: ${show(slope, 3)} MB per 1,000 calls. After forced collections: ${show(collected.first)} MB after the first portion, ${show(collected.last)} MB at the end.`,
  ];
}

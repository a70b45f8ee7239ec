/** The result as a Markdown table and as a file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RecordCount } from './durability.ts';
import type { Machine } from './machine.ts';
import { type Measurement, median } from './measure.ts';
import { floorName } from './protocol.ts';

export interface Series {
  name: string;
  peer: boolean;
  stores: string;
  concurrency: number;
  rounds: Measurement[];
}

export interface Durability {
  name: string;
  acknowledged: { turns: number; conversations: number };
  stored: RecordCount;
  faults: string[];
}

export interface Report {
  date: string;
  machine: Machine;
  settings: object;
  series: Series[];
  durability: Durability[];
  skipped: string[];
}

/** Medians over the rounds. */
function summary(rounds: readonly Measurement[]) {
  const of = (pick: (round: Measurement) => number) => median(rounds.map(pick));
  return {
    rate: of((round) => round.turnsPerSecond),
    p50: of((round) => round.p50),
    p99: of((round) => round.p99),
    serverCpu: of((round) => round.serverCpu),
    databaseCpu: rounds[0]?.databaseCpu === undefined ? undefined : of((round) => round.databaseCpu ?? Number.NaN),
    resident: rounds.at(-1)?.resident ?? Number.NaN,
  };
}

export function markdownOf(report: Report): string {
  const { machine, series } = report;
  const lines = [
    `# Turns per second, ${report.date}`,
    '',
    `${machine.cores} × ${machine.processor}, ${machine.memoryGb} GB, ${machine.system}; Node ${machine.node}; ${machine.postgres ?? 'no PostgreSQL'}; Timonel ${machine.timonel}. Load of the machine before the run: ${machine.loadBefore}.`,
    'Load generator, stub model, server and database share these cores. A turn is one message in a conversation with one instant model call.',
    `Medians of interleaved rounds; settings: \`${JSON.stringify(report.settings)}\`.`,
  ];
  for (const concurrency of new Set(series.map((each) => each.concurrency))) {
    const rows = series.filter((each) => each.concurrency === concurrency).map((each) => ({ ...each, ...summary(each.rounds) }));
    const fastest = Math.max(...rows.filter(({ peer }) => peer).map(({ rate }) => rate));
    const ceiling = rows.find(({ name }) => name.startsWith('stub'));
    const floor = rows.find(({ name }) => name === floorName)?.serverCpu;
    lines.push('', `## Concurrency ${concurrency}`, '');
    lines.push(
      '| | turns/s | × fastest peer | p50 ms | p99 ms | p99 added ms | CPU ms/turn: server | × floor | database | RSS MB at the end |',
    );
    lines.push('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|');
    for (const row of rows) {
      const ratio = Number.isFinite(fastest) ? (row.rate / fastest).toFixed(2) : '–';
      const added = ceiling === undefined || row === ceiling ? '–' : (row.p99 - ceiling.p99).toFixed(1);
      const database = row.databaseCpu === undefined ? '–' : row.databaseCpu.toFixed(2);
      const overFloor = floor === undefined || row === ceiling ? '–' : (row.serverCpu / floor).toFixed(2);
      lines.push(
        `| ${row.name} | ${row.rate.toFixed(0)} | ${ratio} | ${row.p50.toFixed(2)} | ${row.p99.toFixed(2)} | ${added} | ${row.serverCpu.toFixed(2)} | ${overFloor} | ${database} | ${row.resident.toFixed(0)} |`,
      );
    }
  }
  lines.push('', '## What is stored', '');
  for (const [name, stores] of new Map(series.map((each) => [each.name, each.stores]))) lines.push(`- ${name}: ${stores}`);
  lines.push('', '## Durability: counted in the store after `kill -9` of the server', '');
  for (const { name, acknowledged, stored, faults } of report.durability) {
    const verdict = faults.length === 0 ? 'complete' : faults.join('; ');
    lines.push(
      `- ${name}: ${acknowledged.turns} turns in ${acknowledged.conversations} conversations acknowledged; stored ${JSON.stringify(stored)}: ${verdict}`,
    );
  }
  for (const line of report.skipped) lines.push(`- Not measured: ${line}`);
  return `${lines.join('\n')}\n`;
}

/** @returns the path of the files, without their endings. */
export function writeResult(name: string, json: object, markdown: string): string {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(json, null, 2)}\n`);
  writeFileSync(`${folder}/${name}.md`, markdown);
  return `bench/results/${name}`;
}

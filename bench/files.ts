/**
 * How true edits are: hard files, and commits of real repositories replayed as edits and with noise in what is quoted.
 *
 *     npm run bench:files -- --hard-files cases.jsonl
 *     npm run bench:files -- --history REPOSITORY --history OTHER --most 1000
 *     npm run bench:files -- --noise REPOSITORY --most 300
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runHardFiles } from './files/hard-files.ts';
import { changesOf } from './files/history.ts';
import { noises, noisyEdits, replayNoisy } from './files/noise.ts';
import { replay } from './files/replay.ts';

const { values } = parseArgs({
  options: {
    'hard-files': { type: 'string' },
    history: { type: 'string', multiple: true },
    noise: { type: 'string', multiple: true },
    most: { type: 'string', default: '2000' },
    'plain-line-ends': { type: 'boolean', default: false },
    only: { type: 'string' },
    show: { type: 'string', default: '5' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'timonel-bench-files-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

if (values['hard-files'] !== undefined) {
  const results = await runHardFiles(values['hard-files'], join(folder, 'hard'));
  for (const { name, verdict, message } of results)
    console.log(`${verdict.padEnd(8)} ${name}${message === '' ? '' : `: ${message.split('\n')[0]}`}`);
  console.log(tally(results.map(({ verdict }) => verdict)));
}

for (const repository of values.history ?? []) {
  const verdicts: string[] = [];
  let shown = 0;
  for await (const change of changesOf(repository, Number(values.most))) {
    const { verdict, message } = await replay(change, { folder: join(folder, 'replay'), plainLineEnds: values['plain-line-ends'] });
    verdicts.push(verdict);
    if ((verdict === 'wrong' || verdict === 'refused') && shown < Number(values.show)) {
      shown += 1;
      console.log(`${verdict} ${change.commit.slice(0, 10)} ${change.path}: ${message}`);
    }
  }
  console.log(`${repository}: ${tally(verdicts)}`);
}

if (values.noise !== undefined) {
  const counts = new Map<string, Record<string, number>>();
  let shown = 0;
  for (const repository of values.noise)
    for await (const change of changesOf(repository, Number(values.most)))
      for (const edit of noisyEdits(change).slice(0, 3))
        for (const [name, noise] of Object.entries(noises)) {
          const outcome = await replayNoisy(change, edit, noise, join(folder, 'noise'));
          if (outcome === undefined) continue;
          const { verdict, message, sent, got, intended } = outcome;
          const count = counts.get(name) ?? {};
          count[verdict] = (count[verdict] ?? 0) + 1;
          counts.set(name, count);
          if (verdict !== 'right' && shown < Number(values.show) && (values.only === undefined || values.only === name)) {
            shown += 1;
            console.log(`${verdict} by ${name} ${change.commit.slice(0, 10)} ${change.path}: ${message}`);
            console.log(JSON.stringify({ sent, ...(got === '' ? {} : firstDifference(got, intended)) }, undefined, 2));
          }
        }
  for (const [name, count] of counts) console.log(`${name.padEnd(22)} ${JSON.stringify(count)}`);
  const sums = [...counts.values()].reduce<Record<string, number>>((sum, count) => {
    for (const [verdict, number] of Object.entries(count)) sum[verdict] = (sum[verdict] ?? 0) + number;
    return sum;
  }, {});
  console.log(`noise: ${JSON.stringify(sums)}`);
}

function firstDifference(got: string, intended: string): { got: string; intended: string } {
  let at = 0;
  while (got[at] === intended[at]) at += 1;
  return { got: got.slice(Math.max(0, at - 60), at + 120), intended: intended.slice(Math.max(0, at - 60), at + 120) };
}

function tally(verdicts: readonly string[]): string {
  const counts = Object.entries(Object.groupBy(verdicts, (verdict) => verdict)).map(
    ([verdict, all]) => `${verdict} ${all?.length ?? 0}`,
  );
  return `${verdicts.length}: ${counts.join(', ')}`;
}

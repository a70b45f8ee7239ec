/**
 * How true edits are: hard files, and commits of real repositories replayed as edits and with noise in what is quoted.
 *
 *     npm run bench:files -- --hard-files cases.jsonl
 *     npm run bench:files -- --history REPOSITORY --history OTHER --most 1000
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runHardFiles } from './files/hard-files.ts';
import { changesOf } from './files/history.ts';
import { replay } from './files/replay.ts';

const { values } = parseArgs({
  options: {
    'hard-files': { type: 'string' },
    history: { type: 'string', multiple: true },
    most: { type: 'string', default: '2000' },
    'plain-line-ends': { type: 'boolean', default: false },
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

function tally(verdicts: readonly string[]): string {
  const counts = Object.entries(Object.groupBy(verdicts, (verdict) => verdict)).map(
    ([verdict, all]) => `${verdict} ${all?.length ?? 0}`,
  );
  return `${verdicts.length}: ${counts.join(', ')}`;
}

/** Files that editors break: the bytes before, an edit, the bytes expected. */
import { lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProjectFiles } from '../../src/files.ts';

interface HardFile {
  name: string;
  mode?: string;
  link_to?: string;
  before_hex: string;
  old: string;
  new: string;
  expected_hex?: string;
  note: string;
}

export interface HardFileResult {
  name: string;
  verdict: 'right' | 'refused' | 'wrong';
  message: string;
}

export async function runHardFiles(path: string, folder: string): Promise<HardFileResult[]> {
  const cases = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HardFile);
  const results: HardFileResult[] = [];
  for (const [position, each] of cases.entries()) {
    const place = join(folder, String(position));
    mkdirSync(join(place, 'root'), { recursive: true });
    results.push(await runOne(each, place));
  }
  return results;
}

async function runOne(each: HardFile, place: string): Promise<HardFileResult> {
  const before = Buffer.from(each.before_hex, 'hex');
  const root = join(place, 'root');
  const file = join(root, each.name);
  const target = each.link_to === undefined ? file : each.link_to === 'outside' ? join(place, 'outside') : join(root, each.link_to);
  writeFileSync(target, before, { mode: Number.parseInt(each.mode ?? '644', 8) });
  const mode = statSync(target).mode;
  if (target !== file) symlinkSync(each.link_to === 'outside' ? target : (each.link_to ?? ''), file);
  const link = target === file ? undefined : readlinkSync(file);

  const files = await openProjectFiles(root);
  const plan = await files.plan([{ kind: 'edit', path: each.name, edits: [{ old: each.old, new: each.new }] }]);
  if (plan.kind === 'planned') await files.apply(plan.files);
  const message = plan.kind === 'refused' ? plan.refusals.map((refusal) => refusal.message).join('\n') : '';

  const after = readFileSync(target);
  const edited = Buffer.from(
    before.toString('latin1').replace(each.old, () => each.new),
    'latin1',
  );
  const expected =
    each.expected_hex !== undefined ? Buffer.from(each.expected_hex, 'hex') : each.link_to === 'outside' ? before : edited;
  const kept =
    statSync(target).mode === mode && (link === undefined || (lstatSync(file).isSymbolicLink() && readlinkSync(file) === link));
  const refusalWanted = expected.equals(before);
  const right = after.equals(expected) && kept && refusalWanted === (plan.kind === 'refused');
  return {
    name: each.name,
    verdict: right ? 'right' : plan.kind === 'refused' && after.equals(before) ? 'refused' : 'wrong',
    message,
  };
}

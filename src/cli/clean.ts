import { Command } from 'commander';
import { messageOf } from '../errors.ts';
import { ApiClient } from './api-client.ts';
import { sizeOf } from './backup.ts';
import { findHomes, type MarkedHome, removeHome } from './clean-homes.ts';
import { testContact } from './smoke-flows.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  testData?: boolean;
  homes?: boolean;
  olderThan?: string;
  dryRun?: boolean;
  json?: boolean;
}

const hour = 3_600_000;
const unit: Readonly<Record<string, number>> = { h: hour, d: 24 * hour, w: 7 * 24 * hour };

export function cleanCommand(): Command {
  return new Command('clean')
    .description(
      'Remove what carries the mark of Timonel and nobody needs: what `timonel smoke` left in the workspace of the Timonel that runs here, and data directories on this machine whose process or repository is gone',
    )
    .option('--test-data', 'what `timonel smoke` and `bench:load` left in the workspace')
    .option(
      '--homes',
      'directories of killed evaluations, tests and verifications of backups, and those of `timonel code` for folders that were deleted',
    )
    .option('--older-than <time>', 'of directories: how long nothing in them has changed, e.g. 36h, 7d, 4w (default: 7d)')
    .option('--dry-run', 'say what would go, and remove nothing')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const { testData = false, homes = false, olderThan } = options;
      if (!testData && !homes)
        throw new UsageError('Say what to clean: timonel clean --test-data, or timonel clean --homes [--older-than 7d]');
      if (olderThan !== undefined && !homes) throw new UsageError('--older-than is for directories. Add --homes.');
      const age = millisecondsIn(olderThan ?? '7d');
      const dryRun = options.dryRun === true;
      const rows = testData ? await (dryRun ? marked() : erased()) : undefined;
      const found = homes ? findHomes(age) : undefined;
      const failures = dryRun ? [] : removed(found ?? []);
      if (failures.length > 0) process.exitCode = 1;
      if (options.json === true)
        console.log(
          JSON.stringify({
            ...(rows === undefined ? {} : { erased: !dryRun, rows }),
            ...(found === undefined
              ? {}
              : { removed: !dryRun, homes: found.map((home) => ({ ...home, kept: home.kept ?? null })) }),
            ...(failures.length === 0 ? {} : { failures }),
          }),
        );
      else {
        if (rows !== undefined) tellRows(rows, dryRun);
        if (found !== undefined) tellHomes(found, dryRun);
        for (const failure of failures) console.error(failure);
      }
    });
}

function millisecondsIn(text: string): number {
  const match = /^(\d{1,5})(h|d|w)$/.exec(text);
  if (match === null) throw new UsageError(`--older-than takes a time, and is "${text}". For example: --older-than 7d`);
  return Number(match[1]) * (unit[match[2] ?? ''] ?? 0);
}

function tellRows(rows: Readonly<Record<string, number>>, dryRun: boolean): void {
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (all === 0) {
    console.log('There is no test data.');
    return;
  }
  const told = Object.entries(rows)
    .map(([table, count]) => `${count} of ${table}`)
    .join(', ');
  console.log(`${dryRun ? 'Would erase' : 'Erased'} ${all} rows: ${told}.`);
}

function tellHomes(homes: readonly MarkedHome[], dryRun: boolean): void {
  const gone = homes.filter(({ kept }) => kept === undefined);
  for (const { path, kind, bytes, usedAt, kept } of homes) {
    const days = Math.floor((Date.now() - usedAt.getTime()) / (24 * hour));
    const fate = kept === undefined ? (dryRun ? 'would go' : 'removed') : `stays: ${kept}`;
    console.log(`${path}  ${kind}, ${sizeOf(bytes)}, unchanged for ${days} ${days === 1 ? 'day' : 'days'}: ${fate}`);
  }
  const size = sizeOf(gone.reduce((sum, { bytes }) => sum + bytes, 0));
  console.log(`${dryRun ? 'Would remove' : 'Removed'} ${gone.length} of ${homes.length} marked directories, ${size}.`);
}

/** @returns what could not be removed, and why */
function removed(homes: readonly MarkedHome[]): string[] {
  return homes
    .filter(({ kept }) => kept === undefined)
    .flatMap((home) => {
      try {
        removeHome(home);
        return [];
      } catch (error) {
        return [`${home.path} was not removed: ${messageOf(error)}`];
      }
    });
}

const person = { email: testContact.email };

async function marked(): Promise<Record<string, number>> {
  const { data } = await orNothing(ApiClient.here().post<{ data: Record<string, unknown[]> }>('/api/v1/privacy/export', person), {
    data: {},
  });
  return Object.fromEntries(Object.entries(data).map(([table, rows]) => [table, rows.length]));
}

async function erased(): Promise<Record<string, number>> {
  return (
    await orNothing(ApiClient.here().post<{ erased: Record<string, number> }>('/api/v1/privacy/erase', person), { erased: {} })
  ).erased;
}

/** Nobody with the mark is known: there is nothing to clean. */
function orNothing<T>(asked: Promise<T>, nothing: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'person_not_found') return nothing;
    throw error;
  });
}

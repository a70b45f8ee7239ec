import { once } from 'node:events';
import { Command } from 'commander';
import { installation } from '../identity/audit/audit-log.ts';
import { type Anchor, verifyChain } from '../identity/audit/verify.ts';
import { type DatabaseCommand, onTheDatabase } from './database-command.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  workspace?: string;
  anchor?: string;
  json?: boolean;
}

export function auditCommand(): Command {
  const command = new Command('audit').description('The audit log: verify that it is whole, and export it');
  command
    .command('verify')
    .description('Check every chain from its first entry to its sealed end; exit code 1 where one is broken')
    .option('-w, --workspace <id>', 'one workspace (default: all)')
    .option(
      '-a, --anchor <sequence:hash>',
      'an end that an earlier verification printed: proves that nothing up to there was cut off',
    )
    .option('--json', 'print JSON lines')
    .action((options: Options) => verify(options));
  command
    .command('export')
    .description('Print all entries as JSON lines, the oldest first')
    .option('-w, --workspace <id>', 'one workspace (default: all)')
    .action((options: Options) => exportLines(options));
  return command;
}

async function verify({ workspace, anchor, json }: Options): Promise<void> {
  const known = anchor === undefined ? undefined : anchorOf(anchor);
  if (known !== undefined && workspace === undefined)
    throw new UsageError('An anchor is of one workspace: say which with --workspace.');
  await onTheDatabase('GET /api/v1/audit/verification', async (command) => {
    const { store, identity } = command;
    for (const workspaceId of await chainsOf(command, workspace)) {
      const found = await verifyChain(store.pool, identity.audit, workspaceId, known);
      if (!found.intact) process.exitCode = 1;
      const name = workspaceId === '*' ? 'the installation' : `"${workspaceId}"`;
      if (json === true) console.log(JSON.stringify(found));
      else if (found.intact) {
        const end = found.head === null ? '' : `, up to ${found.head.sequence}:${found.head.hash}`;
        console.log(`${name}: whole, ${found.entries} entries${end}`);
      } else console.log(`${name}: BROKEN at entry ${found.sequence} (${found.breach}): ${found.explanation}`);
    }
  });
}

async function exportLines({ workspace }: Options): Promise<void> {
  await onTheDatabase('GET /api/v1/audit', async (command) => {
    for (const workspaceId of await chainsOf(command, workspace)) {
      for await (const entry of command.identity.audit.entries(workspaceId)) {
        if (!process.stdout.write(`${JSON.stringify(entry)}\n`)) await once(process.stdout, 'drain');
      }
    }
  });
}

/** All chains, or the one that is named. @throws TimonelError `not_found` */
async function chainsOf({ identity, workspaces }: DatabaseCommand, workspace: string | undefined): Promise<string[]> {
  if (workspace === undefined) return identity.audit.workspaces();
  if (workspace !== installation) await workspaces.get(workspace);
  return [workspace];
}

function anchorOf(text: string): Anchor {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined) {
    throw new UsageError('--anchor takes a number and a hash, as `timonel audit verify` prints them: 120:9f86d0…');
  }
  return { sequence: Number(sequence), hash };
}

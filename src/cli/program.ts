import { Command, CommanderError } from 'commander';
import { messageOf, TimonelError } from '../errors.ts';
import { version } from '../main.ts';
import { agentCommand } from './agent-command.ts';
import { auditCommand } from './audit.ts';
import { budgetsCommand } from './budgets.ts';
import { cacheCommand } from './cache.ts';
import { chatCommand } from './chat.ts';
import { evalCommand } from './eval.ts';
import { explainCommand } from './explain.ts';
import { flagsCommand } from './flags.ts';
import { keysCommand } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { modelsCommand } from './models.ts';
import { newCommand } from './new.ts';
import { privacyCommand } from './privacy.ts';
import { releaseCommand } from './release.ts';
import { secretsCommand } from './secrets.ts';
import { upCommand } from './up.ts';
import { UsageError } from './usage-error.ts';
import { userCommand } from './user.ts';

/** Every command with its arguments and options: what `--help` and docs/reference/cli.md are made of. */
export function createProgram(): Command {
  const program = new Command('timonel')
    .description('Runs LLM agents in production.')
    .version(version)
    .showHelpAfterError('(timonel --help lists the commands)')
    .exitOverride();
  const commands = [
    upCommand(),
    chatCommand(),
    explainCommand(),
    evalCommand(),
    budgetsCommand(),
    cacheCommand(),
    migrateCommand(),
    modelsCommand(),
    newCommand(),
    userCommand(),
    keysCommand(),
    secretsCommand(),
    auditCommand(),
    privacyCommand(),
    releaseCommand(),
    flagsCommand(),
  ];
  for (const command of commands) {
    for (const each of [command, ...command.commands]) each.exitOverride();
    program.addCommand(command);
  }
  return program;
}

/** Exit codes: 0 it worked, 1 it did not, 2 the call was wrong. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  // Whoever reads the output may have seen enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    const [first = ''] = argv.slice(2);
    // What is no command of Timonel's may be an agent, whose commands the running process knows.
    const isAgent = /^[a-z][a-z0-9-]*$/.test(first) && first !== 'help' && !program.commands.some((each) => each.name() === first);
    if (isAgent) await addAgentCommand(program, first);
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    console.error(
      error instanceof TimonelError
        ? `timonel: ${error.message}${causeOf(error)}`
        : error instanceof UsageError
          ? error.message
          : stackOf(error),
    );
    process.exitCode = error instanceof UsageError ? 2 : 1;
    // What a failed command left open (a connection that does not end, a thread) must not keep the process, and what it holds.
    setTimeout(() => process.exit(), 500).unref();
  }
}

async function addAgentCommand(program: Command, agent: string): Promise<void> {
  try {
    program.addCommand(exitOverridden(await agentCommand(agent)));
  } catch (error) {
    // Commander says which commands there are.
    console.error(`"${agent}" is no command of Timonel, and no agent that could be asked: ${messageOf(error)}`);
  }
}

function exitOverridden(command: Command): Command {
  command.exitOverride();
  for (const each of command.commands) exitOverridden(each);
  return command;
}

/** Who starts a command may know what callers of the API are not told: where the database is, and what it said. */
function causeOf({ code, cause }: TimonelError): string {
  return code === 'store_unavailable' && cause !== undefined ? ` (${messageOf(cause)})` : '';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

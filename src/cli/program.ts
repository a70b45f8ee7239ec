import { Command, CommanderError } from 'commander';
import { messageOf, TimonelError } from '../errors.ts';
import { version } from '../package-file.ts';
import { acpCommand } from './acp.ts';
import { agentCommand } from './agent-command.ts';
import { auditCommand } from './audit.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { budgetsCommand } from './budgets.ts';
import { cacheCommand } from './cache.ts';
import { channelsCommand } from './channels.ts';
import { chatCommand } from './chat.ts';
import { cleanCommand } from './clean.ts';
import { codeCommand } from './code.ts';
import { codegenCommand } from './codegen.ts';
import { consoleCommand } from './console.ts';
import { conversationsCommand } from './conversations.ts';
import { costsCommand } from './costs.ts';
import { deployCommand } from './deploy.ts';
import { drillCommand } from './drill.ts';
import { evalCommand } from './eval.ts';
import { evaluationsCommand } from './evaluations.ts';
import { explainCommand } from './explain.ts';
import { flagsCommand } from './flags.ts';
import { healthCommand } from './health.ts';
import { keysCommand } from './keys.ts';
import { knowledgeCommand } from './knowledge.ts';
import { migrateCommand } from './migrate.ts';
import { modelsCommand } from './models.ts';
import { newCommand } from './new.ts';
import { privacyCommand } from './privacy.ts';
import { processesCommand } from './processes.ts';
import { releaseCommand } from './release.ts';
import { secretsCommand } from './secrets.ts';
import { smokeCommand } from './smoke.ts';
import { upCommand } from './up.ts';
import { updateCommand } from './update.ts';
import { UsageError } from './usage-error.ts';
import { userCommand } from './user.ts';
import { validateCommand } from './validate.ts';
import { webhooksCommand } from './webhooks.ts';
import { workspaceCommand } from './workspace.ts';

/** Every command with its arguments and options: what `--help` and docs/reference/cli.md are made of. */
export function createProgram(): Command {
  const program = new Command('timonel')
    .description('Runs LLM agents in production.')
    .version(version)
    .showHelpAfterError('(timonel --help lists the commands)')
    .exitOverride();
  for (const command of [
    upCommand(),
    healthCommand(),
    processesCommand(),
    consoleCommand(),
    chatCommand(),
    codeCommand(),
    acpCommand(),
    codegenCommand(),
    explainCommand(),
    evalCommand(),
    evaluationsCommand(),
    conversationsCommand(),
    budgetsCommand(),
    costsCommand(),
    cacheCommand(),
    channelsCommand(),
    webhooksCommand(),
    migrateCommand(),
    validateCommand(),
    smokeCommand(),
    deployCommand(),
    updateCommand(),
    drillCommand(),
    cleanCommand(),
    backupCommand(),
    restoreCommand(),
    modelsCommand(),
    newCommand(),
    userCommand(),
    workspaceCommand(),
    keysCommand(),
    secretsCommand(),
    auditCommand(),
    privacyCommand(),
    releaseCommand(),
    flagsCommand(),
    knowledgeCommand(),
  ]) {
    program.addCommand(command);
    prepare(command);
  }
  return program;
}

/** Runs the command of this process. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  // Whoever reads the output may have seen enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { code, threw } = await execute(argv);
  process.exitCode = code;
  // What a failed command left open (a connection that does not end, a thread) must not keep the process, and what it holds.
  if (threw) setTimeout(() => process.exit(), 500).unref();
}

/**
 * Runs a command, and says on standard error why it failed and what to do next.
 * @returns the exit code: 0 it worked, 1 it did not, 2 the call was wrong; and whether it ended before its end.
 */
export async function execute(argv: readonly string[]): Promise<{ code: number; threw: boolean }> {
  const program = createProgram();
  let running = program.name();
  program.hook('preAction', (_program, action) => {
    running = nameOf(action);
  });
  process.exitCode = 0;
  try {
    const [first = ''] = argv.slice(2);
    // What is no command of Timonel's may be an agent, whose commands the running process knows.
    const isAgent = /^[a-z][a-z0-9-]*$/.test(first) && first !== 'help' && !program.commands.some((each) => each.name() === first);
    if (isAgent) await addAgentCommand(program, first);
    await program.parseAsync(argv);
    return { code: Number(process.exitCode), threw: false };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, threw: true };
    console.error(sentenceOf(error, running));
    return { code: error instanceof UsageError ? 2 : 1, threw: true };
  }
}

async function addAgentCommand(program: Command, agent: string): Promise<void> {
  try {
    const command = await agentCommand(agent);
    program.addCommand(command);
    prepare(command);
  } catch (error) {
    // Commander says which commands there are.
    console.error(`"${agent}" is no command of Timonel, and no agent that could be asked: ${messageOf(error)}`);
  }
}

/** A command with all that are below it: what was wrong in a call is told by the program, with where to look. */
function prepare(command: Command): void {
  command.exitOverride().showHelpAfterError(hintOf(nameOf(command)));
  for (const each of command.commands) prepare(each);
}

/** `timonel user add`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function hintOf(name: string): string {
  return `(${name} --help says what it takes)`;
}

function sentenceOf(error: unknown, running: string): string {
  if (error instanceof UsageError) return withHint(error.message, running);
  if (!(error instanceof TimonelError)) return stackOf(error);
  const sentence = `timonel: ${error.message}${causeOf(error)}`;
  // The installation's own troubles are not mended by calling the command in another way.
  return error.status < 500 ? withHint(sentence, running) : sentence;
}

/** Where a sentence names no command to go on with, the command's own help is the next one. */
function withHint(sentence: string, running: string): string {
  return /\btimonel [a-z]/.test(sentence) ? sentence : `${sentence} ${hintOf(running)}`;
}

/** Who starts a command may know what callers of the API are not told: where the database is, and what it said. */
function causeOf({ code, cause }: TimonelError): string {
  return code === 'store_unavailable' && cause !== undefined ? ` (${messageOf(cause)})` : '';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

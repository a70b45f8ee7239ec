/** A tool with the hooks of the settings around it. What they did is part of its answer, and so of the record of the run. */
import type { AnyTool, JsonObject, ToolContext } from '../../src/index.ts';
import { CommandNotStarted, runCommand } from '../../src/shell.ts';
import { type Hook, type HookFacts, hookFacts, hooksOf, isCatastrophic, isHooked, unhookedTools } from './hooks.ts';
import type { CoderProject } from './project.ts';

/** Milliseconds that all hooks before a call take at most, and all after it. */
const longestMs = 60_000;
/** Characters of what a hook says. */
const mostText = 4_000;

/** What a hook did. */
interface HookRecord {
  when: 'before' | 'after';
  origin: 'user' | 'project';
  command: string;
  /** `refused`: exit code 2. `failed`: any other but 0, or it could not be started. */
  result: 'passed' | 'refused' | 'failed' | 'timed-out';
  exitCode: number | null;
  output?: string;
}

/** The tool; its facts have what the hooks' rules look at. */
export function hookedTool(project: CoderProject, tool: AnyTool): AnyTool {
  if (unhookedTools.has(tool.name)) return tool;
  const own = tool.timeoutMs ?? 10_000;
  return {
    ...tool,
    // Hooks have their time beside that of the tool.
    timeoutMs: own + 2 * longestMs + 5_000,
    async facts(input, context) {
      const [hooks, facts] = await Promise.all([hookFacts(project, tool.name), tool.facts?.(input, context)]);
      return { ...(facts as object | undefined), hooks } satisfies { hooks: HookFacts };
    },
    async execute(input, context) {
      const { list } = hooksOf(await project.settings());
      const hooks = list.filter((each) => isHooked(each, tool.name));
      const of = (when: Hook['when']) => hooks.filter((each) => each.when === when);
      const before = await runAll(project, of('before'), context, { tool: tool.name, args: input as JsonObject });
      const stopped = before.find(({ result }) => result !== 'passed');
      if (stopped !== undefined) return { kind: 'refused', because: reasonOf(stopped), ...told(before) };
      const output: unknown = await inTime(own, context, (limited) => tool.execute(input, limited));
      const after = await runAll(project, of('after'), context, { tool: tool.name, args: input as JsonObject, output });
      if (before.length + after.length === 0) return output;
      const answer = typeof output === 'object' && output !== null && !Array.isArray(output) ? output : { result: output };
      return { ...answer, ...told([...before, ...after]) };
    },
  };
}

function told(records: readonly HookRecord[]) {
  // What others wrote may have come this way.
  return { hooks: records, ...(records.some(({ origin }) => origin === 'project') ? { untrusted: true } : {}) };
}

function reasonOf({ command, origin, result, exitCode, output = '' }: HookRecord): string {
  const whose = `The ${origin === 'user' ? "user's" : "project's"} hook \`${command}\``;
  if (result === 'refused') return output === '' ? `${whose} refused it.` : `${whose} refused it: ${output}`;
  const how = result === 'timed-out' ? 'did not end in time' : `failed (exit code ${exitCode ?? 'none'})`;
  return `${whose} ${how}, so the call was not made.${output === '' ? '' : ` ${output}`}`;
}

/** The hooks one after the other; after a refusal none of them. */
async function runAll(
  project: CoderProject,
  hooks: readonly Hook[],
  context: ToolContext,
  call: { tool: string; args: JsonObject; output?: unknown },
): Promise<HookRecord[]> {
  const records: HookRecord[] = [];
  const until = performance.now() + longestMs;
  for (const hook of hooks) {
    const record = await runHook(project, hook, context, call, Math.max(1, until - performance.now()));
    records.push(record);
    if (hook.when === 'before' && record.result !== 'passed') break;
  }
  return records;
}

async function runHook(
  project: CoderProject,
  hook: Hook,
  context: ToolContext,
  call: { tool: string; args: JsonObject; output?: unknown },
  leftMs: number,
): Promise<HookRecord> {
  const { when, origin, command } = hook;
  const record = { when, origin, command };
  const failed = (output: string): HookRecord => ({ ...record, result: 'failed', exitCode: null, output });
  if (origin === 'project' && isCatastrophic(project, hook)) return failed('Such a command runs in no mode.');
  const sandboxed = origin === 'project' && (await project.sandbox()).available;
  const { conversationId: session, runId: run, idempotencyKey, signal } = context;
  try {
    const { exitCode, timedOut, output } = await runCommand({
      command: { line: command },
      root: project.folder,
      where: sandboxed ? 'sandboxed' : 'host',
      readOnly: true,
      approved: !sandboxed,
      wallMs: Math.min(hook.seconds * 1_000, leftMs),
      outputBytes: 16 * 1024,
      environment: project.environment,
      isSecret: project.isSecret,
      signal,
      input: `${JSON.stringify({ when, ...call, session, run, call: idempotencyKey.slice(run.length + 1), folder: project.folder })}\n`,
    });
    const said = output.trim().slice(0, mostText);
    return {
      ...record,
      result: timedOut ? 'timed-out' : exitCode === 0 ? 'passed' : exitCode === 2 && when === 'before' ? 'refused' : 'failed',
      exitCode: exitCode ?? null,
      ...(said === '' ? {} : { output: said }),
    };
  } catch (error) {
    if (error instanceof CommandNotStarted) return failed(error.message);
    throw error;
  }
}

/** The tool's own time limit, which the hooks around it do not lengthen. */
async function inTime<T>(ms: number, context: ToolContext, work: (context: ToolContext) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  const timer = setTimeout(() => limit.abort(new Error(`It took longer than ${ms} milliseconds.`)), ms);
  try {
    return await Promise.race([
      work({ ...context, signal }),
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

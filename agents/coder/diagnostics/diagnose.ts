/**
 * After an edit: what is wrong now and was not before.
 *
 * The project is checked as it is after the edit. Only where that finds something it is checked once more as it was, with the former bytes mounted over the files
 * in the sandbox, or told to the language server: a clean project costs one check, and nothing has to be known in advance.
 */
import type { Diagnostic } from '../analysis/diagnostics.ts';
import { CheckerTooSlow, commandFinders, faultKey } from './commands.ts';
import type { CheckedProject, Diagnosed, DiagnosticsLevel, EditedFile, Fault, FaultFinder } from './contract.ts';
import { LanguageServers } from './language-servers.ts';
import { syntaxFaults } from './syntax-faults.ts';

const mostFaults = 20;
/** Milliseconds of one look of one checker, and of all after an edit. */
const longestLook = 15_000;
const longestAll = 30_000;
/** For how long a checker rests that took too long. */
const restMs = 10 * 60_000;

export class Diagnostics {
  readonly #project: CheckedProject;
  readonly #servers: LanguageServers;
  readonly #resting = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(project: CheckedProject) {
    this.#project = project;
    this.#servers = new LanguageServers(project);
  }

  /** @param level what the session wants @returns `undefined` where nothing looked at the files */
  async after(edited: readonly EditedFile[], level: DiagnosticsLevel, signal: AbortSignal): Promise<Diagnosed | undefined> {
    if (level === 'off') return undefined;
    const syntax = await this.#syntax(edited);
    if (level === 'syntax') return syntax.checked ? told(syntax.faults, ['syntax'], []) : undefined;
    // One after the other: two at once would see the changes of each other half made.
    const work = this.#last.then(() => this.#check(edited, signal));
    this.#last = work.catch(() => undefined);
    const { faults, checkedBy, notChecked, understood } = await work;
    // A compiler knows newer syntax than a grammar may.
    const broken = syntax.faults.filter(({ path }) => !understood.has(path));
    const by = [...(syntax.checked ? ['syntax'] : []), ...checkedBy];
    return by.length + notChecked.length === 0 ? undefined : told([...broken, ...faults], by, notChecked);
  }

  async #syntax(edited: readonly EditedFile[]): Promise<{ faults: Fault[]; checked: boolean }> {
    const faults: Fault[] = [];
    let checked = false;
    for (const { path, before, after } of edited) {
      const now = after === undefined ? undefined : await syntaxFaults(path, after);
      if (now === undefined) continue;
      checked = true;
      if (now.length === 0) continue;
      const then = before === undefined ? [] : ((await syntaxFaults(path, before)) ?? []);
      faults.push(...fresh(now, then).map((each) => ({ ...each, by: 'syntax' })));
    }
    return { faults, checked };
  }

  async #check(edited: readonly EditedFile[], signal: AbortSignal) {
    const paths = edited.filter(({ after }) => after !== undefined).map(({ path }) => path);
    const finders = (await this.#finders(paths)).filter(({ covers }) => paths.some(covers));
    const faults: Fault[] = [];
    const checkedBy: string[] = [];
    const notChecked: string[] = [];
    const understood = new Set<string>();
    if (finders.length > 0) {
      const sandbox = await this.#project.sandbox();
      // Without a sandbox they are commands like others, which are asked about.
      if (!sandbox.available)
        return { faults, checkedBy, notChecked: [`${finders.map(({ name }) => name).join(', ')}: no sandbox here`], understood };
    }
    const until = performance.now() + longestAll;
    for (const finder of finders) {
      const left = Math.min(longestLook, until - performance.now());
      if (left < 1_000) notChecked.push(`${finder.name}: no time was left`);
      else if ((this.#resting.get(finder.name) ?? 0) > performance.now())
        notChecked.push(`${finder.name}: rests, it is too slow here`);
      else
        try {
          const own = paths.filter(finder.covers);
          const now = await finder.faults(own, { ms: left, signal });
          for (const path of own) if (isCompiler(finder.name)) understood.add(path);
          checkedBy.push(finder.name);
          if (now.length === 0) continue;
          const before = new Map(edited.flatMap(({ path, before: bytes }) => (bytes === undefined ? [] : [[path, bytes]])));
          // In a file that is new all is new.
          const then =
            before.size === 0 ? [] : await finder.faults(own, { before, ms: Math.max(1_000, until - performance.now()), signal });
          const created = new Set(edited.filter((file) => file.before === undefined).map(({ path }) => path));
          const known = then.filter(({ path }) => !created.has(path));
          faults.push(...fresh(now, known).map((each) => ({ ...each, by: finder.name })));
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof CheckerTooSlow) this.#resting.set(finder.name, performance.now() + restMs);
          notChecked.push((error instanceof Error ? error.message : String(error)).slice(0, 300));
        }
    }
    return { faults, checkedBy, notChecked, understood };
  }

  /** A language server takes the place of the command that finds the same. */
  async #finders(paths: readonly string[]): Promise<FaultFinder[]> {
    const servers = await this.#servers.for(paths);
    const replaced = new Set<string>(servers.flatMap(({ replaces }) => replaces));
    const commands = await commandFinders(this.#project);
    return [...servers, ...commands.filter(({ name }) => !replaced.has(name))];
  }
}

const isCompiler = (name: string) => /^(?:tsc|typescript|pyright|mypy|pylsp|javac|gopls|rust-analyzer|clangd)/.test(name);

/** Those of the first that are not among the second, however often each is there. */
function fresh<F extends Diagnostic>(now: readonly F[], then: readonly Diagnostic[]): F[] {
  const left = new Map<string, number>();
  for (const each of then) left.set(faultKey(each), (left.get(faultKey(each)) ?? 0) + 1);
  return now.filter((each) => {
    const known = left.get(faultKey(each)) ?? 0;
    left.set(faultKey(each), known - 1);
    return known <= 0;
  });
}

function told(faults: readonly Fault[], checkedBy: readonly string[], notChecked: readonly string[]): Diagnosed {
  const rank = { error: 0, warning: 1 } as const;
  const sorted = faults.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  const shown = sorted.slice(0, mostFaults).map((each) => ({ ...each, message: each.message.slice(0, 400) }));
  return { faults: shown, more: sorted.length - shown.length, checkedBy, notChecked };
}

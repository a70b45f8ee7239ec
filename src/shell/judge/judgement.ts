import type { JudgedCommand, ShellReason, ShellVerdict } from '../contract.ts';

const ranks: Readonly<Record<ShellVerdict, number>> = { allow: 0, ask: 1, deny: 2 };
const networks = ['no', 'unknown', 'yes'] as const;

/** Collects what is said against a line: the strictest counts. */
export class LineJudgement {
  verdict: ShellVerdict = 'allow';
  network: JudgedCommand['network'] = 'no';
  /** It reads files with secrets, or outside of the project. */
  readsSecrets = false;
  #left = 20_000;
  readonly #reasons = new Map<string, ShellReason>();

  ask(code: string, message: string): void {
    if (code === 'secret-file' || code === 'outside-project') this.readsSecrets = true;
    this.#add('ask', code, message);
  }

  deny(message: string): void {
    this.#add('deny', 'catastrophic', message);
  }

  /** Counts a step: a line can nest so that looking through all of it would take for ever. @throws TooComplex */
  step(): void {
    if (--this.#left < 0) throw new TooComplex();
  }

  reach(network: JudgedCommand['network']): void {
    if (networks.indexOf(network) > networks.indexOf(this.network)) this.network = network;
  }

  /** The reasons for the verdict, the strictest first. */
  reasons(): ShellReason[] {
    const all = [...this.#reasons.values()];
    return [...all.filter(({ code }) => code === 'catastrophic'), ...all.filter(({ code }) => code !== 'catastrophic')];
  }

  #add(verdict: ShellVerdict, code: string, message: string): void {
    if (ranks[verdict] > ranks[this.verdict]) this.verdict = verdict;
    if (this.#reasons.size < 20) this.#reasons.set(`${code} ${message}`, { code, message });
  }
}

/** A line takes more steps to judge than any line that a person would approve. */
export class TooComplex extends Error {
  override readonly name = 'TooComplex';
}

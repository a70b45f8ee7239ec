/** One call to a model: it lives from the door, where its money is held, to the bill. */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { channels, type ModelAttempt } from '../diagnostics.ts';
import type { TimonelError } from '../errors.ts';
import { beginAnswer, continueAnswer, type ModelCallOptions, type Part, type PartReader } from './answers/answer-parts.ts';
import type { Breakers } from './attempt/breakers.ts';
import type { Attempt, Candidate, CandidateRunner, Served } from './attempt/candidates.ts';
import { failureOf, type ModelFailure } from './attempt/failure.ts';
import { gatewayErrorOf } from './attempt/refusals.ts';
import type { CallCaps } from './limits/call-caps.ts';
import type { Bill } from './money/bill.ts';
import type { Route } from './routes/route.ts';

/** How often one answer is taken up again before it is given up. */
const mostResumptions = 3;

/** What every call is made with. */
export interface CallService {
  runner: CandidateRunner;
  breakers: Breakers;
  caps: CallCaps;
}

/** A whole answer, and who gave it. */
export interface AnsweredCall<T> {
  candidate: Candidate;
  answer: T;
  /** US dollars, where the price is known. */
  cost: number | undefined;
}

/** Route, targets and money of one call; one answer at a time. */
export class Call {
  readonly route: Route;
  readonly bill: Bill;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** Text that was passed on of a streamed answer. */
  shown = '';
  readonly #service: CallService;
  readonly #candidates: readonly Candidate[];
  /** When the whole call is to be over (`performance.now()`), further attempts included. */
  readonly #deadline: number;
  /** What is under way, until it ended or broke. */
  #served: Served<unknown> | undefined;
  #target = '';
  /** Targets that broke off once. */
  #broken: Set<string> | undefined;

  constructor(service: CallService, route: Route, candidates: readonly Candidate[], bill: Bill, signal: AbortSignal) {
    this.#service = service;
    this.#candidates = candidates;
    this.#deadline = performance.now() + route.timeouts.totalMs;
    this.route = route;
    this.bill = bill;
    this.signal = signal;
  }

  /** `provider/model` that gave what came last. */
  get target(): string {
    return this.#target;
  }

  /**
   * An answer that comes whole, and is paid for.
   * @param usageOf without usage, all that was reserved counts. @throws TimonelError, when nothing is held any more
   */
  async whole<T>(attempt: Attempt<T>, usageOf: (answer: T) => LanguageModelV4Usage | undefined): Promise<AnsweredCall<T>> {
    try {
      const { candidate, clock, answer } = await this.#ask(this.route, this.#candidates, false, attempt);
      clock.complete();
      return { candidate, answer, cost: this.bill.settle(candidate, usageOf(answer)) };
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** An answer that comes as a stream: until it begins, another target may still take over. @throws TimonelError */
  async begin<T>(attempt: Attempt<T>): Promise<Served<T>> {
    this.shown = '';
    try {
      return this.#serving(await this.#ask(this.route, this.#candidates, true, attempt));
    } catch (error) {
      throw this.failed(error);
    }
  }

  /**
   * All parts of an answer, in order, to its end, whoever gives them: the one loop that heals a break. It does so where nothing but text was
   * shown; what was shown is not shown again.
   * @param options the call for the targets that take over. @param continuing something was shown before the first part.
   * @throws ModelFailure when it cannot be healed: the answer is incomplete.
   */
  async *parts(first: Served<PartReader>, options: () => ModelCallOptions, continuing = false): AsyncGenerator<Part> {
    let served = first;
    let goesOn = continuing;
    let onlyText = true;
    let openText: string | undefined;
    try {
      for (let resumptions = 0; ; resumptions += 1) {
        try {
          for (let part = await served.answer.next(); part !== undefined; part = await served.answer.next()) {
            if (goesOn && (part.type === 'stream-start' || part.type.startsWith('reasoning'))) continue;
            if (part.type === 'text-start') {
              if (openText !== undefined && goesOn) continue;
              openText = part.id;
            }
            if (part.type === 'text-delta') this.shown += part.delta;
            if (part.type.startsWith('tool-')) onlyText = false;
            if (openText !== undefined && (part.type === 'text-delta' || part.type === 'text-end')) yield { ...part, id: openText };
            else yield part;
            if (part.type === 'text-end') openText = undefined;
          }
          return;
        } catch (error) {
          const failure = served.clock.failure ?? failureOf(error);
          served.clock.close();
          if (failure.kind === 'aborted' || !onlyText || resumptions >= mostResumptions) throw failure;
          served = await this.resume(failure, options);
          goesOn = true;
        }
      }
    } finally {
      served.clock.close();
    }
  }

  /**
   * Goes on with an answer that broke: at the same target first, then at the others. After silence, or a second break, the others come first.
   * @throws ModelFailure the one that broke it, where nobody goes on
   */
  async resume(failure: ModelFailure, options: () => ModelCallOptions): Promise<Served<PartReader>> {
    const failed = this.#served?.candidate;
    if (failed === undefined) throw failure;
    await this.#service.breakers.failed(failed.name, failure);
    this.broke();
    this.#broken ??= new Set();
    const others = this.#candidates.filter(({ name }) => name !== failed.name);
    const isLast = this.#broken.has(failed.name) || failure.kind === 'stalled';
    this.#broken.add(failed.name);
    // A repeat at each would keep whoever reads along waiting; there is a next target for that.
    const route: Route = { ...this.route, strategy: 'ordered', attempts: 1 };
    const attempt = this.shown === '' ? beginAnswer(options()) : continueAnswer(options(), this.shown);
    try {
      return this.#serving(await this.#ask(route, isLast ? [...others, failed] : [failed, ...others], true, attempt));
    } catch {
      throw failure;
    }
  }

  /** The answer is complete. @param usage where the provider gave none, what was shown is counted. @returns its cost in US dollars */
  end(usage: LanguageModelV4Usage | undefined): number | undefined {
    const candidate = this.#served?.candidate;
    if (candidate === undefined) throw new Error('Nobody gives this answer.');
    this.#served = undefined;
    return this.bill.settle(candidate, usage ?? this.bill.estimate(this.shown));
  }

  /** What is under way broke off: what was written is paid for, once. */
  broke(): void {
    const candidate = this.#served?.candidate;
    this.#served = undefined;
    if (candidate !== undefined) this.bill.broke(candidate, this.shown);
  }

  /** The call is over without a whole answer; what was written is paid for. */
  abandon(): void {
    this.broke();
    this.bill.abandon();
  }

  /** The same for a reason. @returns what its caller hears */
  failed(error: unknown): TimonelError {
    this.abandon();
    return gatewayErrorOf(error, this.route.alias);
  }

  #serving<T>(served: Served<T>): Served<T> {
    this.#served = served;
    this.#target = served.candidate.name;
    return served;
  }

  /** @throws AllFailed */
  #ask<T>(route: Route, candidates: readonly Candidate[], streaming: boolean, attempt: Attempt<T>): Promise<Served<T>> {
    const { bill, signal } = this;
    const { runner, caps } = this.#service;
    const onAttempt = (candidate: Candidate, milliseconds: number, failure: ModelFailure | undefined) => {
      if (failure !== undefined) bill.sent(candidate, failure.kind);
      // The provider had the request and may have worked on it: nobody knows, so that it is paid for.
      if (failure?.mayBeBilled === true) bill.broke(candidate);
      publishAttempt(candidate, milliseconds, failure);
    };
    return runner.ask({ route, candidates, signal, streaming, deadline: this.#deadline, onAttempt }, (candidate, clock) => {
      caps.take(candidate.provider.name);
      return bill.sending(candidate, streaming, () => attempt(candidate, clock));
    });
  }
}

function publishAttempt(candidate: Candidate, milliseconds: number, failure: ModelFailure | undefined): void {
  if (channels.modelAttempt.hasSubscribers)
    channels.modelAttempt.publish({ target: candidate.name, outcome: failure?.kind ?? 'ok', milliseconds } satisfies ModelAttempt);
}

/** Plays evaluations: claims one, has its cases played in a process of its own, and stores each result once. */
import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from '@ai-sdk/provider';
import { channels, type EvaluationEnded, publishFault } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { ModelRequest } from '../llm/contract.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { ReleasePart } from '../release/open.ts';
import type { AgentVersion } from '../release/version.ts';
import type { DatabasePool } from '../store/database.ts';
import { EvaluationChild } from './child-process.ts';
import type { AgentEvaluation, ChildMessage } from './contract.ts';
import { claimMs, EvaluationRows } from './rows.ts';

export interface EvaluationWorkDependencies {
  pool: DatabasePool;
  releases: Pick<ReleasePart, 'catalog'>;
  gateway: Pick<Gateway, 'ask'>;
  /** File of the program that plays cases. */
  program: string;
  configFile: string | undefined;
  timeZoneOf(workspaceId: string): Promise<string>;
  enqueue(workspaceId: string, evaluationId: string): Promise<void>;
  now(): Date;
}

/** Cases that one order to a process has at most. */
const lot = 200;
/** A process that dies again and again, with no case to blame, is not started for ever. */
const mostStarts = 3;

interface Claim {
  workspaceId: string;
  evaluation: AgentEvaluation;
  version: AgentVersion;
  fence: number;
  /** It is another process's by now, or was removed. */
  lose(): void;
}

export class EvaluationWork {
  readonly #dependencies: EvaluationWorkDependencies;
  readonly #rows: EvaluationRows;
  readonly #closing = new AbortController();
  readonly #working = new Set<Promise<void>>();

  constructor(dependencies: EvaluationWorkDependencies) {
    this.#dependencies = dependencies;
    this.#rows = new EvaluationRows(dependencies.pool);
  }

  /** Plays what is left of an evaluation, unless another process does. It is over, given back, or another process's when this returns. */
  async run(workspaceId: string, id: string): Promise<void> {
    const work = this.#run(workspaceId, id);
    this.#working.add(work);
    await work.finally(() => this.#working.delete(work));
  }

  /** Puts evaluations into the queue again whose process is gone. */
  async sweep(): Promise<void> {
    const { enqueue } = this.#dependencies;
    for (const { workspaceId, evaluationId } of await this.#rows.left()) await enqueue(workspaceId, evaluationId);
  }

  /** Ends the processes; what they have not played is given back. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#working);
  }

  async #run(workspaceId: string, id: string): Promise<void> {
    const { releases, now } = this.#dependencies;
    if (this.#closing.signal.aborted) return;
    const fence = await this.#rows.claim(workspaceId, id);
    if (fence === undefined) return;
    const evaluation = await this.#rows.get(workspaceId, id);
    const started = performance.now();
    const lost = new AbortController();
    const renewal = setInterval(() => {
      this.#rows.renew(workspaceId, id, fence).then(
        (holds) => {
          if (!holds) lost.abort();
        },
        (error: unknown) => publishFault('renewing the claim of an evaluation', error),
      );
    }, claimMs / 4);
    const signal = AbortSignal.any([this.#closing.signal, lost.signal]);
    try {
      const version = await releases.catalog.find(workspaceId, evaluation.agent, evaluation.agentVersion);
      const failure =
        version === undefined
          ? `The code of ${evaluation.agent} ${evaluation.agentVersion} is not in this project any more.`
          : await this.#playAll({ workspaceId, evaluation, version, fence, lose: () => lost.abort() }, signal);
      if (signal.aborted) return await this.#rows.release(workspaceId, id, fence);
      if (await this.#rows.finish(workspaceId, id, fence, now(), failure)) await this.#tell(workspaceId, id, started);
    } finally {
      clearInterval(renewal);
    }
  }

  /** @returns why no more can be played; `undefined` where every case has a result */
  async #playAll(claim: Claim, signal: AbortSignal): Promise<string | undefined> {
    const { workspaceId, evaluation, fence } = claim;
    for (let starts = 0; !signal.aborted; ) {
      const cases = await this.#rows.results(workspaceId, evaluation.id, { pending: true, after: 0, limit: lot });
      if (cases.length === 0) return undefined;
      const { refused, died, playing, results } = await this.#playLot(claim, cases, signal);
      if (refused !== undefined) return refused;
      if (died === undefined || signal.aborted) continue;
      // A case that ends its process has failed; without one there is something else the matter.
      if (playing !== undefined)
        await this.#rows.record(workspaceId, evaluation.id, fence, {
          position: playing,
          passed: false,
          faults: [died],
          milliseconds: 0,
        });
      starts = results > 0 || playing !== undefined ? 0 : starts + 1;
      if (starts === mostStarts) return died;
    }
    return undefined;
  }

  async #playLot(claim: Claim, cases: Awaited<ReturnType<EvaluationRows['results']>>, signal: AbortSignal) {
    const { program, configFile, timeZoneOf } = this.#dependencies;
    const { workspaceId, evaluation, version, fence, lose } = claim;
    let playing: number | undefined;
    let refused: string | undefined;
    let results = 0;
    /** Results are stored in their order, and all before the process counts as ended. */
    let stored: Promise<unknown> = Promise.resolve();
    const child = await EvaluationChild.start({
      program,
      configFile,
      signal,
      onMessage: (message) => {
        if (message.kind === 'began') playing = message.position;
        if (message.kind === 'refused') refused = message.message;
        if (message.kind === 'ask') void this.#ask(claim, message, signal).then((reply) => child.answer(reply));
        if (message.kind !== 'result') return;
        playing = undefined;
        results++;
        stored = stored
          .then(async () => {
            if (!(await this.#rows.record(workspaceId, evaluation.id, fence, message))) lose();
          })
          .catch((error: unknown) => {
            publishFault('storing the result of a case', error);
            lose();
          });
      },
    });
    const end = await child.play({
      kind: 'play',
      agent: evaluation.agent,
      version: version.version,
      codeVersion: version.codeVersion,
      changes: version.changes,
      timeZone: await timeZoneOf(workspaceId),
      models: evaluation.models,
      cases: cases.map(({ position, name, definition }) => ({ position, name, definition })),
    });
    await stored;
    return { refused, died: typeof end === 'string' ? undefined : end.died, playing, results };
  }

  /** A model is asked here, by the account, budgets and routes of the workspace; no key leaves this process. */
  async #ask({ workspaceId, evaluation, version }: Claim, asked: ChildMessage & { kind: 'ask' }, signal: AbortSignal) {
    const { gateway } = this.#dependencies;
    const { id, model, prompt, tools, responseFormat } = asked;
    try {
      if (!evaluation.models) throw new TimonelError('model_unavailable', 'This evaluation asks no models.');
      const answer = await gateway.ask({
        model: model ?? version.definition.model,
        spender: { workspaceId, agent: evaluation.agent, runId: undefined },
        prompt: prompt as LanguageModelV4Prompt,
        tools: tools as LanguageModelV4FunctionTool[],
        ...(responseFormat === undefined ? {} : { responseFormat: responseFormat as ModelRequest['responseFormat'] }),
        agentVersion: evaluation.agentVersion,
        signal,
      });
      if (answer.cost !== undefined) await this.#rows.addCost(workspaceId, evaluation.id, answer.cost);
      const { content, usage, finishReason } = answer;
      return { kind: 'answer' as const, id, content, usage, finishReason };
    } catch (error) {
      const code = error instanceof TimonelError ? error.code : 'internal';
      return { kind: 'no-answer' as const, id, code, message: messageOf(error) };
    }
  }

  async #tell(workspaceId: string, id: string, started: number): Promise<void> {
    if (!channels.evaluationEnded.hasSubscribers) return;
    const { agent, status, passed, failed } = await this.#rows.get(workspaceId, id);
    channels.evaluationEnded.publish({
      agent,
      outcome: status === 'failed' ? 'failed' : 'finished',
      passed,
      failed,
      milliseconds: performance.now() - started,
    } satisfies EvaluationEnded);
  }
}

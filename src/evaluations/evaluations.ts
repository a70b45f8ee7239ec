/** Evaluations as people ask for them: begin one, look at it, compare two. `evaluation-work.ts` plays them. */

import { canonicalJson } from '../canonical-json.ts';
import { TimonelError } from '../errors.ts';
import type { ReleasePart } from '../release/open.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AgentEvaluation, ComparedCase, Comparison, EvaluationResult } from './contract.ts';
import { type EvaluationFilter, EvaluationRows } from './rows.ts';

export interface EvaluationsDependencies {
  pool: DatabasePool;
  releases: Pick<ReleasePart, 'catalog' | 'inForce'>;
  /** Adds the job that plays it. */
  enqueue(workspaceId: string, evaluationId: string): Promise<void>;
  now(): Date;
  newId(): string;
}

export interface NewEvaluation {
  agent: string;
  /** A version of the agent; the one in force where absent. */
  version?: string | undefined;
  /** Names of cases; all of the agent where absent. */
  cases?: readonly string[] | undefined;
  /** Whether models are asked; where absent, only for an agent that is nothing without one. */
  models?: boolean | undefined;
}

/** Changes that a comparison tells of one by one. */
const mostChanges = 500;
const page = 500;

export class Evaluations {
  readonly #dependencies: EvaluationsDependencies;
  readonly #rows: EvaluationRows;

  constructor(dependencies: EvaluationsDependencies) {
    this.#dependencies = dependencies;
    this.#rows = new EvaluationRows(dependencies.pool);
  }

  /**
   * Begins with the agent's cases as they are now; a job plays them.
   * @throws TimonelError `agent_not_found`; `not_found` for the version, or where there are no cases; `invalid_request`
   */
  async begin(workspaceId: string, asked: NewEvaluation, by: string): Promise<AgentEvaluation> {
    const { releases, enqueue, now, newId } = this.#dependencies;
    const { agent, cases, models } = asked;
    const { catalog, inForce } = releases;
    const version =
      asked.version === undefined ? inForce.stableOf(workspaceId, agent) : await catalog.find(workspaceId, agent, asked.version);
    catalog.codeOf(agent);
    if (version === undefined) {
      const there = catalog.variantsOf(agent).map((each) => each.version);
      throw new TimonelError('not_found', `${agent} has no version "${asked.version}" here. Its code is ${there.join(', ')}.`);
    }
    const hasFlows = version.definition.flows !== undefined;
    if (!hasFlows && models === false)
      throw new TimonelError(
        'invalid_request',
        `The agent "${agent}" has no flows: without a model it answers nothing. Leave out "models".`,
      );
    const id = newId();
    await this.#rows.create(
      workspaceId,
      { id, agent, agentVersion: version.version, models: models ?? !hasFlows, by, at: now() },
      cases === undefined ? undefined : [...new Set(cases)],
    );
    await enqueue(workspaceId, id);
    return this.#rows.get(workspaceId, id);
  }

  /** The newest first. */
  list(workspaceId: string, filter: EvaluationFilter) {
    return this.#rows.list(workspaceId, filter);
  }

  /** @throws TimonelError `not_found` */
  get(workspaceId: string, id: string): Promise<AgentEvaluation> {
    return this.#rows.get(workspaceId, id);
  }

  /** With its results; what is under way stops. @throws TimonelError `not_found` */
  remove(workspaceId: string, id: string): Promise<void> {
    return this.#rows.remove(workspaceId, id);
  }

  /** @throws TimonelError `not_found` */
  async results(
    workspaceId: string,
    id: string,
    filter: { passed?: boolean | undefined; after: number; limit: number },
  ): Promise<EvaluationResult[]> {
    await this.get(workspaceId, id);
    return this.#rows.results(workspaceId, id, filter);
  }

  /**
   * Two versions of an agent, case by case: the latest evaluation of each that is finished.
   * @throws TimonelError `not_found` where one was not played to the end
   */
  async compareVersions(workspaceId: string, agent: string, base: string, other: string): Promise<Comparison> {
    const [ofBase, ofOther] = [
      await this.#rows.latestFinished(workspaceId, agent, base),
      await this.#rows.latestFinished(workspaceId, agent, other),
    ];
    return this.compare(workspaceId, ofBase, ofOther);
  }

  /** Two evaluations of one agent, case by case. @throws TimonelError `not_found`, `invalid_request` */
  async compare(workspaceId: string, baseId: string, otherId: string): Promise<Comparison> {
    const [base, other] = [await this.get(workspaceId, baseId), await this.get(workspaceId, otherId)];
    if (base.agent !== other.agent)
      throw new TimonelError(
        'invalid_request',
        `They are of two agents, ${base.agent} and ${other.agent}. Compare two of one agent.`,
      );
    const [ofBase, ofOther] = [await this.#played(workspaceId, baseId), await this.#played(workspaceId, otherId)];
    const names = [...new Set([...ofBase.keys(), ...ofOther.keys()])].sort();
    const all = names.map((name) => comparedCase(name, ofBase.get(name), ofOther.get(name)));
    const count = (change: ComparedCase['change']) => all.filter((each) => each.change === change).length;
    return {
      base,
      other,
      fixed: count('fixed'),
      broken: count('broken'),
      same: count('same'),
      differs: count('differs'),
      added: count('added'),
      gone: count('gone'),
      changes: all.filter(({ change }) => change !== 'same').slice(0, mostChanges),
    };
  }

  async #played(workspaceId: string, id: string): Promise<Map<string, EvaluationResult>> {
    const played = new Map<string, EvaluationResult>();
    for (let after = 0; ; ) {
      const results = await this.#rows.results(workspaceId, id, { after, limit: page });
      for (const result of results) if (result.passed !== undefined) played.set(result.name, result);
      const last = results.at(-1);
      if (last === undefined || results.length < page) return played;
      after = last.position;
    }
  }
}

function comparedCase(name: string, base: EvaluationResult | undefined, other: EvaluationResult | undefined): ComparedCase {
  const words = { name, base: wordOf(base), other: wordOf(other), faults: other?.faults ?? [] };
  if (base === undefined) return { ...words, change: 'added' };
  if (other === undefined) return { ...words, change: 'gone' };
  if (canonicalJson(base.definition) !== canonicalJson(other.definition)) return { ...words, change: 'differs' };
  if (base.passed === other.passed) return { ...words, change: 'same' };
  return { ...words, change: other.passed === true ? 'fixed' : 'broken' };
}

function wordOf(result: EvaluationResult | undefined): ComparedCase['base'] {
  if (result === undefined) return 'absent';
  return result.passed === true ? 'passed' : 'failed';
}

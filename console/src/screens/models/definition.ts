/** A route as the API has it, as a form holds it, and as a person reads it. */
import type { Answer } from '../../api/client.ts';
import type { Members } from '../../parts/versioned-dialog.tsx';
import { count, money } from '../../words/format.ts';
import type { modelWords } from './words.ts';

export type Route = Answer<'GET /api/v1/routes'>['routes'][number];
export type Definition = Omit<Route, 'alias' | 'version' | 'source'>;
type Target = Definition['targets'][number];
type ModelWords = (typeof modelWords)['en'];

export interface Draft {
  strategy: Definition['strategy'];
  /** What the form does not show of a target goes along with it. */
  targets: readonly { target: Partial<Target>; model: string; weight: string }[];
  firstTokenMs: string;
  idleMs: string;
  totalMs: string;
  attempts: string;
  hedgeAfterMs: string;
  onRefusal: Definition['onRefusal'];
  maxCost: string;
  keeps: boolean;
  ttlSeconds: string;
  graceSeconds: string;
  calls: 'deterministic' | 'always';
  similarModel: string;
  threshold: string;
}

export const newDraft: Draft = {
  strategy: 'ordered',
  targets: [{ target: {}, model: '', weight: '1' }],
  firstTokenMs: '12000',
  idleMs: '15000',
  totalMs: '120000',
  attempts: '3',
  hedgeAfterMs: '',
  onRefusal: 'final',
  maxCost: '',
  keeps: false,
  ttlSeconds: '3600',
  graceSeconds: '0',
  calls: 'deterministic',
  similarModel: '',
  threshold: '0.95',
};

const textOf = (value: number | undefined) => (value === undefined ? '' : String(value));

export function draftOf({ strategy, targets, timeouts, attempts, hedgeAfterMs, onRefusal, maxCost, cache }: Definition): Draft {
  return {
    strategy,
    targets: targets.map((target) => ({ target, model: target.model, weight: String(target.weight) })),
    firstTokenMs: String(timeouts.firstTokenMs),
    idleMs: String(timeouts.idleMs),
    totalMs: String(timeouts.totalMs),
    attempts: String(attempts),
    hedgeAfterMs: textOf(hedgeAfterMs),
    onRefusal,
    maxCost: textOf(maxCost),
    keeps: cache !== undefined,
    ttlSeconds: String(cache?.ttlSeconds ?? newDraft.ttlSeconds),
    graceSeconds: String(cache?.graceSeconds ?? newDraft.graceSeconds),
    calls: cache?.calls ?? newDraft.calls,
    similarModel: cache?.similar?.model ?? '',
    threshold: String(cache?.similar?.threshold ?? newDraft.threshold),
  };
}

export function definitionOf(draft: Draft): Definition {
  const { strategy, onRefusal, keeps, calls, similarModel } = draft;
  return {
    strategy,
    targets: draft.targets.map(({ target, model, weight }) => ({
      ...(model.trim() === target.model ? target : {}),
      model: model.trim(),
      weight: Number(weight),
    })),
    timeouts: { firstTokenMs: Number(draft.firstTokenMs), idleMs: Number(draft.idleMs), totalMs: Number(draft.totalMs) },
    attempts: Number(draft.attempts),
    ...(draft.hedgeAfterMs === '' ? {} : { hedgeAfterMs: Number(draft.hedgeAfterMs) }),
    onRefusal,
    ...(draft.maxCost === '' ? {} : { maxCost: Number(draft.maxCost) }),
    ...(keeps
      ? {
          cache: {
            ttlSeconds: Number(draft.ttlSeconds),
            graceSeconds: Number(draft.graceSeconds),
            calls,
            ...(similarModel.trim() === '' ? {} : { similar: { model: similarModel.trim(), threshold: Number(draft.threshold) } }),
          },
        }
      : {}),
  };
}

export function targetText({ model, weight }: Target, strategy: Definition['strategy']): string {
  return strategy === 'weighted' ? `${model} × ${count(weight)}` : model;
}

export function cacheText({ cache }: Definition, words: ModelWords): string {
  if (cache === undefined) return words.noCache;
  const calls = words.cacheOf(count(cache.ttlSeconds), words.callKinds[cache.calls]);
  return cache.similar === undefined ? calls : `${calls}; ${cache.similar.model} ≥ ${count(cache.similar.threshold)}`;
}

/** By the names of what it consists of: for what a version changed, and for both sides of a conflict. */
export function membersOf(definition: Definition, words: ModelWords): Members {
  const { strategy, targets, timeouts, attempts, hedgeAfterMs, onRefusal, maxCost } = definition;
  return {
    [words.targets]: targets.map((target) => targetText(target, strategy)).join('\n'),
    [words.strategy]: words.strategies[strategy],
    [words.firstTokenMs]: count(timeouts.firstTokenMs),
    [words.idleMs]: count(timeouts.idleMs),
    [words.totalMs]: count(timeouts.totalMs),
    [words.attempts]: count(attempts),
    ...(hedgeAfterMs === undefined ? {} : { [words.hedgeAfterMs]: count(hedgeAfterMs) }),
    [words.onRefusal]: words.refusals[onRefusal],
    ...(maxCost === undefined ? {} : { [words.maxCost]: money(maxCost) }),
    [words.cache]: cacheText(definition, words),
  };
}

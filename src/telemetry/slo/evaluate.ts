/** Expressions as this process computes them, from its own history. Says what Prometheus would say of this process alone. */
import type { AlertCondition, Leaf, Vector } from './expression.ts';
import type { History } from './history.ts';

export interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values by their labels; those that a condition lets through. */
export function evaluateVector(expression: Vector | AlertCondition, history: History): Value[] {
  switch (expression.kind) {
    case 'gauge':
      return history
        .read(expression, expression.ago ?? 0)
        .flatMap(({ labels, now, before }) => valueIf(labels, expression.ago === undefined ? now : before));
    case 'increase':
      return history.read(expression, expression.over).map(({ labels, now, before }) => ({ labels, value: now - (before ?? 0) }));
    case 'quantile':
      return quantiles(expression, history);
    case 'minus':
      return joined(expression.left, expression.right, history, (left, right) => left - right);
    case 'ratio': {
      const parts = new Map(evaluateVector(expression.part, history).map((each) => [keyOf(each), each.value]));
      const wholes = evaluateVector(expression.whole, history).filter(({ value }) => value > 0);
      return wholes.map((whole) => ({ labels: whole.labels, value: (parts.get(keyOf(whole)) ?? 0) / whole.value }));
    }
    case 'recorded':
      return evaluateVector(expression.of, history).map(({ labels, value }) => ({
        labels: { ...labels, ...expression.labels },
        value,
      }));
    case 'compare':
      return evaluateVector(expression.left, history).filter(({ value }) => holds(value, expression.operator, expression.limit));
    case 'all': {
      const [first, ...others] = expression.of.map((each) => evaluateVector(each, history));
      const keys = others.map((values) => new Set(values.map(keyOf)));
      return (first ?? []).filter((each) => keys.every((known) => known.has(keyOf(each))));
    }
  }
}

function valueIf(labels: Value['labels'], value: number | undefined): Value[] {
  return value === undefined ? [] : [{ labels, value }];
}

function keyOf({ labels }: Value): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function joined(left: Vector, right: Vector, history: History, combine: (left: number, right: number) => number): Value[] {
  const others = new Map(evaluateVector(right, history).map((each) => [keyOf(each), each.value]));
  return evaluateVector(left, history).flatMap((each) => {
    const other = others.get(keyOf(each));
    return other === undefined ? [] : [{ labels: each.labels, value: combine(each.value, other) }];
  });
}

function holds(value: number, operator: Extract<AlertCondition, { kind: 'compare' }>['operator'], limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
  }
}

function quantiles(leaf: Extract<Leaf, { kind: 'quantile' }>, history: History): Value[] {
  const groups = new Map<string, { labels: Value['labels']; buckets: { bound: number; count: number }[] }>();
  for (const { labels, now, before } of history.read(leaf, leaf.over)) {
    const { le = '', ...others } = labels;
    const key = JSON.stringify(others);
    const group = groups.get(key) ?? { labels: others, buckets: [] };
    group.buckets.push({ bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count: now - (before ?? 0) });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ labels, buckets }) => valueIf(labels, quantileOf(leaf.share, buckets)));
}

/** As Prometheus does: linear within a bucket, the highest bound where it is in the last one; `undefined` where nothing happened. */
function quantileOf(share: number, unsorted: readonly { bound: number; count: number }[]): number | undefined {
  const buckets = unsorted.toSorted((a, b) => a.bound - b.bound);
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  const position = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[position];
  const below = buckets[position - 1] ?? { bound: 0, count: 0 };
  if (bucket === undefined) return undefined;
  if (bucket.bound === Number.POSITIVE_INFINITY) return below.bound;
  const within = bucket.count - below.count;
  return within === 0 ? bucket.bound : below.bound + (bucket.bound - below.bound) * ((rank - below.count) / within);
}

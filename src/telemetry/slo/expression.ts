/**
 * What an alert looks at, as data. It has two readers: `promql.ts` writes it for Prometheus, `evaluate.ts` computes it in this process.
 * Whatever a rule says is said here once.
 */

/** Seconds. */
export type Seconds = number;

export const minute: Seconds = 60;
export const hour: Seconds = 60 * minute;
export const day: Seconds = 24 * hour;

/** `5m`, `6h`, `3d`: the largest unit that divides it. */
export function durationText(seconds: Seconds): string {
  for (const [unit, size] of [
    ['d', day],
    ['h', hour],
    ['m', minute],
  ] as const) {
    if (seconds > 0 && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** A condition on a label, in the words of Prometheus; patterns match the whole value. */
export type Matcher = readonly [label: string, operator: '=' | '!=' | '=~' | '!~', value: string];

/** Series of one metric, by the name under which it is scraped (`…_count`, `…_bucket`). */
export interface Selector {
  readonly metric: string;
  readonly where?: readonly Matcher[];
}

/** A number for each combination of the labels in `by`; one number where `by` is empty. */
export type Vector =
  /** A gauge now, or some time ago. */
  | {
      readonly kind: 'gauge';
      readonly of: Selector;
      readonly take: 'sum' | 'max';
      readonly by: readonly string[];
      readonly ago?: Seconds;
    }
  /**
   * By how much counters went up. Prometheus does not count what a series has when it is seen first, which is most of what there is of a
   * rare event: `births` counts that too.
   */
  | {
      readonly kind: 'increase';
      readonly of: Selector;
      readonly over: Seconds;
      readonly by: readonly string[];
      readonly births?: true;
    }
  /** A quantile of a histogram, named without `_bucket`. */
  | {
      readonly kind: 'quantile';
      readonly share: number;
      readonly of: Selector;
      readonly over: Seconds;
      readonly by: readonly string[];
    }
  | { readonly kind: 'minus'; readonly left: Vector; readonly right: Vector }
  /** A share of a whole: nothing where the whole is zero, zero where there is a whole and no part. */
  | { readonly kind: 'ratio'; readonly part: Vector; readonly whole: Vector }
  /** What Prometheus computes once under a name of its own, for the alerts and dashboards that need it again. */
  | { readonly kind: 'recorded'; readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly of: Vector };

export type AlertCondition =
  | {
      readonly kind: 'compare';
      readonly left: Vector;
      readonly operator: '>' | '>=' | '<' | '<=' | '==';
      readonly limit: number;
    }
  /** All of them, for the same labels. The value is that of the first. */
  | { readonly kind: 'all'; readonly of: readonly [AlertCondition, ...AlertCondition[]] };

export function increase(of: Selector, over: Seconds, by: readonly string[] = []): Vector {
  return { kind: 'increase', of, over, by };
}

/** For events that are rare enough for the first one to matter. */
export function rareIncrease(of: Selector, over: Seconds, by: readonly string[] = []): Vector {
  return { kind: 'increase', of, over, by, births: true };
}

export function gauge(of: Selector, take: 'sum' | 'max', by: readonly string[] = [], ago: Seconds = 0): Vector {
  return { kind: 'gauge', of, take, by, ...(ago === 0 ? {} : { ago }) };
}

export function quantile(share: number, of: Selector, over: Seconds, by: readonly string[] = []): Vector {
  return { kind: 'quantile', share, of, over, by };
}

export function ratio(part: Vector, whole: Vector): Vector {
  return { kind: 'ratio', part, whole };
}

export function minus(left: Vector, right: Vector): Vector {
  return { kind: 'minus', left, right };
}

export function compare(left: Vector, operator: '>' | '>=' | '<' | '<=' | '==', limit: number): AlertCondition {
  return { kind: 'compare', left, operator, limit };
}

export function all(first: AlertCondition, ...others: AlertCondition[]): AlertCondition {
  return { kind: 'all', of: [first, ...others] };
}

/** The vectors that are read from series, and not computed from others. */
export type Leaf = Extract<Vector, { kind: 'gauge' | 'increase' | 'quantile' }>;

export function leavesOf(expression: Vector | AlertCondition): Leaf[] {
  switch (expression.kind) {
    case 'gauge':
    case 'increase':
    case 'quantile':
      return [expression];
    case 'minus':
    case 'compare':
      return [...leavesOf(expression.left), ...('right' in expression ? leavesOf(expression.right) : [])];
    case 'ratio':
      return [...leavesOf(expression.part), ...leavesOf(expression.whole)];
    case 'recorded':
      return leavesOf(expression.of);
    case 'all':
      return expression.of.flatMap(leavesOf);
  }
}

/** The recorded vectors within an expression, each after those that it reads. */
export function recordedIn(expression: Vector | AlertCondition): Extract<Vector, { kind: 'recorded' }>[] {
  switch (expression.kind) {
    case 'recorded':
      return [...recordedIn(expression.of), expression];
    case 'compare':
      return recordedIn(expression.left);
    case 'all':
      return expression.of.flatMap(recordedIn);
    case 'minus':
      return [...recordedIn(expression.left), ...recordedIn(expression.right)];
    case 'ratio':
      return [...recordedIn(expression.part), ...recordedIn(expression.whole)];
    default:
      return [];
  }
}

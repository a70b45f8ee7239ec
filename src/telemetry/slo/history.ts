/**
 * What the counters and gauges of this process said in the last three days, for rules to look back on where no Prometheus does. A ring of
 * bounded size: fine near the present, coarse further back. A restart empties it, and counters begin at zero with it.
 */
import { day, hour, type Leaf, type Matcher, minute, type Seconds } from './expression.ts';

/** One series of a metric at one moment. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Reads the series of a metric by the name under which it is scraped; none where there is no such metric. */
export type ReadSamples = (metric: string) => Promise<readonly Sample[]>;

/** How often a snapshot is taken, in seconds. */
export const snapshotEvery: Seconds = 15;

/** Up to that age, in seconds, one snapshot is kept in each cell of the grid. */
const grid: readonly { age: Seconds; cell: Seconds }[] = [
  { age: 15 * minute, cell: snapshotEvery },
  { age: 6 * hour, cell: minute },
  { age: 3 * day + hour, cell: 15 * minute },
];

/** Series at most: more than the bounded labels of the rules can give. What comes after is not kept. */
const mostSeries = 5_000;

interface Snapshot {
  /** Milliseconds since 1970. */
  at: number;
  /** By the index of the series; shorter where series came later. */
  values: Float64Array;
}

/** Sums or maxima of the same series, as several rules may read them. */
interface Source {
  key: string;
  metric: string;
  where: readonly Matcher[];
  by: readonly string[];
  take: 'sum' | 'max';
  /** Label values by group. */
  groups: Map<string, { index: number; labels: Readonly<Record<string, string>> }>;
}

export class History {
  readonly #sources = new Map<string, Source>();
  readonly #read: ReadSamples;
  #series = 0;
  #snapshots: Snapshot[] = [];

  constructor(leaves: readonly Leaf[], read: ReadSamples) {
    this.#read = read;
    for (const leaf of leaves) {
      const source = sourceOf(leaf);
      if (!this.#sources.has(source.key)) this.#sources.set(source.key, source);
    }
  }

  /** Snapshots and series that are kept. */
  get size(): { snapshots: number; series: number } {
    return { snapshots: this.#snapshots.length, series: this.#series };
  }

  /** When the first snapshot that is kept was taken, in milliseconds since 1970. */
  get since(): number | undefined {
    return this.#snapshots[0]?.at;
  }

  /** Takes a snapshot. @param at milliseconds since 1970 */
  async take(at: number): Promise<void> {
    const sources = [...this.#sources.values()];
    const metrics = [...new Set(sources.map(({ metric }) => metric))];
    const samples = new Map(await Promise.all(metrics.map(async (metric) => [metric, await this.#read(metric)] as const)));
    const found: [number, number][] = [];
    for (const source of sources) {
      for (const [group, value] of this.#grouped(source, samples.get(source.metric) ?? [])) found.push([group, value]);
    }
    const values = new Float64Array(this.#series).fill(Number.NaN);
    for (const [index, value] of found) values[index] = value;
    this.#snapshots.push({ at, values });
    this.#thin(at);
  }

  /** What the leaf's series are now, and were `ago` seconds before; `undefined` where nothing is known of that time. */
  read(leaf: Leaf, ago: Seconds): { labels: Readonly<Record<string, string>>; now: number; before: number | undefined }[] {
    const source = this.#sources.get(sourceOf(leaf).key);
    const latest = this.#snapshots.at(-1);
    if (source === undefined || latest === undefined) return [];
    const earlier = this.#snapshots.findLast(({ at }) => at <= latest.at - ago * 1000);
    return [...source.groups.values()].flatMap(({ index, labels }) => {
      const now = latest.values[index];
      if (now === undefined || Number.isNaN(now)) return [];
      const before = earlier?.values[index];
      return [{ labels, now, before: before === undefined || Number.isNaN(before) ? undefined : before }];
    });
  }

  #grouped(source: Source, samples: readonly Sample[]): Map<number, number> {
    const groups = new Map<number, number>();
    for (const { labels, value } of samples) {
      if (!source.where.every((matcher) => matches(labels, matcher))) continue;
      const index = this.#indexOf(source, labels);
      if (index === undefined) continue;
      const before = groups.get(index);
      groups.set(index, before === undefined ? value : source.take === 'sum' ? before + value : Math.max(before, value));
    }
    return groups;
  }

  #indexOf(source: Source, labels: Sample['labels']): number | undefined {
    const group = source.by.map((label) => String(labels[label] ?? '')).join('\u0000');
    const known = source.groups.get(group);
    if (known !== undefined) return known.index;
    if (this.#series >= mostSeries) return undefined;
    const kept = Object.fromEntries(source.by.map((label) => [label, String(labels[label] ?? '')]));
    const index = this.#series++;
    source.groups.set(group, { index, labels: kept });
    return index;
  }

  #thin(now: number): void {
    let lastCell: number | undefined;
    this.#snapshots = this.#snapshots.filter(({ at }) => {
      const age = (now - at) / 1000;
      const tier = grid.find((each) => age <= each.age);
      if (tier === undefined) return false;
      const cell = Math.floor(at / 1000 / tier.cell) * tier.cell;
      // The first of each cell stays, so that what is kept does not move as time goes on.
      if (at < now && lastCell !== undefined && cell <= lastCell) return false;
      lastCell = cell;
      return true;
    });
  }
}

function sourceOf(leaf: Leaf): Source {
  const { metric, where = [] } = leaf.of;
  const name = leaf.kind === 'quantile' ? `${metric}_bucket` : metric;
  const by = leaf.kind === 'quantile' ? [...leaf.by, 'le'] : leaf.by;
  const take = leaf.kind === 'gauge' ? leaf.take : 'sum';
  return { key: JSON.stringify([name, where, by, take]), metric: name, where, by, take, groups: new Map() };
}

function matches(labels: Sample['labels'], [label, operator, expected]: Matcher): boolean {
  const value = String(labels[label] ?? '');
  if (operator === '=') return value === expected;
  if (operator === '!=') return value !== expected;
  return patternOf(expected).test(value) === (operator === '=~');
}

const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const pattern = patterns.get(text) ?? new RegExp(`^(?:${text})$`);
  patterns.set(text, pattern);
  return pattern;
}

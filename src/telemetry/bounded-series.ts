/** Longest value of a label. */
const longestName = 100;

/**
 * Labels whose values callers, models or projects choose, with how many different ones are told apart. The rest is `other`. The routes are
 * those of the API and of the gateway.
 */
const openLabels: Readonly<Record<string, number>> = {
  agent: 100,
  agent_version: 100,
  arm: 20,
  method: 20,
  metric: 50,
  outcome: 50,
  queue: 200,
  route: 300,
  target: 100,
  tool: 200,
  what: 50,
};

/** What a metric has for each set of label values: found by one look, and never more than a number of them, whatever comes. */
export class BoundedSeries<Child> {
  readonly #children = new Map<string, Child>();
  readonly #labels: readonly string[];
  readonly #names: Map<string, Set<string>>;
  readonly #most: number;
  readonly #make: (labels: Record<string, string>) => Child;

  /**
   * @param names values that were admitted, by label; shared, so that a name means the same in all metrics.
   * @param most sets of values; beyond it only those whose open labels are all `other` are added.
   */
  constructor(
    labels: readonly string[],
    names: Map<string, Set<string>>,
    most: number,
    make: (labels: Record<string, string>) => Child,
  ) {
    this.#labels = labels;
    this.#names = names;
    this.#most = most;
    this.#make = make;
  }

  of(values: readonly string[]): Child {
    return this.#children.get(keyOf(values)) ?? this.#admitted(values);
  }

  #admitted(values: readonly string[]): Child {
    const full = this.#children.size >= this.#most;
    const admitted = values.map((value, index) => {
      const label = this.#labels[index] ?? '';
      const most = openLabels[label];
      if (most === undefined) return value;
      return full ? 'other' : this.#name(label, value, most);
    });
    const key = keyOf(admitted);
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.#make(Object.fromEntries(this.#labels.map((label, index) => [label, admitted[index] ?? ''])));
      this.#children.set(key, child);
    }
    return child;
  }

  #name(label: string, value: string, most: number): string {
    const name = value.slice(0, longestName);
    let names = this.#names.get(label);
    if (names === undefined) {
      names = new Set();
      this.#names.set(label, names);
    }
    if (names.has(name)) return name;
    if (names.size >= most) return 'other';
    names.add(name);
    return name;
  }
}

function keyOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : values.join('\u0000');
}

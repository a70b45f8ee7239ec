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

/** Children by the values of their labels, one after the other: a name put together from them would be made for each look. */
interface Branch<Child> {
  branches: Map<string, Branch<Child>>;
  child: Child | undefined;
}

/** What a metric has for each set of label values: found by a few looks, and never more than a number of them, whatever comes. */
export class BoundedSeries<Child> {
  readonly #root: Branch<Child> = { branches: new Map(), child: undefined };
  #size = 0;
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
    return this.#find(values)?.child ?? this.#admitted(values);
  }

  #admitted(values: readonly string[]): Child {
    const full = this.#size >= this.#most;
    const admitted = values.map((value, index) => {
      const label = this.#labels[index] ?? '';
      const most = openLabels[label];
      if (most === undefined) return value;
      return full ? 'other' : this.#name(label, value, most);
    });
    const branch = this.#grown(admitted);
    if (branch.child === undefined) {
      branch.child = this.#make(Object.fromEntries(this.#labels.map((label, index) => [label, admitted[index] ?? ''])));
      this.#size++;
    }
    return branch.child;
  }

  #find(values: readonly string[]): Branch<Child> | undefined {
    let branch: Branch<Child> | undefined = this.#root;
    for (const value of values) {
      branch = branch.branches.get(value);
      if (branch === undefined) return undefined;
    }
    return branch;
  }

  #grown(values: readonly string[]): Branch<Child> {
    let branch = this.#root;
    for (const value of values) {
      let next = branch.branches.get(value);
      if (next === undefined) {
        next = { branches: new Map(), child: undefined };
        branch.branches.set(value, next);
      }
      branch = next;
    }
    return branch;
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

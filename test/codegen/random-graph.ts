/** Graphs of tasks by chance, with tasks that fail. */
export interface RandomGraph {
  tasks: {
    id: string;
    kind: 'implementation';
    description: string;
    files: { path: string; action: 'create' }[];
    dependsOn: string[];
  }[];
  fails: ReadonlySet<string>;
  /** Those that have no failure above them, in the order of the plan. */
  completed: string[];
}

export function randomGraph(seed: number): RandomGraph {
  let state = seed * 2_654_435_761;
  const chance = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const count = 3 + Math.floor(chance() * 6);
  const ids = Array.from({ length: count }, (_each, index) => `t${index}`);
  const tasks = ids.map((id, index) => ({
    id,
    kind: 'implementation' as const,
    description: `writes ${id}`,
    files: [{ path: `${id}.txt`, action: 'create' as const }],
    dependsOn: ids.slice(0, index).filter(() => chance() < 0.3),
  }));
  const fails = new Set(ids.filter(() => chance() < 0.2));
  const completed: string[] = [];
  for (const { id, dependsOn } of tasks)
    if (!fails.has(id) && dependsOn.every((each) => completed.includes(each))) completed.push(id);
  return { tasks, fails, completed };
}

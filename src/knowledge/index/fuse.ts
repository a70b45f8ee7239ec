/** From several rankings to one: reciprocal rank fusion, then maximal marginal relevance. Nothing sorts afterwards. */

/** Rank fusion's constant: how little the first places count more than those after them. */
const k = 60;

export interface RankedList {
  name: string;
  /** By number, best first. */
  chunks: ArrayLike<number>;
  scores: ArrayLike<number>;
  /** How much its ranks count beside those of the others. */
  weight: number;
}

export interface FusedChunk {
  chunk: number;
  score: number;
  /** What the sum of its ranks was multiplied with. */
  boost: number;
  lists: Record<string, { rank: number; score: number }>;
}

/** @param boost of a chunk by its number, by which the sum of its ranks is multiplied. */
export function fused(lists: readonly RankedList[], boost: (chunk: number) => number = () => 1): FusedChunk[] {
  const found = new Map<number, FusedChunk>();
  for (const { name, chunks, scores, weight } of lists) {
    for (let at = 0; at < chunks.length; at++) {
      const chunk = chunks[at] ?? 0;
      const entry = found.get(chunk) ?? { chunk, score: 0, boost: boost(chunk), lists: {} };
      entry.score += (entry.boost * weight) / (k + at + 1);
      entry.lists[name] = { rank: at + 1, score: scores[at] ?? 0 };
      found.set(chunk, entry);
    }
  }
  return [...found.values()].sort((one, other) => other.score - one.score || one.chunk - other.chunk);
}

/** How much being found counts against being different from what was taken before. */
const lambda = 0.7;

/** The first of them is the best; each further one is the best that is not like those before it. @param most how many are wanted. */
export function varied(
  candidates: readonly FusedChunk[],
  most: number,
  similarity: (one: number, other: number) => number,
): FusedChunk[] {
  const best = candidates[0]?.score ?? 1;
  const left = [...candidates];
  const closest = new Map<number, number>();
  const taken: FusedChunk[] = [];
  while (taken.length < most && left.length > 0) {
    let chosen = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (const [at, { chunk, score }] of left.entries()) {
      const value = lambda * (score / best) - (1 - lambda) * (closest.get(chunk) ?? 0);
      if (value > highest) [chosen, highest] = [at, value];
    }
    const [next] = left.splice(chosen, 1);
    if (next === undefined) break;
    taken.push(next);
    for (const { chunk } of left) closest.set(chunk, Math.max(closest.get(chunk) ?? 0, similarity(chunk, next.chunk)));
  }
  return taken;
}

import { buckets, type LikelihoodModel } from '../../src/language/likelihood.ts';

/** A sentence as the model sees it: buckets of its features, and the intents that it may mean, the likeliest first. */
export interface Example {
  features: readonly number[];
  accepted: readonly string[];
}

const rounds = 15;
const rate = 0.5;
const decay = 3e-4;
const firstShare = 0.75;

/** Pseudo-random numbers from a fixed seed, so that training gives the same weights every time. */
function* numbers(): Generator<number, never> {
  let state = 12345;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Trains a multinomial logistic model with AdaGrad and rounds its weights to bytes. */
export function learn(examples: readonly Example[], intents: readonly string[]): LikelihoodModel {
  const width = intents.length;
  const weights = new Float64Array(buckets * width);
  const squares = new Float64Array(buckets * width);
  const random = numbers();
  const order = examples.map((_, index) => index);
  for (let round = 0; round < rounds; round++) {
    for (let index = order.length - 1; index > 0; index--) {
      const other = Math.floor(random.next().value * (index + 1));
      [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
    }
    for (const chosen of order) {
      const example = examples[chosen];
      if (example === undefined) continue;
      const value = 1 / Math.sqrt(example.features.length);
      const sums = new Float64Array(width);
      for (const feature of example.features)
        for (let column = 0; column < width; column++)
          sums[column] = (sums[column] ?? 0) + (weights[feature * width + column] ?? 0) * value;
      const most = Math.max(...sums);
      const strengths = sums.map((sum) => Math.exp(sum - most));
      const total = strengths.reduce((sum, strength) => sum + strength, 0);
      for (const [column, intent] of intents.entries()) {
        const place = example.accepted.indexOf(intent);
        const others = example.accepted.length - 1;
        const target = place < 0 ? 0 : others === 0 ? 1 : place === 0 ? firstShare : (1 - firstShare) / others;
        const error = (strengths[column] ?? 0) / total - target;
        for (const feature of example.features) {
          const at = feature * width + column;
          const gradient = error * value + decay * (weights[at] ?? 0);
          const square = (squares[at] ?? 0) + gradient * gradient;
          squares[at] = square;
          weights[at] = (weights[at] ?? 0) - (rate * gradient) / Math.sqrt(square + 1e-8);
        }
      }
    }
  }
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const scale = largest / 127;
  return { weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)), scale };
}

const group = /\{([^{}]*)\}/;

/** Up to `most` of the sentences that a line with `{this|that}` stands for, chosen evenly; the line itself where it has no choice. */
export function expand(line: string, most: number): string[] {
  const random = numbers();
  const found = new Set<string>();
  for (let attempt = 0; attempt < most * 3 && found.size < most; attempt++) {
    let sentence = line;
    for (let match = group.exec(sentence); match !== null; match = group.exec(sentence)) {
      const options = (match[1] ?? '').split('|');
      const chosen = options[Math.floor(random.next().value * options.length)] ?? '';
      sentence = sentence.slice(0, match.index) + chosen + sentence.slice(match.index + match[0].length);
    }
    found.add(sentence.trim());
  }
  return [...found];
}

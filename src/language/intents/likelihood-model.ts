import type { LikelihoodModel } from './likelihood.ts';
import { scale, weights } from './likelihood-weights.ts';

let model: LikelihoodModel | undefined;

/** The trained model. Decoded at its first use. */
export function likelihoodModel(): LikelihoodModel {
  model ??= { weights: new Int8Array(Buffer.from(weights, 'base64')), scale };
  return model;
}

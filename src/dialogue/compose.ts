import type { Flows } from './contract.ts';
import { createNext, type Stages } from './converse.ts';
import type { Shape } from './turn.ts';

/** Stages of a dialogue, and the words of its workspaces. */
export interface Composition<S extends Shape> extends Stages<S> {
  vocabulary?: NonNullable<Flows<S['vocabulary']>['vocabulary']>;
}

/**
 * Flows of which each stage is the agent's own; the order of the stages, the replay of recorded calls, hearing once per turn, yes and no,
 * misunderstandings and refusals are the layer's. `defineDialogue` is this with stages made of slots and tasks.
 */
export function composeDialogue<S extends Shape>(composition: Composition<S>): Flows<S['vocabulary']> {
  const { vocabulary, knowledge, understand } = composition;
  return {
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(knowledge === undefined ? {} : { knowledge }),
    understand,
    next: createNext(composition),
  };
}

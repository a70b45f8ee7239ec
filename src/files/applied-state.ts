import type { AppliedState, PlannedHashes } from './contract.ts';

/** Where an application stands, by what its files were to be and by what they are now. */
export function stateOfAll(files: readonly (PlannedHashes & { now: string | undefined })[]): AppliedState {
  // A change of the mode alone leaves no trace in hashes.
  const told = files.filter(({ before, after, now }) => before !== after || now !== after);
  if (told.some(({ before, after, now }) => now !== before && now !== after)) return 'unknown';
  if (told.every(({ after, now }) => now === after)) return 'happened';
  return told.every(({ before, now }) => now === before) ? 'did-not-happen' : 'partly';
}

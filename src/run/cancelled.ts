/** Why the signal of a run is aborted where the run was cancelled: nothing of it is stored any more. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';

  constructor() {
    super('The run was cancelled.');
  }
}

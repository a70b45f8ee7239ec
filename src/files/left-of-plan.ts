import { type ChangeRefusal, ChangeRefused, type PlannedFile } from './contract.ts';

/**
 * The files of a plan that are not as it wants them yet.
 * @param stands how a file is now
 * @throws ChangeRefused where one is neither as before nor as after
 */
export async function leftOfPlan(
  plan: readonly PlannedFile[],
  stands: (file: PlannedFile) => Promise<'before' | 'after' | 'otherwise'>,
): Promise<PlannedFile[]> {
  const left: PlannedFile[] = [];
  const unknown: ChangeRefusal[] = [];
  for (const file of plan) {
    const how = await stands(file);
    if (how === 'before') left.push(file);
    else if (how === 'otherwise')
      unknown.push({
        path: file.path,
        reason: 'stale',
        message: `${file.path} is neither as it was before the change nor as after it. Look at it, and plan anew.`,
      });
  }
  if (unknown.length > 0) throw new ChangeRefused(unknown);
  return left;
}

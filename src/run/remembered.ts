import type { RememberedApproval } from '../policy/contract.ts';
import type { ClaimedRun, RunStore } from '../store/runs.ts';
import type { FindPrincipal } from './behalf.ts';

/**
 * The approvals that hold beyond their call, as far as those who gave them could still give them: who may no longer decide about runs has none in
 * force. Asked where a rule asks with a pattern only.
 * @throws TimonelError `store_unavailable`
 */
export async function rememberedFor(
  run: ClaimedRun,
  store: Pick<RunStore, 'remembered'>,
  findPrincipal: FindPrincipal,
): Promise<RememberedApproval[]> {
  const given = await store.remembered(run);
  const stands = await Promise.all(
    given.map(async ({ giver }) => {
      if (giver === undefined) return false;
      return (await findPrincipal(run.workspaceId, giver))?.permissions.has('runs:decide') === true;
    }),
  );
  return given.filter((_approval, index) => stands[index]);
}

/**
 * On whose behalf a run works, as they are now: what was taken away from somebody is taken away from their runs too, also from those that
 * wait, or were taken over by another process.
 */
import { TimonelError } from '../errors.ts';
import type { Principal } from '../identity/principal.ts';
import type { Spender } from '../llm/money/budgets.ts';
import type { ClaimedRun } from '../store/runs.ts';
import type { AnyTool } from '../tools/contract.ts';
import type { Asker, LocalizedText } from '../vocabulary.ts';

export type Behalf =
  /** A channel brought the message of somebody who has no account. */
  | { kind: 'nobody' }
  | { kind: 'somebody'; principal: Principal }
  /** Who asked has lost access since, or it cannot be told. */
  | { kind: 'gone' };

/** Looks up what somebody may do now; `undefined` when they lost access. */
export type FindPrincipal = (workspaceId: string, asker: Asker) => Promise<Principal | undefined>;

/** @throws TimonelError `store_unavailable`: the run's to deal with. */
export async function behalfOf(run: Pick<ClaimedRun, 'workspaceId' | 'asker'>, find: FindPrincipal): Promise<Behalf> {
  if (run.asker === undefined) return { kind: 'nobody' };
  try {
    const principal = await find(run.workspaceId, run.asker);
    return principal === undefined ? { kind: 'gone' } : { kind: 'somebody', principal };
  } catch (error) {
    if (error instanceof TimonelError && error.code === 'store_unavailable') throw error;
    return { kind: 'gone' };
  }
}

/** On whose account the model calls of a run go: budgets of who asked apply to their turns too. */
export function spenderOfRun({
  workspaceId,
  agent,
  runId,
  asker,
}: Pick<ClaimedRun, 'workspaceId' | 'agent' | 'runId' | 'asker'>): Spender {
  const whose = asker === undefined ? {} : asker.kind === 'user' ? { userId: asker.id } : { keyId: asker.id };
  return { workspaceId, agent, runId, ...whose };
}

/** Why a tool may not be used on somebody's behalf, before any rule is asked; `undefined` where nothing is against it. */
export function toolRefusalOf(tool: AnyTool, behalf: Behalf): { rule: string; reason: LocalizedText } | undefined {
  if (behalf.kind === 'gone') return { rule: 'principal-present', reason: gone };
  const { permission } = tool;
  if (permission === undefined) return undefined;
  if (behalf.kind === 'somebody' && behalf.principal.permissions.has(permission)) return undefined;
  return {
    rule: 'tool-permission',
    reason: {
      es: `Para esto hace falta el permiso "${permission}", y quien lo pide no lo tiene.`,
      en: `This needs the permission "${permission}", which whoever asks does not have.`,
    },
  };
}

export function behalfPrincipalOf(behalf: Behalf): Principal | undefined {
  return behalf.kind === 'somebody' ? behalf.principal : undefined;
}

const gone: LocalizedText = {
  es: 'Quien lo pidió ya no tiene acceso, así que no lo hice.',
  en: 'Whoever asked for this does not have access any more, so I did not do it.',
};

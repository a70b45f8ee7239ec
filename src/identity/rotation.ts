import { publishFault } from '../diagnostics.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { Sealer } from './sealed.ts';
import type { ServerKeys } from './secrets.ts';

/** Purpose of the key that second factors are sealed with. */
export const secondFactorPurpose = 'second-factor';

/**
 * Seals anew, with the current secret, what was sealed with the one before and lasts longer than a rotation: second factors, and the ends
 * of the audit chains. Once this has run, the secret before opens nothing that anybody needs but the tokens of the last days.
 * @returns how many.
 */
export async function finishRotation(pool: DatabasePool, keys: ServerKeys, audit: AuditLog): Promise<number> {
  const sealer = new Sealer(keys, secondFactorPurpose);
  let count = await audit.resealHeads();
  const rows = await pool.executeText<{ id: string; sealed: string }>(
    'SELECT id, totp_secret AS sealed FROM users WHERE totp_secret IS NOT NULL',
  );
  for (const { id, sealed } of rows) {
    if (!sealer.stale(sealed)) continue;
    let secret: string;
    try {
      secret = sealer.open(sealed, id);
    } catch (error) {
      // Sealed with a secret that is gone: one person's trouble, and no reason not to start.
      publishFault(`sealing the second factor of user ${id} anew`, error);
      continue;
    }
    const anew = sealer.seal(secret, id);
    // Unless the person enrolled again meanwhile.
    const changed = await pool.executeText('UPDATE users SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2 RETURNING 1', [
      id,
      sealed,
      anew,
    ]);
    count += changed.length;
  }
  return count;
}

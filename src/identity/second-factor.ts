import { publishFault } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import type { AccessNotices } from './access.ts';
import type { RecordDeed } from './deeds.ts';
import type { Mailer } from './mail/mailer.ts';
import type { SecondFactorChange } from './mail/texts.ts';
import type { Origin, Principal } from './principal.ts';
import { hashRecoveryCode, makeRecoveryCodes } from './recovery-codes.ts';
import type { Sealer } from './sealed.ts';
import type { Sessions } from './sessions.ts';
import { enrolTotp, type TotpEnrolment, verifyTotp } from './totp.ts';
import type { User, Users } from './users.ts';

export interface SecondFactorSettings {
  pool: DatabasePool;
  users: Users;
  sealer: Sealer;
  sessions: Sessions;
  notices: AccessNotices;
  record: RecordDeed;
  mailer: Mailer;
  publicUrl: string;
  now(): Date;
}

/** The second factor: codes of an authenticator app, and recovery codes for the day when the phone is gone. */
export class SecondFactor {
  readonly #settings: SecondFactorSettings;

  constructor(settings: SecondFactorSettings) {
    this.#settings = settings;
  }

  /** Begins an enrolment; it counts once {@link confirm} saw a code. @throws TimonelError `second_factor_on` */
  async enrol(user: User): Promise<TotpEnrolment> {
    const { pool, sealer } = this.#settings;
    const enrolment = enrolTotp(user.email);
    const rows = await pool.executeText(
      'UPDATE users SET totp_secret = $2, totp_counter = NULL WHERE id = $1 AND totp_confirmed_at IS NULL RETURNING id',
      [user.id, sealer.seal(enrolment.secret, user.id)],
    );
    if (rows.length === 0) throw alreadyOn();
    return enrolment;
  }

  /**
   * Turns the second factor on. Other sessions of the person, which began without it, end.
   * @returns recovery codes, shown now and never again. @throws TimonelError `second_factor_refused`, `second_factor_on`
   */
  async confirm(principal: Principal, user: User, code: string, origin: Origin): Promise<string[]> {
    const { sealer, sessions, notices, record, now } = this.#settings;
    if (user.totpConfirmedAt !== null) throw alreadyOn();
    const step =
      user.totpSecret === null ? undefined : verifyTotp(sealer.open(user.totpSecret, user.id), code, undefined, now().getTime());
    if (step === undefined) {
      throw new TimonelError(
        'second_factor_refused',
        'The code does not fit. Scan the picture of POST /api/v1/auth/second-factor, and send the six digits that the app shows now.',
      );
    }
    const codes = makeRecoveryCodes();
    await notices.change(async (client, tell) => {
      const { rowCount } = await client.query(
        'UPDATE users SET totp_confirmed_at = $2, totp_counter = $3 WHERE id = $1 AND totp_confirmed_at IS NULL AND totp_secret = $4',
        [user.id, now(), step, user.totpSecret],
      );
      if (rowCount === 0) throw alreadyOn();
      await client.query('DELETE FROM recovery_codes WHERE user_id = $1', [user.id]);
      await client.query('INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])', [
        user.id,
        codes.map(hashRecoveryCode),
      ]);
      await sessions.endAll(client, { userId: user.id, except: principal.sessionId }, 'second-factor-changed');
      tell({ kind: 'user', id: user.id });
      await this.#mail(user, 'on');
      await record(deedOf(principal, 'second-factor-enabled', user, origin), client);
    });
    return codes;
  }

  /** Turns it off; who asks has just proven themselves with both factors. */
  async disable(principal: Principal, user: User, origin: Origin): Promise<void> {
    const { notices, record } = this.#settings;
    await notices.change(async (client, tell) => {
      await client.query('UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_counter = NULL WHERE id = $1', [
        user.id,
      ]);
      await client.query('DELETE FROM recovery_codes WHERE user_id = $1', [user.id]);
      tell({ kind: 'user', id: user.id });
      await this.#mail(user, 'off');
      await record(deedOf(principal, 'second-factor-disabled', user, origin), client);
    });
  }

  /** Whether the code is the person's, and uses it up: each opens once, of any number of racers for one. */
  async accepts(user: User, code: string, origin: Origin): Promise<boolean> {
    const { pool, users, sealer, record, now } = this.#settings;
    if (user.totpSecret === null) return false;
    const secret = this.#secretOf(user.totpSecret, user.id);
    const after = user.totpCounter === null ? undefined : Number(user.totpCounter);
    const step = secret === undefined ? undefined : verifyTotp(secret, code, after, now().getTime());
    if (secret !== undefined && step !== undefined) {
      const sealed = sealer.stale(user.totpSecret) ? sealer.seal(secret, user.id) : user.totpSecret;
      const rows = await pool.executeText(
        `UPDATE users SET totp_counter = $2, totp_secret = $3
         WHERE id = $1 AND totp_secret = $4 AND (totp_counter IS NULL OR totp_counter < $2) RETURNING id`,
        [user.id, step, sealed, user.totpSecret],
      );
      return rows.length > 0;
    }
    const used = await pool.executeText(
      'UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING user_id',
      [user.id, hashRecoveryCode(code), now()],
    );
    if (used.length === 0) return false;
    await this.#mail(user, 'recovery-code-used');
    for (const { workspaceId } of await users.workspaces(user.id)) {
      const actor = { kind: 'user' as const, id: user.id, name: user.name };
      await record({ workspaceId, actor, action: 'recovery-code-used', target: { kind: 'user', id: user.id }, origin });
    }
    return true;
  }

  /** Tells the owner what became of the second factor, who may not have done it. */
  async #mail(user: User, change: SecondFactorChange): Promise<void> {
    const { mailer, publicUrl } = this.#settings;
    const content = { kind: 'second-factor-changed' as const, name: user.name, change, link: `${publicUrl}/forgot-password` };
    await mailer.send({ to: user.email, language: user.language, content });
  }

  /** Undefined where it was sealed with a secret that is gone: the app's codes are worth nothing then, and recovery codes still open. */
  #secretOf(sealed: string, userId: string): string | undefined {
    try {
      return this.#settings.sealer.open(sealed, userId);
    } catch (error) {
      publishFault(`reading the second factor of user ${userId}`, error);
      return undefined;
    }
  }

  /** How many recovery codes are left. */
  async codesLeft(userId: string): Promise<number> {
    const [row] = await this.#settings.pool.executeText<{ left: number }>(
      'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
      [userId],
    );
    return row?.left ?? 0;
  }
}

function deedOf(principal: Principal, action: string, user: User, origin: Origin) {
  return { workspaceId: principal.workspaceId, actor: principal, action, target: { kind: 'user', id: user.id }, origin };
}

function alreadyOn(): TimonelError {
  return new TimonelError('second_factor_on', 'The second factor is on already. Turn it off first, with your password and a code.');
}

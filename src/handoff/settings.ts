/** How a workspace wants its hand-offs: until when they are taken, when the agent has one back, and who is told. */
import { TimonelError } from '../errors.ts';
import type { RecordDeed } from '../identity/deeds.ts';
import type { Origin, Principal } from '../identity/principal.ts';
import type { DatabasePool } from '../store/database.ts';
import { defaultMinutes } from '../store/handoffs.ts';

export interface HandoffPreferences {
  /** Minutes until somebody should have taken a conversation, and an urgent one. */
  dueMinutes: number;
  urgentMinutes: number;
  /** Minutes without anything from the person who has it, after which the agent has it back; 0: never. */
  silenceMinutes: number;
  /** Nobody is told of anything that waits from then ("22:00") until then, on the clock of the workspace; null: at any time. */
  quietHours: { from: string; until: string } | null;
  /** Who gets a mail when something waits. */
  emails: string[];
  language: 'es' | 'en';
}

export interface StoredPreferences extends HandoffPreferences {
  version: number;
}

interface SettingsRow {
  due_minutes: number;
  urgent_minutes: number;
  silence_minutes: number;
  quiet_from: number;
  quiet_until: number;
  emails: string[];
  language: 'es' | 'en';
  version: number;
}

const defaults: StoredPreferences = {
  dueMinutes: defaultMinutes.due,
  urgentMinutes: defaultMinutes.urgent,
  silenceMinutes: defaultMinutes.silence,
  quietHours: null,
  emails: [],
  language: 'es',
  version: 0,
};

export class HandoffSettings {
  readonly #pool: DatabasePool;
  readonly #record: RecordDeed;

  constructor(dependencies: { pool: DatabasePool; record: RecordDeed }) {
    this.#pool = dependencies.pool;
    this.#record = dependencies.record;
  }

  /** As they are in force; version 0 where the workspace has set none. */
  async of(workspaceId: string): Promise<StoredPreferences> {
    const [row] = await this.#pool.execute<SettingsRow>(
      { name: 'handoff-settings', text: 'SELECT * FROM handoff_settings WHERE workspace_id = $1' },
      [workspaceId],
    );
    return row === undefined ? defaults : preferencesOf(row);
  }

  /** @param expected the version that the change was made from. @throws TimonelError `version_conflict` */
  async change(
    { principal, origin }: { principal: Principal; origin: Origin },
    wanted: HandoffPreferences,
    expected: number | undefined,
  ): Promise<StoredPreferences> {
    const { workspaceId, kind, id, name } = principal;
    const { from, until } = wanted.quietHours ?? { from: '00:00', until: '00:00' };
    return this.#pool.inTransaction(async (client) => {
      const { rows } = await client.query<SettingsRow>(
        `INSERT INTO handoff_settings AS s (workspace_id, due_minutes, urgent_minutes, silence_minutes, quiet_from, quiet_until, emails, language, changed_by)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE $10::int IS NULL OR $10 = COALESCE((SELECT version FROM handoff_settings WHERE workspace_id = $1), 0)
         ON CONFLICT (workspace_id) DO UPDATE
         SET due_minutes = excluded.due_minutes, urgent_minutes = excluded.urgent_minutes, silence_minutes = excluded.silence_minutes,
           quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, emails = excluded.emails, language = excluded.language,
           changed_by = excluded.changed_by, changed_at = now(), version = s.version + 1
         WHERE $10::int IS NULL OR s.version = $10
         RETURNING *`,
        [
          workspaceId,
          wanted.dueMinutes,
          wanted.urgentMinutes,
          wanted.silenceMinutes,
          minutesOf(from),
          minutesOf(until),
          wanted.emails,
          wanted.language,
          `${kind}:${id}`,
          expected ?? null,
        ],
      );
      const [row] = rows;
      if (row === undefined)
        throw new TimonelError('version_conflict', 'The settings changed meanwhile. Read them again, and change them from there.');
      const { dueMinutes, urgentMinutes, silenceMinutes } = wanted;
      const details = {
        dueMinutes,
        urgentMinutes,
        silenceMinutes,
        mails: wanted.emails.length,
      };
      const target = { kind: 'workspace', id: workspaceId };
      await this.#record(
        { workspaceId, actor: { kind, id, name }, action: 'handoff-settings-changed', target, origin, details },
        client,
      );
      return preferencesOf(row);
    });
  }
}

function preferencesOf(row: SettingsRow): StoredPreferences {
  return {
    dueMinutes: row.due_minutes,
    urgentMinutes: row.urgent_minutes,
    silenceMinutes: row.silence_minutes,
    quietHours: row.quiet_from === row.quiet_until ? null : { from: clockOf(row.quiet_from), until: clockOf(row.quiet_until) },
    emails: row.emails,
    language: row.language,
    version: row.version,
  };
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

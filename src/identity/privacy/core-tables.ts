import type { TableOfData } from './contract.ts';

const ofConversation = 'conversation_id = ANY(:conversations)';
const ofRun = 'run_id IN (SELECT id FROM runs WHERE workspace_id = :workspace AND conversation_id = ANY(:conversations))';
const runEnded = `NOT EXISTS (SELECT FROM runs r WHERE r.id = run_id AND r.status <> 'finished')`;

/**
 * Timonel's own tables. The order is the order of erasing: what finds other rows goes last.
 */
export const coreTables: readonly TableOfData[] = [
  {
    table: 'steps',
    personal: true,
    columns: ['data'],
    whose: ofRun,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at', when: runEnded },
  },
  {
    table: 'effects',
    personal: true,
    columns: ['output'],
    whose: ofRun,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at', when: runEnded },
  },
  {
    table: 'approvals',
    personal: true,
    columns: ['args', 'decision_reason'],
    whose: ofRun,
    // That there was a decision stays, and whose it was.
    erase: {
      args: `'{}'::jsonb`,
      decision_reason: 'NULL',
      status: `CASE WHEN status = 'pending' THEN 'rejected' ELSE status END`,
    },
    ages: { kind: 'conversations', at: 'created_at', when: runEnded },
  },
  {
    table: 'approvals',
    personal: true,
    columns: ['decided_by', 'decision_reason'],
    whose: 'decided_by IN (:user, :asker)',
    erase: { decided_by: `'erased'`, decision_reason: 'NULL' },
  },
  {
    table: 'messages',
    personal: true,
    columns: ['text', 'options', 'idempotency_key'],
    whose: ofConversation,
    erase: { text: `''`, options: 'NULL', idempotency_key: 'NULL' },
    ages: { kind: 'conversations', at: 'created_at', when: runEnded },
  },
  {
    table: 'runs',
    personal: true,
    columns: ['error', 'awaiting'],
    whose: ofConversation,
    // What it cost and how it ended is nobody's. What waits for an approval waits no longer.
    erase: {
      error: `CASE WHEN error IS NOT NULL THEN jsonb_build_object('code', error->'code', 'message', '') END`,
      outcome: `CASE WHEN status = 'waiting' THEN 'failed' ELSE outcome END`,
      finished_at: `CASE WHEN status = 'waiting' THEN now() ELSE finished_at END`,
      status: `CASE WHEN status = 'waiting' THEN 'finished' ELSE status END`,
    },
    ages: { kind: 'conversations', at: 'created_at', when: `status = 'finished'` },
  },
  { table: 'runs', personal: true, columns: ['asked_by'], whose: 'asked_by = :asker', erase: { asked_by: 'NULL' } },
  {
    table: 'conversation_addresses',
    personal: true,
    columns: ['address'],
    whose: ofConversation,
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at' },
  },
  {
    table: 'conversations',
    personal: true,
    columns: ['contact', 'state'],
    whose: 'id = ANY(:conversations)',
    erase: { contact: 'NULL', state: `'{}'::jsonb`, status: `'closed'`, active_run: 'NULL' },
    ages: { kind: 'conversations', at: 'updated_at', when: 'active_run IS NULL' },
  },
  { table: 'conversations', personal: true, columns: ['started_by'], whose: 'started_by = :asker', erase: { started_by: 'NULL' } },
  {
    table: 'files',
    personal: true,
    columns: ['name', 'content'],
    // The agent that made a file knows whose it is, and declares the table too.
    whose: 'false',
    erase: 'delete',
    ages: { kind: 'conversations', at: 'created_at' },
  },
  {
    table: 'invitations',
    personal: true,
    columns: ['email', 'invited_by'],
    whose: 'email = ANY(:emails) OR invited_by = :asker',
    withheld: ['token_hash'],
    erase: 'delete',
    ages: { kind: 'sessions', at: 'expires_at' },
  },
  {
    table: 'api_keys',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    withheld: ['secret_hash', 'previous_hash'],
    // The programs that use the key go on.
    erase: { created_by: 'NULL' },
  },
  {
    table: 'sessions',
    personal: true,
    columns: ['address', 'user_agent'],
    whose: 'user_id = :user::uuid',
    erase: 'delete',
    ages: { kind: 'sessions', at: 'COALESCE(revoked_at, expires_at)' },
  },
  { table: 'memberships', personal: true, columns: ['role'], whose: 'user_id = :user::uuid', erase: 'delete' },
  {
    table: 'user_identities',
    personal: true,
    columns: ['subject', 'email'],
    whose: 'user_id = :user::uuid',
    erase: 'delete',
  },
  {
    table: 'user_tokens',
    personal: true,
    columns: ['user_id'],
    whose: 'user_id = :user::uuid',
    withheld: ['token_hash'],
    erase: 'delete',
    ages: { kind: 'sessions', at: 'expires_at' },
  },
  {
    table: 'recovery_codes',
    personal: true,
    columns: ['user_id'],
    whose: 'user_id = :user::uuid',
    withheld: ['code_hash'],
    erase: 'delete',
  },
  {
    table: 'users',
    personal: true,
    columns: ['email', 'name', 'language'],
    whose: 'id = :user::uuid',
    withheld: ['password_hash', 'totp_secret', 'totp_counter'],
    // Who belongs to another workspace too keeps the account: only that workspace, or the person, may end it there.
    erase: 'delete',
  },
  {
    table: 'audit_personal',
    personal: true,
    columns: ['data'],
    whose: `sequence IN (SELECT sequence FROM audit_log WHERE workspace_id = :workspace AND (actor_id = :user OR target_id = :user))`,
    withheld: ['salt'],
    erase: 'delete',
  },
  {
    table: 'audit_log',
    personal: false,
    because: 'Ids alone; what tells of a person is in audit_personal, so that the chain outlives it.',
  },
  { table: 'audit_heads', personal: false, because: 'Numbers, hashes and seals.' },
  { table: 'refresh_tokens', personal: false, because: 'Hashes that belong to a session, and go with it.' },
  { table: 'development_secret', personal: false, because: 'A random secret.' },
  {
    table: 'model_routes',
    personal: true,
    columns: ['created_by'],
    whose: 'created_by = :asker',
    erase: { created_by: `'erased'` },
  },
  {
    table: 'budget_counters',
    personal: true,
    columns: ['subject'],
    whose: `budget_id IN (SELECT id FROM budgets WHERE workspace_id = :workspace AND scope = 'user') AND subject = :user`,
    // The workspace's own counters have the same money in them.
    erase: 'delete',
  },
  {
    table: 'budget_allotments',
    personal: true,
    columns: ['subject'],
    whose: `budget_id IN (SELECT id FROM budgets WHERE workspace_id = :workspace AND scope = 'user') AND subject = :user`,
    erase: 'delete',
  },
  { table: 'budgets', personal: true, columns: ['subject'], whose: `scope = 'user' AND subject = :user`, erase: 'delete' },
  { table: 'workspaces', personal: false, because: 'The name and the settings of a house.' },
  { table: 'roles', personal: false, because: 'Names of sets of permissions.' },
  { table: 'processes', personal: false, because: 'Hosts and process ids.' },
  { table: 'timonel_migrations', personal: false, because: 'Names and hashes of migrations.' },
];

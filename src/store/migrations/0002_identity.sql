-- Binds a table to the runtime itself: no transaction of a workspace, and so no tool of an agent, sees or changes a row of it.
CREATE FUNCTION timonel_private(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS workspace_rows ON %s', target);
  EXECUTE format('CREATE POLICY runtime_rows ON %s
    USING (current_setting(''timonel.workspace'', true) = ''*'')
    WITH CHECK (current_setting(''timonel.workspace'', true) = ''*'')', target);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'timonel_member') THEN
    EXECUTE format('REVOKE ALL ON %s FROM timonel_member', target);
  END IF;
END $$;
--> statement-breakpoint
ALTER TABLE workspaces ADD COLUMN classic_passwords boolean NOT NULL DEFAULT false;
--> statement-breakpoint
-- A person, in however many workspaces. Addresses are compared without regard to case.
CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  name text NOT NULL,
  language text NOT NULL DEFAULT 'es' CHECK (language IN ('es', 'en')),
  password_hash text,
  email_verified_at timestamptz,
  disabled_at timestamptz,
  totp_secret text,
  totp_confirmed_at timestamptz,
  totp_counter bigint,
  created_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_private('users');
--> statement-breakpoint
CREATE TABLE recovery_codes (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (user_id, code_hash)
);
--> statement-breakpoint
SELECT timonel_private('recovery_codes');
--> statement-breakpoint
-- Links in mails: good once, and for a while.
CREATE TABLE user_tokens (
  token_hash bytea PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('verify-email', 'reset-password')),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
--> statement-breakpoint
SELECT timonel_private('user_tokens');
--> statement-breakpoint
CREATE INDEX user_tokens_by_user ON user_tokens (user_id);
--> statement-breakpoint
CREATE TABLE roles (
  workspace_id text NOT NULL REFERENCES workspaces,
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  description text NOT NULL DEFAULT '',
  permissions text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, name)
);
--> statement-breakpoint
SELECT timonel_private('roles');
--> statement-breakpoint
CREATE TABLE memberships (
  workspace_id text NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, user_id)
);
--> statement-breakpoint
SELECT timonel_private('memberships');
--> statement-breakpoint
CREATE INDEX memberships_by_user ON memberships (user_id);
--> statement-breakpoint
CREATE INDEX memberships_by_role ON memberships (workspace_id, role, user_id);
--> statement-breakpoint
CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  email text NOT NULL CHECK (email = lower(email)),
  role text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  invited_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz
);
--> statement-breakpoint
SELECT timonel_private('invitations');
--> statement-breakpoint
CREATE UNIQUE INDEX invitations_open ON invitations (workspace_id, email) WHERE accepted_at IS NULL;
--> statement-breakpoint
-- What one sign-in brought: the family of its refresh tokens.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  address text,
  user_agent text,
  revoked_at timestamptz,
  revoked_reason text
);
--> statement-breakpoint
SELECT timonel_private('sessions');
--> statement-breakpoint
CREATE INDEX sessions_by_user ON sessions (user_id, created_at DESC);
--> statement-breakpoint
CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
--> statement-breakpoint
SELECT timonel_private('refresh_tokens');
--> statement-breakpoint
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
--> statement-breakpoint
-- A key has a role, which may learn new permissions with a new version, or scopes, which stay what they are. While it is rotated the
-- secret before is good too, for a while.
ALTER TABLE api_keys
  ALTER COLUMN role DROP NOT NULL,
  DROP CONSTRAINT api_keys_role_check,
  ADD COLUMN prefix text,
  ADD COLUMN scopes text[],
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN created_by text,
  ADD COLUMN previous_hash bytea UNIQUE,
  ADD COLUMN previous_until timestamptz,
  ADD CHECK (role IN ('admin', 'operator', 'client')),
  ADD CHECK ((role IS NULL) <> (scopes IS NULL));
--> statement-breakpoint
SELECT timonel_private('api_keys');
--> statement-breakpoint
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, created_at);
--> statement-breakpoint
-- Who began a conversation and who asked for a turn: "user:…" or "api-key:…". Null where a channel did, and before this version.
ALTER TABLE conversations ADD COLUMN started_by text;
--> statement-breakpoint
CREATE INDEX conversations_by_starter ON conversations (started_by) WHERE started_by IS NOT NULL;
--> statement-breakpoint
ALTER TABLE runs ADD COLUMN asked_by text;

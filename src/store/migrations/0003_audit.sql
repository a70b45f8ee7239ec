-- What tokens are signed with where TIMONEL_SECRET is not set. One row at most.
CREATE TABLE development_secret (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  secret bytea NOT NULL CHECK (length(secret) >= 32),
  created_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_private('development_secret');
--> statement-breakpoint
-- By which accounts elsewhere a person may sign in (OpenID Connect): an issuer names somebody by the subject, for ever; addresses change.
CREATE TABLE user_identities (
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  email text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
--> statement-breakpoint
SELECT timonel_private('user_identities');
--> statement-breakpoint
CREATE INDEX user_identities_by_user ON user_identities (user_id);
--> statement-breakpoint
-- One chain a workspace; the chain '*' is the installation's. Nothing personal is in a row: that is beside it, in audit_personal, and the
-- row holds its digest, so that a person can be forgotten without breaking the chain.
CREATE TABLE audit_log (
  workspace_id text NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  at timestamptz NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api-key', 'system', 'anonymous')),
  actor_id text,
  action text NOT NULL CHECK (action ~ '^[a-z]+(-[a-z]+)+$'),
  target_kind text,
  target_id text,
  request_id text,
  details jsonb NOT NULL,
  personal_digest bytea,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (workspace_id, sequence)
);
--> statement-breakpoint
SELECT timonel_private('audit_log');
--> statement-breakpoint
CREATE INDEX audit_log_by_actor ON audit_log (workspace_id, actor_id, sequence);
--> statement-breakpoint
CREATE INDEX audit_log_by_target ON audit_log (target_id) WHERE target_id IS NOT NULL;
--> statement-breakpoint
-- Name, address, user agent and whatever else tells of a person. The salt keeps the digest from being guessed once the row is gone.
CREATE TABLE audit_personal (
  workspace_id text NOT NULL,
  sequence bigint NOT NULL,
  salt bytea NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (workspace_id, sequence)
);
--> statement-breakpoint
SELECT timonel_private('audit_personal');
--> statement-breakpoint
-- The last entry of each chain, sealed with a key that the database does not have: without it a chain could be cut, or written anew.
CREATE TABLE audit_heads (
  workspace_id text PRIMARY KEY,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  seal_kid text NOT NULL,
  seal bytea NOT NULL
);
--> statement-breakpoint
SELECT timonel_private('audit_heads');
--> statement-breakpoint
CREATE FUNCTION timonel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_personal' AND current_setting('timonel.erasing', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the table % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION timonel_append_only();
--> statement-breakpoint
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION timonel_append_only();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_personal FOR EACH ROW EXECUTE FUNCTION timonel_append_only();
--> statement-breakpoint
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON audit_personal FOR EACH STATEMENT EXECUTE FUNCTION timonel_append_only();

CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS unaccent;
--> statement-breakpoint
-- Without pgvector Timonel searches by words alone; the store reports it, and nothing here depends on it.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'extension "vector" is not available: %', SQLERRM;
END $$;
--> statement-breakpoint
-- Tools and workspace queries run as this role, so that row-level security binds them even when the login is a superuser.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'timonel_member') THEN
    CREATE ROLE timonel_member NOLOGIN;
  END IF;
  EXECUTE format('GRANT timonel_member TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
  RAISE NOTICE 'role timonel_member could not be created: %', SQLERRM;
END $$;
--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'timonel_member') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO timonel_member', current_schema());
  END IF;
END $$;
--> statement-breakpoint
-- Binds a table to the workspace in force ('*' is the runtime itself, whose statements carry the workspace in every row).
CREATE FUNCTION timonel_protect(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY workspace_rows ON %s
    USING (workspace_id = current_setting(''timonel.workspace'', true) OR current_setting(''timonel.workspace'', true) = ''*'')
    WITH CHECK (workspace_id = current_setting(''timonel.workspace'', true) OR current_setting(''timonel.workspace'', true) = ''*'')', target);
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'timonel_member') THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO timonel_member', target);
  END IF;
END $$;
--> statement-breakpoint
CREATE TABLE workspaces (
  workspace_id text PRIMARY KEY CHECK (workspace_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  time_zone text NOT NULL,
  seeded_agents text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_protect('workspaces');
--> statement-breakpoint
CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('operator', 'client')),
  secret_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
--> statement-breakpoint
SELECT timonel_protect('api_keys');
--> statement-breakpoint
CREATE TABLE processes (
  id uuid PRIMARY KEY,
  host text NOT NULL,
  pid integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL
);
--> statement-breakpoint
-- The updated columns of conversations and runs are kept out of indexes where possible, and pages keep room, so that updates stay in place.
CREATE TABLE conversations (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  agent text NOT NULL,
  agent_version text NOT NULL,
  release text,
  arm text NOT NULL DEFAULT 'stable',
  channel text NOT NULL,
  contact jsonb,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
  state jsonb NOT NULL DEFAULT '{}',
  last_turn integer NOT NULL DEFAULT 0,
  active_run uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
--> statement-breakpoint
SELECT timonel_protect('conversations');
--> statement-breakpoint
CREATE INDEX conversations_by_workspace ON conversations (workspace_id, created_at DESC);
--> statement-breakpoint
CREATE TABLE messages (
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  turn integer NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'assistant')),
  run_id uuid NOT NULL,
  text text NOT NULL,
  options jsonb,
  idempotency_key text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- "user" sorts after "assistant": the order within a turn is by role, descending.
  PRIMARY KEY (conversation_id, turn, role)
);
--> statement-breakpoint
SELECT timonel_protect('messages');
--> statement-breakpoint
CREATE UNIQUE INDEX messages_by_idempotency_key ON messages (conversation_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
--> statement-breakpoint
CREATE TABLE runs (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  turn integer NOT NULL,
  agent text NOT NULL,
  agent_version text NOT NULL,
  arm text NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'running', 'waiting', 'finished')),
  outcome text CHECK (outcome IN ('replied', 'awaiting_input', 'awaiting_approval', 'denied', 'escalated', 'failed')),
  awaiting text,
  degraded text,
  owner uuid,
  fence integer NOT NULL DEFAULT 0,
  recoveries integer NOT NULL DEFAULT 0,
  usage jsonb,
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
  -- One run per turn: the primary key of messages says so already, and a second index would be paid for by every turn.
) WITH (fillfactor = 70);
--> statement-breakpoint
SELECT timonel_protect('runs');
--> statement-breakpoint
CREATE INDEX runs_running ON runs (owner) WHERE status = 'running';
--> statement-breakpoint
CREATE INDEX runs_queued ON runs (conversation_id, turn) WHERE status = 'queued';
--> statement-breakpoint
CREATE TABLE steps (
  workspace_id text NOT NULL,
  run_id uuid NOT NULL,
  index integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('model-call', 'plan', 'decision', 'tool-call', 'approval', 'reply')),
  fence integer NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, index)
);
--> statement-breakpoint
SELECT timonel_protect('steps');
--> statement-breakpoint
-- One row per side effect in our own database, written in the transaction of the effect.
CREATE TABLE effects (
  workspace_id text NOT NULL,
  key text NOT NULL,
  run_id uuid NOT NULL,
  tool text NOT NULL,
  output jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, key)
);
--> statement-breakpoint
SELECT timonel_protect('effects');
--> statement-breakpoint
CREATE TABLE approvals (
  workspace_id text NOT NULL,
  run_id uuid NOT NULL,
  call_id text NOT NULL,
  tool text NOT NULL,
  args jsonb NOT NULL,
  call_hash text NOT NULL,
  rule text NOT NULL,
  reason jsonb NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
  decided_by text,
  decision_reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  PRIMARY KEY (run_id, call_id)
);
--> statement-breakpoint
SELECT timonel_protect('approvals');
--> statement-breakpoint
CREATE INDEX approvals_pending ON approvals (workspace_id, created_at) WHERE status = 'pending';
--> statement-breakpoint
-- Small texts that tools hand to a person by an unguessable address, e.g. calendar files.
CREATE TABLE files (
  id text PRIMARY KEY CHECK (length(id) >= 32),
  workspace_id text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  content text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_protect('files');

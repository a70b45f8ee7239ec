-- Versions of agents that operators made: what they changed of the code, under a name that a hash over all of it completes. Never updated.
CREATE TABLE agent_versions (
  workspace_id text NOT NULL REFERENCES workspaces,
  agent text NOT NULL,
  version text NOT NULL,
  code_version text NOT NULL,
  changes jsonb NOT NULL,
  -- What was hashed, so that it can be shown and compared.
  content jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, agent, version)
);
--> statement-breakpoint
SELECT timonel_protect('agent_versions');
--> statement-breakpoint
CREATE TABLE releases (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  agent text NOT NULL,
  stable text NOT NULL,
  canary text NOT NULL,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'running', 'promoted', 'rolled-back')),
  -- Whether new conversations are assigned; what they are assigned to is decided by buckets, of which the canary has the first ones.
  enabled boolean NOT NULL DEFAULT true,
  buckets integer NOT NULL DEFAULT 0 CHECK (buckets BETWEEN 0 AND 10000),
  salt text NOT NULL,
  plan jsonb NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  step integer NOT NULL DEFAULT 0,
  -- Time that the present step was watched: no gap between two looks counts for more than a minute, whatever a clock says.
  watched_ms bigint NOT NULL DEFAULT 0,
  looked_at timestamptz,
  evidence jsonb,
  standing jsonb,
  reason text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz
);
--> statement-breakpoint
SELECT timonel_protect('releases');
--> statement-breakpoint
CREATE UNIQUE INDEX releases_running ON releases (workspace_id, agent) WHERE status = 'running';
--> statement-breakpoint
CREATE INDEX releases_by_agent ON releases (workspace_id, agent, created_at DESC);
--> statement-breakpoint
-- What each unit did in a release: its turns are not independent of each other. `unit` is a hash that is good for this release only.
CREATE TABLE release_units (
  workspace_id text NOT NULL,
  release uuid NOT NULL REFERENCES releases ON DELETE CASCADE,
  unit text NOT NULL,
  record jsonb NOT NULL,
  PRIMARY KEY (release, unit)
) WITH (fillfactor = 70);
--> statement-breakpoint
SELECT timonel_protect('release_units');
--> statement-breakpoint
-- What the canary would have done with a turn that the stable version answered.
CREATE TABLE shadow_turns (
  workspace_id text NOT NULL,
  release uuid NOT NULL REFERENCES releases ON DELETE CASCADE,
  run_id uuid NOT NULL,
  outcome text NOT NULL,
  reply text,
  calls jsonb NOT NULL,
  same_outcome boolean NOT NULL,
  same_calls boolean NOT NULL,
  cost double precision,
  milliseconds integer NOT NULL,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, release)
);
--> statement-breakpoint
SELECT timonel_protect('shadow_turns');
--> statement-breakpoint
CREATE INDEX shadow_turns_by_release ON shadow_turns (release, created_at DESC);
--> statement-breakpoint
-- `unit` is a hash of who is at the other end, good for this release only; `weight` is the canary's share when the conversation began.
ALTER TABLE conversations ADD COLUMN unit text, ADD COLUMN weight double precision;
--> statement-breakpoint
CREATE INDEX conversations_of_canary ON conversations (release) WHERE release IS NOT NULL AND arm = 'canary' AND status = 'open';
--> statement-breakpoint
ALTER TABLE runs ADD COLUMN release text, ADD COLUMN first_event_ms integer, ADD COLUMN counted boolean NOT NULL DEFAULT false;
--> statement-breakpoint
CREATE INDEX runs_uncounted ON runs (release) WHERE release IS NOT NULL AND NOT counted;
--> statement-breakpoint
CREATE TABLE run_feedback (
  workspace_id text NOT NULL,
  run_id uuid NOT NULL,
  given_by text NOT NULL,
  -- From -1 (bad) to 1 (good).
  rating real NOT NULL CHECK (rating BETWEEN -1 AND 1),
  comment text,
  -- Of a run that takes part in a release; there it counts as it was given first.
  release text,
  counted boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, given_by)
);
--> statement-breakpoint
SELECT timonel_protect('run_feedback');
--> statement-breakpoint
CREATE INDEX run_feedback_uncounted ON run_feedback (release) WHERE release IS NOT NULL AND NOT counted;
--> statement-breakpoint
-- Feature flags: every change is a new version, and the latest is in force. Without a definition a version says that the flag was removed.
CREATE TABLE feature_flags (
  workspace_id text NOT NULL REFERENCES workspaces,
  key text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  definition jsonb,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, key, version)
);
--> statement-breakpoint
SELECT timonel_protect('feature_flags');
--> statement-breakpoint
CREATE TABLE alert_acknowledgements (
  workspace_id text NOT NULL REFERENCES workspaces,
  alert text NOT NULL,
  fingerprint text NOT NULL,
  acknowledged_by text NOT NULL,
  note text,
  acknowledged_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, fingerprint)
);
--> statement-breakpoint
SELECT timonel_protect('alert_acknowledgements');

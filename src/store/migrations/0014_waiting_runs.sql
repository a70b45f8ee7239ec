-- Runs that wait (for child runs, a time, an answer from outside), that start others, and that are cancelled. The new checks only allow more than
-- the ones before: rows that are there need not be looked at.
ALTER TABLE runs DROP CONSTRAINT runs_outcome_check;
--> statement-breakpoint
ALTER TABLE runs ADD CONSTRAINT runs_outcome_check CHECK (outcome IN
  ('replied', 'awaiting_input', 'awaiting_approval', 'awaiting_answer', 'denied', 'escalated', 'failed', 'cancelled')) NOT VALID;
--> statement-breakpoint
ALTER TABLE steps DROP CONSTRAINT steps_kind_check;
--> statement-breakpoint
ALTER TABLE steps ADD CONSTRAINT steps_kind_check CHECK (kind IN
  ('model-call', 'plan', 'decision', 'tool-call', 'approval', 'reply', 'guard', 'summary')) NOT VALID;
--> statement-breakpoint
ALTER TABLE approvals DROP CONSTRAINT approvals_status_check;
--> statement-breakpoint
ALTER TABLE approvals ADD CONSTRAINT approvals_status_check CHECK (status IN ('pending', 'approved', 'rejected', 'cancelled')) NOT VALID;
--> statement-breakpoint
ALTER TABLE approvals
  -- What the rule says that an approval may hold for, beyond its call.
  ADD COLUMN pattern jsonb,
  ADD COLUMN remember text CHECK (remember IN ('run', 'conversation')),
  ADD COLUMN conversation_id uuid;
--> statement-breakpoint
CREATE INDEX approvals_remembered ON approvals (conversation_id) WHERE remember IS NOT NULL AND status = 'approved';
--> statement-breakpoint
ALTER TABLE runs
  -- The run that started it, the call that did, under which key; the first run above it, and how many are between.
  ADD COLUMN parent_run uuid,
  ADD COLUMN parent_call text,
  ADD COLUMN run_key text,
  ADD COLUMN root_run uuid,
  ADD COLUMN depth integer NOT NULL DEFAULT 0,
  -- US dollars that its parent gave it.
  ADD COLUMN budget double precision,
  -- Kinds of what it waits for, and how many answers are missing until it is queued again.
  ADD COLUMN waiting_for text[],
  ADD COLUMN waits_left integer NOT NULL DEFAULT 0,
  -- Answers that were told to it, all together: what came while the run was being suspended is found by it.
  ADD COLUMN answers integer NOT NULL DEFAULT 0,
  -- Milliseconds that were worked on it before it waited or was taken over, and when it was claimed last (null: when it was made).
  ADD COLUMN worked_ms integer NOT NULL DEFAULT 0,
  ADD COLUMN claimed_at timestamptz;
--> statement-breakpoint
UPDATE runs SET waiting_for = '{approval}', waits_left = (SELECT count(*) FROM approvals a WHERE a.run_id = runs.id AND a.status = 'pending')
WHERE status = 'waiting';
--> statement-breakpoint
CREATE UNIQUE INDEX runs_by_parent ON runs (parent_run, run_key) WHERE parent_run IS NOT NULL;
--> statement-breakpoint
CREATE INDEX runs_waiting ON runs (workspace_id, created_at) WHERE status = 'waiting';
--> statement-breakpoint
-- What a call of a tool waits for. `position` counts the waits of the call, from 1 on; 0 is its completion token.
CREATE TABLE waits (
  workspace_id text NOT NULL,
  run_id uuid NOT NULL,
  call_id text NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('child', 'token', 'timer')),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'answered', 'expired')),
  deadline timestamptz,
  token_hash bytea UNIQUE,
  children uuid[],
  mode text CHECK (mode IN ('all', 'any', 'settled')),
  answer jsonb,
  answered_by text,
  answered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, call_id, position)
);
--> statement-breakpoint
SELECT timonel_protect('waits');
--> statement-breakpoint
CREATE INDEX waits_by_deadline ON waits (deadline) WHERE status = 'pending' AND deadline IS NOT NULL;
--> statement-breakpoint
CREATE INDEX waits_for_children ON waits (run_id) WHERE status = 'pending' AND kind = 'child';

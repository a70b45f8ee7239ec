-- Quality cases of the agents of a workspace: conversations, and what is expected of each turn.
CREATE TABLE evaluation_cases (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  agent text NOT NULL,
  name text NOT NULL,
  definition jsonb NOT NULL,
  -- Of a case that was made from a run: what is erased with the conversation.
  conversation_id uuid,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (workspace_id, agent, name)
);
--> statement-breakpoint
SELECT timonel_protect('evaluation_cases');
--> statement-breakpoint
-- Cases played against one version of an agent, by a job.
CREATE TABLE evaluations (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  agent text NOT NULL,
  agent_version text NOT NULL,
  models boolean NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'finished', 'failed')),
  failure text,
  -- US dollars that its calls of models cost.
  cost double precision NOT NULL DEFAULT 0,
  -- Who works on it, and until when nobody else may. Each claim raises the fence; a result carries the fence that it was made under.
  fence integer NOT NULL DEFAULT 0,
  claimed_until timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz
);
--> statement-breakpoint
SELECT timonel_protect('evaluations');
--> statement-breakpoint
CREATE INDEX evaluations_by_agent ON evaluations (workspace_id, agent, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX evaluations_unfinished ON evaluations (created_at) WHERE status IN ('queued', 'running');
--> statement-breakpoint
-- One row for each case from the beginning, as the case was then; `passed` is set once.
CREATE TABLE evaluation_results (
  evaluation_id uuid NOT NULL REFERENCES evaluations ON DELETE CASCADE,
  position integer NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  definition jsonb NOT NULL,
  conversation_id uuid,
  passed boolean,
  faults jsonb NOT NULL DEFAULT '[]',
  milliseconds integer,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (evaluation_id, position)
);
--> statement-breakpoint
SELECT timonel_protect('evaluation_results');
--> statement-breakpoint
CREATE INDEX evaluation_results_by_conversation ON evaluation_results (conversation_id) WHERE conversation_id IS NOT NULL;

-- A summary takes the place of earlier turns in prompts. 'guard' and 'wait' are kinds of steps too. Not validated: what was allowed still is, and a
-- look at every step would hold up the turns meanwhile.
ALTER TABLE steps DROP CONSTRAINT steps_kind_check;
--> statement-breakpoint
ALTER TABLE steps ADD CONSTRAINT steps_kind_check
  CHECK (kind IN ('model-call', 'plan', 'decision', 'tool-call', 'approval', 'guard', 'wait', 'summary', 'reply')) NOT VALID;
--> statement-breakpoint
-- What tools keep about one conversation.
CREATE TABLE conversation_state (
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  key text NOT NULL,
  value jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (conversation_id, key)
);
--> statement-breakpoint
SELECT timonel_protect('conversation_state');
--> statement-breakpoint
-- What the tools of an agent keep in a workspace.
CREATE TABLE agent_state (
  workspace_id text NOT NULL,
  agent text NOT NULL,
  key text NOT NULL,
  value jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, agent, key)
);
--> statement-breakpoint
SELECT timonel_protect('agent_state');

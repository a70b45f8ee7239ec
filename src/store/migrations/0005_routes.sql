-- Routes to models: every change is a new version, and the latest is in force. Without a definition a version says that the route was removed.
CREATE TABLE model_routes (
  workspace_id text NOT NULL REFERENCES workspaces,
  alias text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  definition jsonb,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, alias, version)
);
--> statement-breakpoint
SELECT timonel_protect('model_routes');
--> statement-breakpoint
-- The conversation that someone who is known by an address only (a `user` of an OpenAI client, later a telephone number) has with an agent.
CREATE TABLE conversation_addresses (
  workspace_id text NOT NULL,
  agent text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  conversation_id uuid NOT NULL REFERENCES conversations,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, agent, channel, address)
);
--> statement-breakpoint
SELECT timonel_protect('conversation_addresses');

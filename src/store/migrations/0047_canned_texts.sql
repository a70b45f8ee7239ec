-- Texts that people of a workspace answer customers with again and again, each by its name.
CREATE TABLE canned_texts (
  workspace_id text NOT NULL REFERENCES workspaces,
  name text NOT NULL,
  text text NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, name)
);
--> statement-breakpoint
SELECT timonel_protect('canned_texts');
--> statement-breakpoint
-- The latest deliveries of a connection say how it fares.
CREATE INDEX channel_deliveries_by_connection ON channel_deliveries (connection_id, sequence DESC);

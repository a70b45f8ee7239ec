-- A workspace that is disabled lets nobody in; its rows stay as they are. The workspace of the installation's operators is always open.
ALTER TABLE workspaces ADD COLUMN disabled_at timestamptz;
--> statement-breakpoint
ALTER TABLE workspaces ADD CONSTRAINT workspaces_default_open CHECK (workspace_id <> 'default' OR disabled_at IS NULL);

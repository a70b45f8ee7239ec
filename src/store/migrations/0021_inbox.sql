-- Lists for people: newest first, and texts by what is in them. Long messages are found by their beginning: what is indexed of one is bounded.
CREATE INDEX runs_by_workspace ON runs (workspace_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX messages_by_text ON messages USING gin (left(text, 2000) gin_trgm_ops);

-- What waits, by kind and from when on: counted for all workspaces at once.
CREATE INDEX waits_pending ON waits (kind, created_at) WHERE status = 'pending';

-- What somebody gave away ends, or passes to the admins, when they go. A personal key acts for its owner and ends with the owner's membership;
-- a key of the workspace goes on, and waits for an admin to confirm or revoke it once its maker could no longer make it.
ALTER TABLE api_keys
  ADD COLUMN owner_id uuid REFERENCES users ON DELETE CASCADE,
  ADD COLUMN unconfirmed_since timestamptz;
--> statement-breakpoint
CREATE INDEX api_keys_by_maker ON api_keys (created_by) WHERE revoked_at IS NULL;
--> statement-breakpoint
CREATE INDEX api_keys_by_owner ON api_keys (owner_id) WHERE owner_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX invitations_by_inviter ON invitations (invited_by) WHERE accepted_at IS NULL;
--> statement-breakpoint
-- Who approved a call: "user:…" or "api-key:…". The name beside it is for people.
ALTER TABLE approvals ADD COLUMN decided_by_id text;
--> statement-breakpoint
CREATE INDEX approvals_by_decider ON approvals (decided_by_id) WHERE status = 'approved';

-- How a repetition of a request is known: by its idempotency key, or by who asked, where, and with which messages. One row for each such request;
-- a later one that says the same anew takes the row over. Requests that name no conversation may come from different people at the same time:
-- each has a slot of its own, the id of its run, which sorts by time.
CREATE TABLE accepted_requests (
  workspace_id text NOT NULL,
  fingerprint text NOT NULL,
  slot text NOT NULL DEFAULT '',
  run_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- Hash of what was asked for: another content under the same idempotency key is refused.
  content text NOT NULL,
  -- True: nobody received the answer, because the caller went away or was told that the turn is still under way. False: a repetition did. Null: the
  -- request itself did, unless its process died before.
  unanswered boolean,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, fingerprint, slot)
);
--> statement-breakpoint
SELECT timonel_protect('accepted_requests');
--> statement-breakpoint
CREATE INDEX accepted_requests_by_conversation ON accepted_requests (conversation_id);
--> statement-breakpoint
-- Clients of the compatible API send what was said before instead of a conversation's id: the hash of all that the user has said finds it.
ALTER TABLE messages ADD COLUMN history_head text, ADD COLUMN history_length integer;
--> statement-breakpoint
CREATE INDEX messages_by_history_head ON messages (workspace_id, history_head) WHERE history_head IS NOT NULL;

-- Conversations in people's hands. `handler` is read by the statement that accepts a message: while it is `person`, no run starts.
ALTER TABLE conversations
  ADD COLUMN handler text NOT NULL DEFAULT 'agent' CHECK (handler IN ('agent', 'person')),
  -- The last turn that somebody of the workspace has seen; what came after it is unread.
  ADD COLUMN seen_turn integer NOT NULL DEFAULT 0;
--> statement-breakpoint
-- What a person of the workspace says is a turn of its own: role `person`, no run, and who wrote it. A message of the customer that came while a
-- person had the conversation has the id of the run that answers it after a hand-back, where one does.
ALTER TABLE messages DROP CONSTRAINT messages_role_check;
--> statement-breakpoint
ALTER TABLE messages ADD CONSTRAINT messages_role_check CHECK (role IN ('user', 'assistant', 'person')) NOT VALID;
--> statement-breakpoint
ALTER TABLE messages
  ALTER COLUMN run_id DROP NOT NULL,
  -- "user:…" or "api-key:…", and the name at that time.
  ADD COLUMN author text,
  ADD COLUMN author_name text,
  -- True: it came while a person had the conversation.
  ADD COLUMN held boolean;
--> statement-breakpoint
CREATE INDEX messages_held ON messages (run_id) WHERE held;
--> statement-breakpoint
CREATE TABLE handoffs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  agent text NOT NULL,
  -- The run that opened it; null where a person took the conversation by themselves.
  run_id uuid,
  reason text NOT NULL CHECK (reason IN ('escalated', 'approval', 'misunderstood', 'failed', 'undelivered', 'taken', 'assigned')),
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'urgent')),
  language text NOT NULL CHECK (language IN ('es', 'en')),
  summary jsonb NOT NULL,
  waiting_since timestamptz NOT NULL DEFAULT now(),
  due_at timestamptz NOT NULL,
  assignee text,
  assignee_name text,
  taken_at timestamptz,
  -- When the person who has it last did something in it.
  person_at timestamptz,
  notified_at timestamptz,
  closed_at timestamptz,
  closed_how text CHECK (closed_how IN ('handed-back', 'silence', 'conversation-closed', 'decided', 'dismissed')),
  closed_by text,
  closed_by_name text
) WITH (fillfactor = 80);
--> statement-breakpoint
SELECT timonel_protect('handoffs');
--> statement-breakpoint
CREATE UNIQUE INDEX handoffs_open ON handoffs (conversation_id) WHERE closed_at IS NULL;
--> statement-breakpoint
CREATE INDEX handoffs_queue ON handoffs (workspace_id, due_at, id) WHERE closed_at IS NULL;
--> statement-breakpoint
CREATE INDEX handoffs_by_conversation ON handoffs (conversation_id, waiting_since);
--> statement-breakpoint
CREATE INDEX handoffs_unnotified ON handoffs (waiting_since) WHERE closed_at IS NULL AND notified_at IS NULL;
--> statement-breakpoint
CREATE TABLE handoff_settings (
  workspace_id text PRIMARY KEY REFERENCES workspaces,
  due_minutes integer NOT NULL CHECK (due_minutes BETWEEN 1 AND 10080),
  urgent_minutes integer NOT NULL CHECK (urgent_minutes BETWEEN 1 AND 10080),
  -- 0: a conversation stays with its person for ever.
  silence_minutes integer NOT NULL CHECK (silence_minutes BETWEEN 0 AND 10080),
  -- Minutes after midnight in the zone of the workspace; equal: no quiet hours.
  quiet_from integer NOT NULL CHECK (quiet_from BETWEEN 0 AND 1439),
  quiet_until integer NOT NULL CHECK (quiet_until BETWEEN 0 AND 1439),
  emails text[] NOT NULL,
  -- Of the mails.
  language text NOT NULL CHECK (language IN ('es', 'en')),
  webhook_url text,
  version integer NOT NULL DEFAULT 1,
  changed_by text,
  changed_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_protect('handoff_settings');
--> statement-breakpoint
-- For people of the workspace only.
CREATE TABLE conversation_notes (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  author text NOT NULL,
  author_name text NOT NULL,
  text text NOT NULL,
  -- The agent was told it with a hand-back.
  handed_on boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_protect('conversation_notes');
--> statement-breakpoint
CREATE INDEX conversation_notes_by_conversation ON conversation_notes (conversation_id, created_at);
--> statement-breakpoint
-- Null: all of the workspace. A list: conversations of these agents, and of these connections of channels, only.
ALTER TABLE memberships ADD COLUMN agents text[], ADD COLUMN connections uuid[];

-- A channel's account in a workspace: a WhatsApp number, a bot. `secrets` is sealed for this row.
CREATE TABLE channel_connections (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  channel text NOT NULL,
  name text NOT NULL,
  agent text NOT NULL,
  -- Names the account at the provider, as its webhooks do.
  account text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  secrets text NOT NULL,
  -- The instant up to which the rate of the account is spent (GCRA).
  rate_spent_until timestamptz NOT NULL DEFAULT '-infinity',
  -- Why nothing is sent until a person has looked: the provider's code and words.
  suspended jsonb,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz,
  UNIQUE (workspace_id, name)
);
--> statement-breakpoint
SELECT timonel_private('channel_connections');
--> statement-breakpoint
-- Two connections to one account would answer everybody twice.
CREATE UNIQUE INDEX channel_connections_by_account ON channel_connections (channel, account) WHERE disabled_at IS NULL;
--> statement-breakpoint
-- A person as the channels of a workspace know them; `channel_addresses` has what they are known by.
CREATE TABLE channel_contacts (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  name text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
--> statement-breakpoint
SELECT timonel_protect('channel_contacts');
--> statement-breakpoint
-- `value` is as the provider wrote it last; `canonical` is the same for all spellings of one address.
CREATE TABLE channel_addresses (
  workspace_id text NOT NULL,
  kind text NOT NULL,
  canonical text NOT NULL,
  value text NOT NULL,
  contact_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, kind, canonical)
);
--> statement-breakpoint
SELECT timonel_protect('channel_addresses');
--> statement-breakpoint
CREATE INDEX channel_addresses_by_contact ON channel_addresses (contact_id);
--> statement-breakpoint
-- A contact on one connection: where the conversation is, and what may be sent.
CREATE TABLE channel_threads (
  connection_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  workspace_id text NOT NULL,
  conversation_id uuid,
  -- When the contact wrote last, by the provider's clock.
  heard_at timestamptz NOT NULL DEFAULT '-infinity',
  -- The instant up to which the rate of the pair is spent (GCRA).
  rate_spent_until timestamptz NOT NULL DEFAULT '-infinity',
  -- Nothing is sent until then: the contact blocked the account, or may not be written to.
  stopped_until timestamptz NOT NULL DEFAULT '-infinity',
  stopped jsonb,
  -- Options that were numbered in the last reply, so that the number is understood.
  offered jsonb,
  -- When it was said last that a kind of message cannot be taken.
  declined_at timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (connection_id, contact_id)
);
--> statement-breakpoint
SELECT timonel_protect('channel_threads');
--> statement-breakpoint
CREATE INDEX channel_threads_by_contact ON channel_threads (contact_id);
--> statement-breakpoint
-- What a webhook brought, each message once: `external_hash` outlives the erasure of `external_id`, which tells of a person.
CREATE TABLE channel_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_id text NOT NULL,
  connection_id uuid NOT NULL,
  external_hash text NOT NULL,
  external_id text,
  kind text NOT NULL,
  sender jsonb NOT NULL,
  content jsonb NOT NULL,
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'done')),
  contact_id uuid,
  conversation_id uuid,
  -- Messages that become one turn have the same; it is the idempotency key of that turn.
  batch uuid,
  -- The process that works on it; null where it rests until the lease ends.
  owner uuid,
  lease_until timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  run_id uuid,
  -- What became of it: `run`, `declined`, `ignored`, or the code of an error.
  result text,
  UNIQUE (connection_id, external_hash)
);
--> statement-breakpoint
SELECT timonel_protect('channel_inbox');
--> statement-breakpoint
CREATE INDEX channel_inbox_open ON channel_inbox (connection_id, contact_id, id) WHERE state <> 'done';
--> statement-breakpoint
CREATE INDEX channel_inbox_by_contact ON channel_inbox (contact_id, id);
--> statement-breakpoint
-- The outbox: one row for each message that has to reach a contact, written in the transaction that stores the message.
CREATE TABLE channel_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  workspace_id text NOT NULL,
  connection_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  conversation_id uuid,
  run_id uuid,
  turn integer,
  -- `assistant`, `person`, or `channel` for what the channel itself says.
  said_by text NOT NULL,
  content jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'unclear')),
  -- The furthest that the provider said of it; `channel_statuses` has all that it said.
  status text,
  parts_sent integer NOT NULL DEFAULT 0,
  -- How many messages it takes at the provider; known once it was rendered.
  parts integer,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now(),
  fence integer NOT NULL DEFAULT 0,
  owner uuid,
  lease_until timestamptz,
  error jsonb,
  -- The delivery that this one is another attempt of.
  replays uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
--> statement-breakpoint
SELECT timonel_protect('channel_deliveries');
--> statement-breakpoint
CREATE INDEX channel_deliveries_open ON channel_deliveries (connection_id, contact_id, sequence) WHERE state IN ('pending', 'sending');
--> statement-breakpoint
CREATE INDEX channel_deliveries_by_workspace ON channel_deliveries (workspace_id, sequence DESC);
--> statement-breakpoint
CREATE INDEX channel_deliveries_by_contact ON channel_deliveries (contact_id);
--> statement-breakpoint
-- What a delivery became at the provider: one row for each message that it took.
CREATE TABLE channel_sends (
  delivery_id uuid NOT NULL,
  part integer NOT NULL,
  workspace_id text NOT NULL,
  connection_id uuid NOT NULL,
  external_id text NOT NULL,
  status text NOT NULL DEFAULT 'sent',
  sent_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (delivery_id, part)
);
--> statement-breakpoint
SELECT timonel_protect('channel_sends');
--> statement-breakpoint
CREATE INDEX channel_sends_by_external_id ON channel_sends (connection_id, external_id);
--> statement-breakpoint
-- All that providers said of sent messages. A set, so that the order in which it arrives changes nothing.
CREATE TABLE channel_statuses (
  connection_id uuid NOT NULL,
  external_id text NOT NULL,
  status text NOT NULL,
  workspace_id text NOT NULL,
  at timestamptz NOT NULL,
  -- What the sender wrote on the message, where the provider repeats it: `<delivery>:<part>`.
  reference text,
  error jsonb,
  applied boolean NOT NULL DEFAULT false,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (connection_id, external_id, status)
);
--> statement-breakpoint
SELECT timonel_protect('channel_statuses');
--> statement-breakpoint
CREATE INDEX channel_statuses_open ON channel_statuses (connection_id, received_at) WHERE NOT applied;
--> statement-breakpoint
ALTER TABLE conversations ADD COLUMN connection_id uuid;
--> statement-breakpoint
ALTER TABLE conversations ADD COLUMN contact_id uuid;
--> statement-breakpoint
CREATE INDEX conversations_by_contact ON conversations (contact_id) WHERE contact_id IS NOT NULL;
--> statement-breakpoint
-- The template that stands in for the text where a channel takes templates only: {"name", "language", "parameters"}.
ALTER TABLE messages ADD COLUMN template jsonb;
--> statement-breakpoint
-- Whoever stores a message of a conversation on a channel has put it into the outbox, in the same transaction and without a round trip more.
CREATE FUNCTION timonel_message_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, run_id, turn, said_by, content)
  SELECT NEW.workspace_id, c.connection_id, c.contact_id, c.id, NEW.run_id, NEW.turn, NEW.role,
    jsonb_strip_nulls(jsonb_build_object('text', NEW.text, 'options', NEW.options, 'parts', NEW.parts, 'template', NEW.template))
  FROM conversations c
  WHERE c.id = NEW.conversation_id AND c.connection_id IS NOT NULL AND c.contact_id IS NOT NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER message_said AFTER INSERT ON messages
  FOR EACH ROW WHEN (NEW.role IN ('assistant', 'agent', 'person')) EXECUTE FUNCTION timonel_message_said();
--> statement-breakpoint
-- The reply of a run that waited takes the place of what it said meanwhile. An erasure leaves the time as it was, and says nothing.
CREATE TRIGGER message_said_again AFTER UPDATE OF text, parts, created_at ON messages
  FOR EACH ROW WHEN (NEW.role IN ('assistant', 'agent', 'person') AND NEW.created_at IS DISTINCT FROM OLD.created_at)
  EXECUTE FUNCTION timonel_message_said();

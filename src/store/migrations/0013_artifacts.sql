-- Bytes with an owner. Small ones are in `content`; of larger ones `location` is the key in the storage that `storage` names.
CREATE TABLE artifacts (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  name text NOT NULL,
  -- By the content, never by what the sender says.
  media_type text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes > 0),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  storage text NOT NULL CHECK (storage IN ('database', 'disk', 's3')),
  location text,
  content bytea,
  conversation_id uuid,
  run_id uuid,
  -- "user:…", "api-key:…" or "agent:…".
  created_by text NOT NULL,
  -- What a reader needs beside the right to read the conversation.
  permission text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  CHECK ((storage = 'database') = (content IS NOT NULL)),
  CHECK ((storage = 'database') = (location IS NULL))
);
--> statement-breakpoint
-- Compressed media does not shrink, and a slice of a value that is not compressed is read without the rest.
ALTER TABLE artifacts ALTER COLUMN content SET STORAGE EXTERNAL;
--> statement-breakpoint
SELECT timonel_protect('artifacts');
--> statement-breakpoint
CREATE INDEX artifacts_by_conversation ON artifacts (workspace_id, conversation_id);
--> statement-breakpoint
CREATE INDEX artifacts_by_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX artifacts_by_location ON artifacts (location) WHERE location IS NOT NULL;
--> statement-breakpoint
-- Bytes outside of the database that may have no artifact: written down before they are stored, and when their artifact goes.
-- A job removes those that no artifact names once `due_at` has passed.
CREATE TABLE artifact_leftovers (
  location text PRIMARY KEY,
  workspace_id text NOT NULL,
  storage text NOT NULL CHECK (storage IN ('disk', 's3')),
  due_at timestamptz NOT NULL
);
--> statement-breakpoint
SELECT timonel_protect('artifact_leftovers');
--> statement-breakpoint
CREATE FUNCTION timonel_artifact_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO artifact_leftovers (location, workspace_id, storage, due_at)
  VALUES (OLD.location, OLD.workspace_id, OLD.storage, now())
  ON CONFLICT (location) DO UPDATE SET due_at = excluded.due_at;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER artifact_deleted AFTER DELETE ON artifacts
  FOR EACH ROW WHEN (OLD.location IS NOT NULL) EXECUTE FUNCTION timonel_artifact_left();
--> statement-breakpoint
CREATE TRIGGER artifact_replaced AFTER UPDATE OF location ON artifacts
  FOR EACH ROW WHEN (OLD.location IS NOT NULL AND OLD.location IS DISTINCT FROM NEW.location)
  EXECUTE FUNCTION timonel_artifact_left();
--> statement-breakpoint
-- What a message is made of, where it is more than text; `text` stays the text of it.
ALTER TABLE messages ADD COLUMN parts jsonb;

-- What the coding assistant keeps of a project: how each session works, what was read, what was changed, and what it remembers.
CREATE TABLE coder_sessions (
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  mode text NOT NULL DEFAULT 'ask' CHECK (mode IN ('plan', 'ask', 'edit', 'auto')),
  title text NOT NULL DEFAULT '',
  -- The session that this one was forked from, and how far: {"conversation": "…", "text": "…"}.
  forked jsonb,
  -- [{"text": "…", "state": "done"}]
  plan jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(plan) = 'array'),
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, conversation_id)
);

-- The content that the model last saw of a file: an edit of a file that changed since is told, a whole write refused.
CREATE TABLE coder_reads (
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  path text NOT NULL,
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, conversation_id, path)
);

-- Contents of files before and after changes, each once.
CREATE TABLE coder_images (
  workspace_id text NOT NULL,
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  content bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);

CREATE TABLE coder_changes (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  -- Idempotency key of the call that made it.
  key text NOT NULL,
  conversation_id uuid NOT NULL,
  run_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('edit', 'command')),
  -- `planned`: it may have been written or not; the hashes of its files tell.
  state text NOT NULL CHECK (state IN ('planned', 'applied')),
  title text NOT NULL,
  -- What the call answered, for an attempt after a crash.
  answer jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
CREATE INDEX coder_changes_of_conversation ON coder_changes (workspace_id, conversation_id, id);

CREATE TABLE coder_changed_files (
  workspace_id text NOT NULL,
  change_id uuid NOT NULL,
  path text NOT NULL,
  -- NULL: there was no such file.
  before_hash text,
  after_hash text,
  before_mode integer,
  after_mode integer,
  -- Both contents are in coder_images.
  kept boolean NOT NULL,
  -- Idempotency key of the undo that took it back; NULL while it stands.
  undone_by text,
  PRIMARY KEY (workspace_id, change_id, path),
  FOREIGN KEY (workspace_id, change_id) REFERENCES coder_changes (workspace_id, id) ON DELETE CASCADE
);

-- Facts about the project that somebody wanted to be known in later sessions.
CREATE TABLE coder_memories (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  fact text NOT NULL CHECK (fact <> ''),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, fact)
);

-- Documents of a workspace that its agents find passages in. A collection is searched as a whole; its changes are counted, so that an index of it
-- knows what it lacks.
CREATE TABLE knowledge_collections (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  description text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT 'auto' CHECK (language IN ('auto', 'es', 'en')),
  agents text[] NOT NULL DEFAULT '{}',
  roles text[] NOT NULL DEFAULT '{}',
  -- The last change; the row is locked by each, so that changes become visible in their order.
  sequence bigint NOT NULL DEFAULT 0,
  -- Vectors that are complete, and the model of those that are being made.
  vector_model text,
  building_model text,
  vector_state text NOT NULL DEFAULT 'none' CHECK (vector_state IN ('none', 'building', 'ready', 'failed')),
  vector_failure text,
  version integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (workspace_id, name)
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_collections');
--> statement-breakpoint
CREATE TABLE knowledge_documents (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
  key text NOT NULL,
  title text NOT NULL,
  media_type text NOT NULL,
  language text NOT NULL CHECK (language IN ('es', 'en')),
  metadata jsonb NOT NULL DEFAULT '{}',
  hash text NOT NULL,
  -- What passages are places in.
  text text NOT NULL,
  characters integer NOT NULL,
  chunks integer NOT NULL,
  state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'hidden')),
  version integer NOT NULL DEFAULT 1,
  -- Version of the analyser that the terms of its chunks are from.
  analyser integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (collection_id, key)
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_documents');
--> statement-breakpoint
CREATE TABLE knowledge_chunks (
  -- From the document, the headings and the text: a chunk that did not change keeps it.
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL,
  document_id uuid NOT NULL REFERENCES knowledge_documents ON DELETE CASCADE,
  ordinal integer NOT NULL,
  -- Code points of the document's text, the end not included.
  starts_at integer NOT NULL,
  ends_at integer NOT NULL,
  heading text[] NOT NULL,
  text text NOT NULL,
  -- Five bytes a term: its hash, and how often it is there.
  terms bytea NOT NULL,
  -- Of what its vector is made from.
  hash bytea NOT NULL
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_chunks');
--> statement-breakpoint
CREATE INDEX knowledge_chunks_by_collection ON knowledge_chunks (collection_id, id);
--> statement-breakpoint
CREATE INDEX knowledge_chunks_by_document ON knowledge_chunks (document_id, ordinal);
--> statement-breakpoint
-- Which document changed, or went, with which change of the collection.
CREATE TABLE knowledge_changes (
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
  sequence bigint NOT NULL,
  document_id uuid NOT NULL,
  PRIMARY KEY (collection_id, sequence)
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_changes');
--> statement-breakpoint
-- Vectors of texts, of chunks and of questions alike, by the hash of the text: the same text is not paid for twice.
CREATE TABLE knowledge_vectors (
  workspace_id text NOT NULL,
  model text NOT NULL,
  hash bytea NOT NULL,
  -- Of length 1: its scale as a 32-bit float, then 16 bits a number, little-endian.
  vector bytea NOT NULL,
  used_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, model, hash)
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_vectors');
--> statement-breakpoint
-- How good a collection was at a set of questions.
CREATE TABLE knowledge_evaluations (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
  -- SHA-256 of the questions: figures of different sets do not compare.
  questions_hash text NOT NULL,
  questions integer NOT NULL,
  strategy text NOT NULL,
  sequence bigint NOT NULL,
  figures jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_evaluations');
--> statement-breakpoint
CREATE INDEX knowledge_evaluations_by_collection ON knowledge_evaluations (collection_id, created_at DESC);

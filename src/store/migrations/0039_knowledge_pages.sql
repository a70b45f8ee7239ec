-- Documents that are pages of the web, and when each is looked at again.
CREATE TABLE knowledge_pages (
  document_id uuid PRIMARY KEY REFERENCES knowledge_documents ON DELETE CASCADE,
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
  url text NOT NULL,
  -- Of the last answer: the next request asks whether the page is another one by now.
  etag text,
  last_modified text,
  refresh_hours integer CHECK (refresh_hours BETWEEN 1 AND 8760),
  checked_at timestamptz NOT NULL,
  next_at timestamptz,
  -- Why the last look at it brought nothing; the document stays as it was.
  failure text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_pages');
--> statement-breakpoint
CREATE INDEX knowledge_pages_by_collection ON knowledge_pages (collection_id, url);
--> statement-breakpoint
CREATE INDEX knowledge_pages_due ON knowledge_pages (next_at) WHERE next_at IS NOT NULL;
--> statement-breakpoint
-- What came of each question, in the order of the set: two evaluations of one set are compared by it.
ALTER TABLE knowledge_evaluations ADD COLUMN outcomes jsonb NOT NULL DEFAULT '[]';
--> statement-breakpoint
ALTER TABLE knowledge_evaluations ADD COLUMN vector_model text;

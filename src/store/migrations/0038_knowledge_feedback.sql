-- What became of passages: quoted by an agent, or approved, rejected and corrected by people. It ranks; it changes no document.
CREATE TABLE knowledge_feedback (
  -- From the passage, who says it and the question: said again it is replaced.
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  collection_id uuid NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
  document_id uuid NOT NULL REFERENCES knowledge_documents ON DELETE CASCADE,
  -- No reference: a passage whose text changed has another id, and what was said of the old text stays readable and counts no more.
  chunk_id uuid NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('used', 'approved', 'rejected', 'modified')),
  question text,
  note text,
  -- Of a correction: the document that has the text.
  correction_id uuid REFERENCES knowledge_documents ON DELETE SET NULL,
  agent text,
  run_id uuid,
  conversation_id uuid,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL
);
--> statement-breakpoint
SELECT timonel_protect('knowledge_feedback');
--> statement-breakpoint
CREATE INDEX knowledge_feedback_by_document ON knowledge_feedback (document_id);
--> statement-breakpoint
CREATE INDEX knowledge_feedback_by_correction ON knowledge_feedback (correction_id) WHERE correction_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX knowledge_feedback_by_collection ON knowledge_feedback (collection_id, created_at DESC, id DESC);
--> statement-breakpoint
CREATE INDEX knowledge_feedback_by_conversation ON knowledge_feedback (conversation_id) WHERE conversation_id IS NOT NULL;

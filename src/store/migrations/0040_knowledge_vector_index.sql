-- Where the vectors of a collection are searched: in the memory of each process, or by pgvector. The model whose vectors pgvector has, all of them;
-- its tables are in a schema of their own, made where they are first asked for: they are a cache, and no part of a backup.
ALTER TABLE knowledge_collections
  ADD COLUMN vector_index text NOT NULL DEFAULT 'memory' CHECK (vector_index IN ('memory', 'pgvector')),
  ADD COLUMN indexed_model text;

CREATE TABLE library_desk_books (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  title text NOT NULL,
  author text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, title)
);

CREATE TABLE library_desk_loans (
  workspace_id text NOT NULL,
  title text NOT NULL,
  card text NOT NULL,
  conversation_id uuid NOT NULL,
  due date NOT NULL,
  PRIMARY KEY (workspace_id, title)
);

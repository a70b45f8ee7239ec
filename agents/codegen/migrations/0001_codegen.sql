-- What generations are made of: projects, plans, tasks, rounds, contents, and what was approved of them.
CREATE TABLE codegen_projects (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$'),
  -- Absolute, in one of the folders that the operator allows.
  folder text NOT NULL CHECK (folder <> ''),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

-- What a workspace allows without a second person; one row at most.
CREATE TABLE codegen_rules (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  auto_approve boolean NOT NULL DEFAULT false,
  self_approve boolean NOT NULL DEFAULT false,
  -- Never under 7.
  min_score double precision NOT NULL DEFAULT 7 CHECK (min_score BETWEEN 7 AND 10),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE codegen_generations (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  -- Idempotency key of the call that began it.
  key text NOT NULL,
  conversation_id uuid NOT NULL,
  -- The run that works on it, or did last.
  run_id uuid NOT NULL,
  -- Who asked: "user:…" or "api-key:…".
  asked_by text,
  project text NOT NULL,
  folder text NOT NULL,
  request text NOT NULL,
  language text NOT NULL CHECK (language IN ('es', 'en')),
  options jsonb NOT NULL,
  stage text NOT NULL,
  result text,
  -- Why it ended so, where that needs a word.
  reason text,
  base jsonb NOT NULL,
  analysis jsonb,
  plan jsonb,
  round integer NOT NULL DEFAULT 1,
  -- US dollars.
  budget double precision NOT NULL,
  commit_hash text,
  branch text,
  approved_by text,
  approved_by_name text,
  -- What its files were before they were written, in a folder without git.
  before jsonb,
  merged text,
  reverted text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
CREATE INDEX codegen_generations_of_conversation ON codegen_generations (workspace_id, conversation_id, created_at);

CREATE TABLE codegen_tasks (
  workspace_id text NOT NULL,
  generation_id uuid NOT NULL,
  round integer NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('implementation', 'testing', 'documentation')),
  description text NOT NULL,
  -- [{"path": "…", "action": "create"}]
  files jsonb NOT NULL,
  depends_on jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'running', 'completed', 'failed', 'skipped', 'unaffordable', 'cancelled')),
  attempt integer NOT NULL DEFAULT 1,
  run_id uuid,
  reason text,
  cost double precision NOT NULL DEFAULT 0,
  -- What it wrote: {"path": {"hash": "…", "mode": 420}}, null for a file that it removes.
  changes jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, generation_id, round, id),
  FOREIGN KEY (workspace_id, generation_id) REFERENCES codegen_generations (workspace_id, id) ON DELETE CASCADE
);

-- Runs of roles: what each may read, and what it cost.
CREATE TABLE codegen_role_runs (
  workspace_id text NOT NULL,
  run_id uuid NOT NULL,
  generation_id uuid NOT NULL,
  role text NOT NULL,
  -- Seen over the base of the generation.
  changes jsonb NOT NULL,
  -- US dollars; NULL until it ended, and where its model has no price.
  cost double precision,
  PRIMARY KEY (workspace_id, run_id),
  FOREIGN KEY (workspace_id, generation_id) REFERENCES codegen_generations (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX codegen_role_runs_of_generation ON codegen_role_runs (workspace_id, generation_id);

CREATE TABLE codegen_rounds (
  workspace_id text NOT NULL,
  generation_id uuid NOT NULL,
  round integer NOT NULL,
  feedback text,
  tree text,
  changes jsonb NOT NULL DEFAULT '{}',
  report jsonb,
  review jsonb,
  score jsonb,
  PRIMARY KEY (workspace_id, generation_id, round),
  FOREIGN KEY (workspace_id, generation_id) REFERENCES codegen_generations (workspace_id, id) ON DELETE CASCADE
);

-- Contents of files, each once.
CREATE TABLE codegen_contents (
  workspace_id text NOT NULL,
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  content bytea NOT NULL,
  -- UTF-8 without a null character.
  is_text boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);

-- A writing of files that is under way: what each was, and will be.
CREATE TABLE codegen_journal (
  workspace_id text NOT NULL,
  id text NOT NULL,
  files jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Code that later plans are shown: approved in this workspace, or added from a folder.
CREATE TABLE codegen_examples (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  request text NOT NULL,
  -- Where it comes from, as people read it: a commit, or a file.
  source text NOT NULL,
  path text NOT NULL,
  content text NOT NULL,
  generation_id uuid,
  conversation_id uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, source, path)
);

CREATE VIEW codegen_code_generation_logs WITH (security_invoker = true) AS
SELECT g.id, g.created_at AS "timestamp", g.workspace_id, g.request AS user_request,
  (SELECT string_agg('# ' || c.key || E'\n' || CASE WHEN t.is_text THEN convert_from(t.content, 'UTF8') ELSE '(binary)' END, E'\n' ORDER BY c.key)
    FROM jsonb_each(r.changes) c JOIN codegen_contents t ON t.workspace_id = g.workspace_id AND t.hash = c.value->>'hash') AS generated_code,
  CASE WHEN g.result IN ('committed', 'written') THEN 'approved' WHEN g.result = 'rejected' THEN 'rejected' WHEN g.result IS NULL THEN 'pending'
    ELSE g.result END AS approval_status,
  (r.score->>'value')::double precision AS quality_score,
  jsonb_build_object('project', g.project, 'stage', g.stage, 'analysis', g.analysis, 'plan', g.plan, 'round', g.round, 'score', r.score, 'tests', r.report->'tests',
    'approved_by', g.approved_by_name, 'tree', r.tree, 'commit', g.commit_hash, 'branch', g.branch, 'cost', s.spent, 'reason', g.reason) AS metadata,
  g.project, g.stage, g.result, g.commit_hash, r.tree AS tree_hash, s.spent AS cost, g.run_id, g.conversation_id
FROM codegen_generations g LEFT JOIN codegen_rounds r ON r.workspace_id = g.workspace_id AND r.generation_id = g.id AND r.round = g.round
  CROSS JOIN LATERAL (SELECT COALESCE(sum(c.cost), 0) AS spent FROM codegen_role_runs c WHERE c.workspace_id = g.workspace_id AND c.generation_id = g.id) s;

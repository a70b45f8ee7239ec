-- Learning platforms that students come from by LTI 1.3, grades that go back to them, and learning record stores that hear what happens.
CREATE TABLE tutor_lti_platforms (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  issuer text NOT NULL CHECK (issuer <> ''),
  client_id text NOT NULL CHECK (client_id <> ''),
  authorization_url text NOT NULL,
  token_url text NOT NULL,
  jwks_url text NOT NULL,
  -- Whom a request for a token is addressed to; NULL: the address of the token.
  token_audience text,
  active boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name),
  UNIQUE (workspace_id, issuer, client_id)
);

CREATE TABLE tutor_lti_deployments (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  platform_id uuid NOT NULL,
  -- As the platform calls it.
  deployment text NOT NULL CHECK (deployment <> ''),
  -- What new contexts of it are linked to; NULL: somebody links each.
  course_id uuid,
  active boolean NOT NULL DEFAULT true,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, platform_id, deployment),
  FOREIGN KEY (workspace_id, platform_id) REFERENCES tutor_lti_platforms (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, course_id) REFERENCES tutor_courses (workspace_id, id)
);

-- Courses of the platforms, by what those call contexts.
CREATE TABLE tutor_lti_contexts (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  deployment_id uuid NOT NULL,
  context text NOT NULL,
  title text NOT NULL DEFAULT '',
  course_id uuid,
  memberships_url text,
  lineitems_url text,
  scopes text[] NOT NULL DEFAULT '{}',
  roster_due_at timestamptz,
  roster_at timestamptz,
  roster_fault text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, deployment_id, context),
  FOREIGN KEY (workspace_id, deployment_id) REFERENCES tutor_lti_deployments (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, course_id) REFERENCES tutor_courses (workspace_id, id) ON DELETE CASCADE
);

-- Links to exercises in the courses of the platforms.
CREATE TABLE tutor_lti_links (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  context_id uuid NOT NULL,
  resource_link text NOT NULL,
  exercise_id uuid NOT NULL,
  -- Where its grades go.
  lineitem_url text,
  scopes text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, context_id, resource_link),
  FOREIGN KEY (workspace_id, context_id) REFERENCES tutor_lti_contexts (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, exercise_id) REFERENCES tutor_exercises (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_lti_links_of_exercise ON tutor_lti_links (workspace_id, exercise_id);

-- Who somebody is at a platform.
CREATE TABLE tutor_lti_people (
  workspace_id text NOT NULL,
  platform_id uuid NOT NULL,
  subject text NOT NULL,
  person text NOT NULL CHECK (person ~ '^user:[0-9a-f-]{36}$'),
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, platform_id, subject),
  FOREIGN KEY (workspace_id, platform_id) REFERENCES tutor_lti_platforms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_lti_people_by_person ON tutor_lti_people (workspace_id, person);

-- Launches under way. A row is good for some minutes, for one launch and one entry.
CREATE TABLE tutor_lti_launches (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  -- Digests: the texts themselves are known to the browser alone.
  state_hash text NOT NULL,
  browser_hash text NOT NULL,
  nonce text NOT NULL,
  platform_id uuid NOT NULL,
  -- What the platform sent, to begin anew in a window of its own; where the page around it keeps data for us.
  login jsonb NOT NULL,
  -- Sealed: what the platform says of the person, until the browser is known to be the one that began.
  claims text,
  launched_at timestamptz,
  entered_at timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, state_hash),
  FOREIGN KEY (workspace_id, platform_id) REFERENCES tutor_lti_platforms (workspace_id, id) ON DELETE CASCADE
);

-- Our own keys.
CREATE TABLE tutor_lti_keys (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  -- Sealed.
  private_key text NOT NULL,
  public_key jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Invitations to register as a platform.
CREATE TABLE tutor_lti_registrations (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  token_hash text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, token_hash)
);

-- The grade that a platform should have of a person who came by a link. `wanted_at` names the score: sent again it is the same one.
CREATE TABLE tutor_lti_scores (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  link_id uuid NOT NULL,
  person text NOT NULL,
  subject text NOT NULL,
  points numeric(10, 2),
  highest_points numeric(10, 2),
  wanted_at timestamptz NOT NULL,
  -- none: they came, and submitted nothing yet. unknown: the answer was lost, and what became of it is looked up. refused: not sent again by itself.
  state text NOT NULL DEFAULT 'none' CHECK (state IN ('none', 'waiting', 'sending', 'sent', 'unknown', 'refused')),
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  fault text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, link_id, person),
  FOREIGN KEY (workspace_id, link_id) REFERENCES tutor_lti_links (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_lti_scores_due ON tutor_lti_scores (workspace_id, next_at) WHERE state IN ('waiting', 'sending', 'unknown');
CREATE INDEX tutor_lti_scores_of_person ON tutor_lti_scores (workspace_id, person);

CREATE TABLE tutor_xapi_stores (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  endpoint text NOT NULL,
  user_name text NOT NULL,
  -- Sealed.
  secret text NOT NULL DEFAULT '',
  -- Sealed: what pseudonyms are drawn with.
  pseudonym_key text NOT NULL,
  protocol text NOT NULL DEFAULT '1.0.3' CHECK (protocol IN ('1.0.3', '2.0.0')),
  active boolean NOT NULL DEFAULT true,
  -- Nothing is sent before.
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  failures integer NOT NULL DEFAULT 0,
  fault text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, name)
);

-- Statements that a store does not have yet. Stored ones are deleted; refused ones stay until somebody sends them again or drops them.
CREATE TABLE tutor_xapi_statements (
  workspace_id text NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  store_id uuid NOT NULL,
  event_id text NOT NULL,
  person text NOT NULL,
  kind text NOT NULL,
  refused boolean NOT NULL DEFAULT false,
  fault text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, store_id, event_id),
  FOREIGN KEY (workspace_id, store_id) REFERENCES tutor_xapi_stores (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_xapi_statements_waiting ON tutor_xapi_statements (workspace_id, store_id, created_at) WHERE NOT refused;

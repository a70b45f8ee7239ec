-- What the tutor keeps: courses with their activities, exercises and tests; who is in them; the work of students, and what happened, as events.
CREATE TABLE tutor_courses (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  title text NOT NULL CHECK (title <> ''),
  description text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT 'es' CHECK (language IN ('es', 'en')),
  -- Programme of studies, for terms that hold in all of its courses.
  programme text,
  -- Everybody in the workspace may work in it; they are enrolled with their first exercise.
  open boolean NOT NULL DEFAULT false,
  active boolean NOT NULL DEFAULT true,
  sample boolean NOT NULL DEFAULT false,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code)
);

CREATE TABLE tutor_activities (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  title text NOT NULL CHECK (title <> ''),
  objectives text[] NOT NULL DEFAULT '{}',
  mode text NOT NULL DEFAULT 'socratic' CHECK (mode IN ('socratic', 'explaining', 'guided', 'metacognitive')),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
  -- Submissions without a wait; each further one waits twice as long as the one before. NULL: as many as they like.
  free_attempts integer NOT NULL DEFAULT 3 CHECK (free_attempts >= 1),
  backoff_seconds integer NOT NULL DEFAULT 30 CHECK (backoff_seconds BETWEEN 0 AND 86400),
  most_attempts integer CHECK (most_attempts >= 1),
  -- Thresholds of signals that differ from the rows' own: {"row": {"threshold": 3}}.
  thresholds jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(thresholds) = 'object'),
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code),
  FOREIGN KEY (workspace_id, course_id) REFERENCES tutor_courses (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_activities_of_course ON tutor_activities (workspace_id, course_id);

CREATE TABLE tutor_exercises (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  activity_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  title text NOT NULL CHECK (title <> ''),
  language text NOT NULL DEFAULT 'python' CHECK (language IN ('python', 'javascript', 'c', 'cpp', 'java')),
  statement text NOT NULL DEFAULT '',
  starter_code text NOT NULL DEFAULT '',
  entry text NOT NULL DEFAULT 'main.py' CHECK (entry ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$'),
  reference_programs text[] NOT NULL DEFAULT '{}',
  rubric text NOT NULL DEFAULT '',
  -- In the teacher's words: [{"kind": "concept", "es": "…", "en": "…", "when": "timeout"}].
  hints jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(hints) = 'array'),
  tags text[] NOT NULL DEFAULT '{}',
  minutes integer CHECK (minutes >= 1),
  active boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, code),
  FOREIGN KEY (workspace_id, activity_id) REFERENCES tutor_activities (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_exercises_of_activity ON tutor_exercises (workspace_id, activity_id);

CREATE TABLE tutor_tests (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  exercise_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  kind text NOT NULL DEFAULT 'call' CHECK (kind IN ('stdio', 'call', 'property')),
  visible boolean NOT NULL DEFAULT false,
  category text,
  points numeric(8, 2) NOT NULL DEFAULT 1 CHECK (points > 0),
  input text NOT NULL DEFAULT '',
  expression text NOT NULL DEFAULT '',
  -- A text for `stdio`, any JSON for `call`.
  expected jsonb,
  compare text NOT NULL DEFAULT 'trimmed' CHECK (compare IN ('exact', 'trimmed', 'tokens', 'numbers', 'pattern')),
  property jsonb,
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, exercise_id, code),
  FOREIGN KEY (workspace_id, exercise_id) REFERENCES tutor_exercises (workspace_id, id) ON DELETE CASCADE,
  CHECK (kind <> 'stdio' OR jsonb_typeof(expected) = 'string'),
  CHECK (kind = 'stdio' OR expression <> ''),
  CHECK (kind <> 'property' OR jsonb_typeof(property) = 'object')
);

-- `person` is "user:" and the id of a user; where nobody with an account asks, "conversation:" and the id of the conversation.
CREATE TABLE tutor_enrolments (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  person text NOT NULL CHECK (person ~ '^(user|conversation):[0-9a-f-]{36}$'),
  name text NOT NULL DEFAULT '',
  role text NOT NULL DEFAULT 'student' CHECK (role IN ('student', 'teacher')),
  class_group text NOT NULL DEFAULT '',
  -- Set by a teacher for this student; NULL: as the terms say.
  help_level text CHECK (help_level IN ('none', 'low', 'medium', 'high')),
  created_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, course_id, person),
  FOREIGN KEY (workspace_id, course_id) REFERENCES tutor_courses (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX tutor_enrolments_of_person ON tutor_enrolments (workspace_id, person);

-- Which exercise a conversation is about.
CREATE TABLE tutor_desks (
  workspace_id text NOT NULL,
  conversation_id uuid NOT NULL,
  person text NOT NULL,
  exercise_id uuid,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, conversation_id)
);

-- Where a student stands in an exercise.
CREATE TABLE tutor_work (
  workspace_id text NOT NULL,
  person text NOT NULL,
  exercise_id uuid NOT NULL,
  code text NOT NULL DEFAULT '',
  -- As the student saw it: nothing of hidden tests but their categories.
  result jsonb,
  -- Hints of the ladder that were given since the failing test is this one.
  step integer NOT NULL DEFAULT 0 CHECK (step >= 0),
  failing text NOT NULL DEFAULT '',
  failing_since timestamptz,
  hints integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  submitted_at timestamptz,
  plan text NOT NULL DEFAULT '',
  passed_at timestamptz,
  opened_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, person, exercise_id),
  FOREIGN KEY (workspace_id, exercise_id) REFERENCES tutor_exercises (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE tutor_submissions (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  -- Of the call that made it: made again it is the same submission.
  key text NOT NULL,
  person text NOT NULL,
  course_id uuid NOT NULL,
  activity_id uuid NOT NULL,
  exercise_id uuid NOT NULL,
  code text NOT NULL,
  attempt integer NOT NULL,
  points numeric(10, 2),
  highest_points numeric(10, 2),
  passed_all boolean,
  -- Raised with each grading.
  grading integer NOT NULL DEFAULT 0,
  graded_at timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, key)
);
CREATE INDEX tutor_submissions_of_exercise ON tutor_submissions (workspace_id, exercise_id, created_at);
CREATE INDEX tutor_submissions_of_person ON tutor_submissions (workspace_id, person, created_at);

CREATE TABLE tutor_outcomes (
  workspace_id text NOT NULL,
  submission_id uuid NOT NULL,
  test_id uuid NOT NULL,
  verdict text NOT NULL,
  PRIMARY KEY (workspace_id, submission_id, test_id),
  FOREIGN KEY (workspace_id, submission_id) REFERENCES tutor_submissions (workspace_id, id) ON DELETE CASCADE
);

-- What happened in the work of students: traces, risks and evaluations are made of these.
CREATE TABLE tutor_events (
  workspace_id text NOT NULL,
  -- The same cause has the same id: told twice it is there once.
  id text NOT NULL,
  at timestamptz NOT NULL,
  person text NOT NULL,
  course_id uuid NOT NULL,
  activity_id uuid NOT NULL,
  exercise_id uuid,
  kind text NOT NULL,
  -- The members of the event that are its kind's own.
  data jsonb NOT NULL,
  conversation_id uuid,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX tutor_events_of_person ON tutor_events (workspace_id, course_id, person, at);

-- Terms of help by level; what is NULL a level leaves open.
CREATE TABLE tutor_terms (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  level text NOT NULL CHECK (level IN ('institution', 'programme', 'course', 'activity')),
  programme text,
  course_id uuid,
  activity_id uuid,
  help_level text CHECK (help_level IN ('none', 'low', 'medium', 'high')),
  block_whole_solutions boolean,
  allow_fixing_edits boolean,
  require_plan boolean,
  allow_code_fragments boolean,
  allow_pseudo_code boolean,
  avoid text[] NOT NULL DEFAULT '{}',
  proactive_help boolean,
  requests_per_day integer CHECK (requests_per_day >= 0),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE NULLS NOT DISTINCT (workspace_id, level, programme, course_id, activity_id),
  FOREIGN KEY (workspace_id, course_id) REFERENCES tutor_courses (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, activity_id) REFERENCES tutor_activities (workspace_id, id) ON DELETE CASCADE,
  CHECK ((level = 'programme') = (programme IS NOT NULL)),
  CHECK ((level = 'course') = (course_id IS NOT NULL)),
  CHECK ((level = 'activity') = (activity_id IS NOT NULL))
);

-- Exercises whose submissions are graded again, after their tests were changed.
CREATE TABLE tutor_regrades (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  exercise_id uuid NOT NULL,
  -- Submissions up to then.
  until timestamptz NOT NULL,
  total integer NOT NULL DEFAULT 0,
  done integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  -- The last one that is done: the next goes on after it.
  after_at timestamptz,
  after_id uuid,
  finished_at timestamptz,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, exercise_id) REFERENCES tutor_exercises (workspace_id, id) ON DELETE CASCADE
);

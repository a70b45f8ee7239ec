-- Money in nano-dollars: integers, so that sums are exact. Numeric, since no sum of reservations may overflow.
CREATE TABLE budgets (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  scope text NOT NULL CHECK (scope IN ('workspace', 'api-key', 'user', 'agent', 'run')),
  -- Whose; '*' is each one for itself.
  subject text NOT NULL DEFAULT '*',
  period text NOT NULL CHECK (period IN ('day', 'month', 'run')),
  money numeric(30, 0) CHECK (money >= 0),
  tokens bigint CHECK (tokens >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (money IS NOT NULL OR tokens IS NOT NULL),
  CHECK ((scope = 'run') = (period = 'run')),
  UNIQUE (workspace_id, scope, subject, period)
);
--> statement-breakpoint
SELECT timonel_protect('budgets');
--> statement-breakpoint
-- What is used of a budget by one subject in one period: settled and reserved together, so that one comparison decides. These are the rows
-- that all calls of a workspace meet in.
CREATE TABLE budget_counters (
  workspace_id text NOT NULL,
  budget_id uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
  -- The period as the workspace's calendar names it: 2026-11-21, 2026-11, run.
  span text NOT NULL,
  subject text NOT NULL,
  money numeric(30, 0) NOT NULL DEFAULT 0,
  tokens bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (budget_id, span, subject)
) WITH (fillfactor = 50);
--> statement-breakpoint
SELECT timonel_protect('budget_counters');
--> statement-breakpoint
-- What calls under way may still give back. A reservation that nobody settled (its process died) stays in the counter for good: the call may
-- have been made, and paid for.
CREATE TABLE budget_reservations (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  budget_id uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
  span text NOT NULL,
  subject text NOT NULL,
  money numeric(30, 0) NOT NULL,
  tokens bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (id, budget_id)
);
--> statement-breakpoint
SELECT timonel_protect('budget_reservations');
--> statement-breakpoint
CREATE INDEX budget_reservations_by_counter ON budget_reservations (budget_id, span, subject);
--> statement-breakpoint
-- Reserves for calls, each wholly or not at all, in the order given. Answers with the refused ones and the first budget that refused each.
-- All counters are locked first and in one order, so that two of these never wait for each other.
CREATE FUNCTION timonel_reserve(calls jsonb, at timestamptz)
RETURNS TABLE (
  call_id uuid, budget_id uuid, limit_money numeric, limit_tokens bigint,
  used_money numeric, used_tokens bigint, reserved_money numeric, reserved_tokens bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  one record;
  refusal record;
BEGIN
  INSERT INTO budget_counters (workspace_id, budget_id, span, subject)
  SELECT DISTINCT b.workspace_id, b.id, k.span, k.subject
  FROM jsonb_to_recordset(calls) AS c(workspace text, budgets jsonb)
  CROSS JOIN LATERAL jsonb_to_recordset(c.budgets) AS k(id uuid, span text, subject text)
  JOIN budgets b ON b.id = k.id AND b.workspace_id = c.workspace
  ORDER BY b.id, k.span, k.subject
  ON CONFLICT DO NOTHING;

  PERFORM 1 FROM budget_counters t
  WHERE (t.budget_id, t.span, t.subject) IN (
    SELECT k.id, k.span, k.subject
    FROM jsonb_to_recordset(calls) AS c(budgets jsonb)
    CROSS JOIN LATERAL jsonb_to_recordset(c.budgets) AS k(id uuid, span text, subject text))
  ORDER BY t.budget_id, t.span, t.subject
  FOR UPDATE;

  FOR one IN
    SELECT * FROM jsonb_to_recordset(calls)
      AS c(id uuid, workspace text, money numeric, tokens bigint, expires timestamptz, budgets jsonb)
  LOOP
    SELECT b.id, b.money AS limit_money, b.tokens AS limit_tokens, t.money, t.tokens, t.span, t.subject INTO refusal
    FROM jsonb_to_recordset(one.budgets) AS k(id uuid, span text, subject text, position integer)
    JOIN budgets b ON b.id = k.id AND b.workspace_id = one.workspace
    JOIN budget_counters t ON t.budget_id = k.id AND t.span = k.span AND t.subject = k.subject
    WHERE (b.money IS NOT NULL AND (one.money IS NULL OR t.money + one.money > b.money)) OR t.tokens + one.tokens > b.tokens
    ORDER BY k.position
    LIMIT 1;
    IF FOUND THEN
      RETURN QUERY
        SELECT one.id, refusal.id, refusal.limit_money, refusal.limit_tokens, refusal.money, refusal.tokens,
          coalesce(sum(r.money), 0), coalesce(sum(r.tokens), 0)::bigint
        FROM budget_reservations r
        WHERE r.budget_id = refusal.id AND r.span = refusal.span AND r.subject = refusal.subject AND r.expires_at > at;
      CONTINUE;
    END IF;
    WITH counted AS (
      UPDATE budget_counters t SET money = t.money + coalesce(one.money, 0), tokens = t.tokens + one.tokens, updated_at = at
      FROM jsonb_to_recordset(one.budgets) AS k(id uuid, span text, subject text)
      JOIN budgets b ON b.id = k.id AND b.workspace_id = one.workspace
      WHERE t.budget_id = k.id AND t.span = k.span AND t.subject = k.subject
      RETURNING t.budget_id, t.span, t.subject
    )
    INSERT INTO budget_reservations (workspace_id, id, budget_id, span, subject, money, tokens, expires_at)
    SELECT one.workspace, one.id, c.budget_id, c.span, c.subject, coalesce(one.money, 0), one.tokens, one.expires FROM counted c;
  END LOOP;
END $$;
--> statement-breakpoint
-- Puts what calls really used in the place of what was reserved for them. One that was settled before has no reservation left: nothing happens.
CREATE FUNCTION timonel_settle(calls jsonb, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM budget_counters t
  WHERE (t.budget_id, t.span, t.subject) IN (
    SELECT r.budget_id, r.span, r.subject
    FROM jsonb_to_recordset(calls) AS c(id uuid) JOIN budget_reservations r ON r.id = c.id)
  ORDER BY t.budget_id, t.span, t.subject
  FOR UPDATE;

  WITH gone AS (
    DELETE FROM budget_reservations r
    USING jsonb_to_recordset(calls) AS c(id uuid, workspace text, money numeric, tokens bigint)
    WHERE r.id = c.id AND r.workspace_id = c.workspace
    RETURNING r.budget_id, r.span, r.subject, coalesce(c.money, r.money) - r.money AS money, coalesce(c.tokens, r.tokens) - r.tokens AS tokens
  ), totals AS (
    SELECT g.budget_id, g.span, g.subject, sum(g.money) AS money, sum(g.tokens) AS tokens FROM gone g GROUP BY 1, 2, 3
  )
  UPDATE budget_counters t SET money = t.money + s.money, tokens = t.tokens + s.tokens, updated_at = at
  FROM totals s
  WHERE t.budget_id = s.budget_id AND t.span = s.span AND t.subject = s.subject;
END $$;

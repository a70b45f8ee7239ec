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
-- What a process holds of a counter, to grant calls from without asking: `taken` from the counter so far, `spent` and `returned` of that. The
-- process counts all three up and never down, so that a statement whose answer was lost can simply be sent again. What a dead process held
-- stays in the counter for good: its calls may have been made, and paid for.
CREATE TABLE budget_allotments (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  budget_id uuid NOT NULL REFERENCES budgets ON DELETE CASCADE,
  span text NOT NULL,
  subject text NOT NULL,
  taken_money numeric(30, 0) NOT NULL,
  taken_tokens bigint NOT NULL,
  spent_money numeric(30, 0) NOT NULL,
  spent_tokens bigint NOT NULL,
  returned_money numeric(30, 0) NOT NULL,
  returned_tokens bigint NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
--> statement-breakpoint
SELECT timonel_protect('budget_allotments');
--> statement-breakpoint
CREATE INDEX budget_allotments_by_counter ON budget_allotments (budget_id, span, subject);
--> statement-breakpoint
-- For the allotments of one process: books what was spent and returned since it last asked, then decides its calls, each wholly or not at all and
-- in the order given, then lets it take what it wants for calls to come, up to a hundredth of what is left and never less than one call; where
-- not even that fits into a hundredth, nothing (`tight`). Answers with one row per allotment whose budget is still there, and one per refused
-- call with the first budget that refused it. All counters are locked first and in one order, so that two of these never wait for each other.
CREATE FUNCTION timonel_allot(accounts jsonb, calls jsonb, at timestamptz)
RETURNS TABLE (
  call_id uuid, account_id uuid, limit_money numeric, limit_tokens bigint, used_money numeric, used_tokens bigint,
  reserved_money numeric, reserved_tokens bigint, taken_money numeric, taken_tokens bigint, tight boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  one record;
  refusal record;
BEGIN
  INSERT INTO budget_counters (workspace_id, budget_id, span, subject)
  SELECT b.workspace_id, b.id, a.span, a.subject
  FROM jsonb_to_recordset(accounts) AS a(workspace text, budget uuid, span text, subject text)
  JOIN budgets b ON b.id = a.budget AND b.workspace_id = a.workspace
  ORDER BY b.id, a.span, a.subject
  ON CONFLICT DO NOTHING;

  PERFORM 1 FROM budget_counters t
  WHERE (t.budget_id, t.span, t.subject) IN (
    SELECT a.budget, a.span, a.subject FROM jsonb_to_recordset(accounts) AS a(budget uuid, span text, subject text))
  ORDER BY t.budget_id, t.span, t.subject
  FOR UPDATE;

  -- A row that is not there was never made, or nothing was left in it.
  INSERT INTO budget_allotments (workspace_id, id, budget_id, span, subject, taken_money, taken_tokens, spent_money, spent_tokens,
    returned_money, returned_tokens, expires_at)
  SELECT b.workspace_id, a.id, b.id, a.span, a.subject, a.spent_money + a.returned_money, a.spent_tokens + a.returned_tokens,
    a.spent_money, a.spent_tokens, a.returned_money, a.returned_tokens, at
  FROM jsonb_to_recordset(accounts) AS a(id uuid, workspace text, budget uuid, span text, subject text, spent_money numeric,
    spent_tokens bigint, returned_money numeric, returned_tokens bigint)
  JOIN budgets b ON b.id = a.budget AND b.workspace_id = a.workspace
  ON CONFLICT DO NOTHING;

  -- Calls that used more than was held for them are counted all the same.
  WITH told AS (
    SELECT r.id, r.taken_money, r.taken_tokens, r.returned_money, r.returned_tokens,
      greatest(r.spent_money, a.spent_money) AS now_spent_money, greatest(r.spent_tokens, a.spent_tokens) AS now_spent_tokens,
      greatest(r.returned_money, a.returned_money) AS now_returned_money,
      greatest(r.returned_tokens, a.returned_tokens) AS now_returned_tokens
    FROM jsonb_to_recordset(accounts) AS a(id uuid, workspace text, spent_money numeric, spent_tokens bigint, returned_money numeric,
      returned_tokens bigint)
    JOIN budget_allotments r ON r.id = a.id AND r.workspace_id = a.workspace
  ), booked AS (
    UPDATE budget_allotments r SET
      taken_money = greatest(r.taken_money, b.now_spent_money + b.now_returned_money),
      taken_tokens = greatest(r.taken_tokens, b.now_spent_tokens + b.now_returned_tokens),
      spent_money = b.now_spent_money, spent_tokens = b.now_spent_tokens,
      returned_money = b.now_returned_money, returned_tokens = b.now_returned_tokens,
      expires_at = at + interval '15 minutes'
    FROM told b WHERE r.id = b.id
    RETURNING r.budget_id, r.span, r.subject,
      (r.taken_money - r.returned_money) - (b.taken_money - b.returned_money) AS money,
      (r.taken_tokens - r.returned_tokens) - (b.taken_tokens - b.returned_tokens) AS tokens
  )
  UPDATE budget_counters t SET money = t.money + b.money, tokens = t.tokens + b.tokens, updated_at = at
  FROM booked b WHERE t.budget_id = b.budget_id AND t.span = b.span AND t.subject = b.subject;

  FOR one IN
    SELECT * FROM jsonb_to_recordset(calls) AS c(id uuid, workspace text, money numeric, tokens bigint, accounts uuid[])
  LOOP
    SELECT r.id, b.id AS budget_id, b.money AS limit_money, b.tokens AS limit_tokens, t.money, t.tokens, r.span, r.subject INTO refusal
    FROM unnest(one.accounts) WITH ORDINALITY AS k(id, position)
    JOIN budget_allotments r ON r.id = k.id AND r.workspace_id = one.workspace
    JOIN budgets b ON b.id = r.budget_id
    JOIN budget_counters t ON t.budget_id = r.budget_id AND t.span = r.span AND t.subject = r.subject
    WHERE (b.money IS NOT NULL AND (one.money IS NULL OR t.money + one.money > b.money)) OR t.tokens + one.tokens > b.tokens
    ORDER BY k.position
    LIMIT 1;
    IF FOUND THEN
      RETURN QUERY
        SELECT one.id, refusal.id, refusal.limit_money, refusal.limit_tokens, refusal.money, refusal.tokens,
          coalesce(sum(r.taken_money - r.spent_money - r.returned_money), 0),
          coalesce(sum(r.taken_tokens - r.spent_tokens - r.returned_tokens), 0)::bigint, NULL::numeric, NULL::bigint, NULL::boolean
        FROM budget_allotments r
        WHERE r.budget_id = refusal.budget_id AND r.span = refusal.span AND r.subject = refusal.subject AND r.expires_at > at;
      CONTINUE;
    END IF;
    WITH taken AS (
      UPDATE budget_allotments r SET taken_money = r.taken_money + coalesce(one.money, 0), taken_tokens = r.taken_tokens + one.tokens
      WHERE r.id = ANY (one.accounts) AND r.workspace_id = one.workspace
      RETURNING r.budget_id, r.span, r.subject
    )
    UPDATE budget_counters t SET money = t.money + coalesce(one.money, 0), tokens = t.tokens + one.tokens
    FROM taken k WHERE t.budget_id = k.budget_id AND t.span = k.span AND t.subject = k.subject;
  END LOOP;

  WITH granted AS (
    SELECT r.id, r.budget_id, r.span, r.subject,
      greatest(0, least(a.want_money, floor((b.money - t.money) / 100) - a.kept_money)) AS money,
      greatest(0, least(a.want_tokens, (b.tokens - t.tokens) / 100 - a.kept_tokens)) AS tokens
    FROM jsonb_to_recordset(accounts) AS a(id uuid, workspace text, want_money numeric, want_tokens bigint, kept_money numeric,
      kept_tokens bigint, call_money numeric, call_tokens bigint)
    JOIN budget_allotments r ON r.id = a.id AND r.workspace_id = a.workspace
    JOIN budgets b ON b.id = r.budget_id
    JOIN budget_counters t ON t.budget_id = r.budget_id AND t.span = r.span AND t.subject = r.subject
    WHERE (a.want_money > 0 OR a.want_tokens > 0)
      AND coalesce(b.money - t.money >= 100 * a.call_money, true) AND coalesce(b.tokens - t.tokens >= 100 * a.call_tokens, true)
  ), taken AS (
    UPDATE budget_allotments r SET taken_money = r.taken_money + g.money, taken_tokens = r.taken_tokens + g.tokens
    FROM granted g WHERE r.id = g.id
  )
  UPDATE budget_counters t SET money = t.money + g.money, tokens = t.tokens + g.tokens
  FROM granted g WHERE t.budget_id = g.budget_id AND t.span = g.span AND t.subject = g.subject;

  RETURN QUERY
    SELECT NULL::uuid, r.id, b.money, b.tokens, t.money, t.tokens, NULL::numeric, NULL::bigint, r.taken_money, r.taken_tokens,
      coalesce(b.money - t.money < 100 * a.call_money, false) OR coalesce(b.tokens - t.tokens < 100 * a.call_tokens, false)
    FROM jsonb_to_recordset(accounts) AS a(id uuid, workspace text, call_money numeric, call_tokens bigint)
    JOIN budget_allotments r ON r.id = a.id AND r.workspace_id = a.workspace
    JOIN budgets b ON b.id = r.budget_id
    JOIN budget_counters t ON t.budget_id = r.budget_id AND t.span = r.span AND t.subject = r.subject;

  DELETE FROM budget_allotments r
  USING jsonb_to_recordset(accounts) AS a(id uuid, workspace text, closing boolean)
  WHERE a.closing AND r.id = a.id AND r.workspace_id = a.workspace
    AND r.taken_money = r.spent_money + r.returned_money AND r.taken_tokens = r.spent_tokens + r.returned_tokens;
END $$;

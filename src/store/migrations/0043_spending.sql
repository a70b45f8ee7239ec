-- What calls to models cost, by the hour (UTC) in which they ended. A process counts its own rows up and never down, so that a statement whose
-- answer was lost can simply be sent again.
CREATE TABLE spending (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL,
  hour timestamptz NOT NULL,
  -- NULL: asked for at the gateway, without an agent.
  agent text,
  -- provider/model
  model text NOT NULL,
  user_id text,
  key_id text,
  calls bigint NOT NULL,
  tokens bigint NOT NULL,
  -- Nano-dollars.
  money numeric(30, 0) NOT NULL,
  -- Calls to a model without a price, which count as free.
  unpriced bigint NOT NULL
) WITH (fillfactor = 70);
--> statement-breakpoint
SELECT timonel_protect('spending');
--> statement-breakpoint
CREATE INDEX spending_by_hour ON spending (workspace_id, hour);

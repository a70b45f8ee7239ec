-- Whether a conversation of this agent on this connection is within the limits of a member: {"agents": [...], "connections": [...]}, of which
-- a member that is absent limits nothing. A conversation on no connection is outside of a limit by connection.
CREATE FUNCTION timonel_within(limits jsonb, agent text, connection uuid) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT (NOT limits ? 'agents' OR COALESCE(limits->'agents' ? agent, false))
    AND (NOT limits ? 'connections' OR COALESCE(limits->'connections' ? connection::text, false))
$$;
--> statement-breakpoint
-- The connection of a conversation. That of a run which another run started has none of its own: it counts to the first run of its family.
CREATE FUNCTION timonel_connection_of(conversation uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE up AS (
    SELECT conversation AS id
    UNION
    SELECT p.conversation_id FROM up JOIN runs r ON r.conversation_id = up.id AND r.parent_run IS NOT NULL JOIN runs p ON p.id = r.parent_run
  )
  SELECT c.connection_id FROM up JOIN conversations c ON c.id = up.id WHERE c.connection_id IS NOT NULL LIMIT 1
$$;
--> statement-breakpoint
-- Where a workspace is told of what happens (Standard Webhooks). `secrets` is sealed for this row.
CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  workspace_id text NOT NULL REFERENCES workspaces,
  url text NOT NULL,
  events text[] NOT NULL,
  secrets text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
--> statement-breakpoint
SELECT timonel_private('webhook_endpoints');
--> statement-breakpoint
CREATE INDEX webhook_endpoints_by_workspace ON webhook_endpoints (workspace_id);
--> statement-breakpoint
-- An event for an endpoint: stored with the event itself, put into the queue afterwards. `id` is the webhook-id of every attempt.
CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  workspace_id text NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  event text NOT NULL,
  data jsonb NOT NULL,
  -- What several processes see is told once.
  once text,
  state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'queued', 'delivered', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  -- What the endpoint answered last, or why it did not.
  status integer,
  error text,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  queued_at timestamptz,
  ended_at timestamptz,
  UNIQUE (endpoint_id, once)
);
--> statement-breakpoint
SELECT timonel_private('webhook_deliveries');
--> statement-breakpoint
CREATE INDEX webhook_deliveries_stored ON webhook_deliveries (sequence) WHERE state = 'stored';
--> statement-breakpoint
CREATE INDEX webhook_deliveries_by_workspace ON webhook_deliveries (workspace_id, sequence DESC);
--> statement-breakpoint
-- Whoever changes a row of which endpoints are told has stored that, in the same transaction and without a round trip more. With the rights
-- of the owner: what an agent does in a workspace transaction is told too, and its code sees no endpoint.
CREATE FUNCTION timonel_webhook_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET timonel.workspace = '*' AS $$
DECLARE
  told jsonb;
  data jsonb;
BEGIN
  IF NOT EXISTS (SELECT FROM webhook_endpoints e WHERE e.workspace_id = NEW.workspace_id AND e.disabled_at IS NULL AND TG_ARGV[0] = ANY(e.events)) THEN
    RETURN NULL;
  END IF;
  told := to_jsonb(NEW);
  data := CASE TG_ARGV[0]
    WHEN 'run.ended' THEN jsonb_build_object('runId', told->'id', 'conversationId', told->'conversation_id', 'parentRun', told->'parent_run', 'turn', told->'turn',
      'agent', told->'agent', 'agentVersion', told->'agent_version', 'outcome', told->'outcome', 'error', told->'error'->'code')
    WHEN 'approval.waiting' THEN jsonb_build_object('runId', told->'run_id', 'callId', told->'call_id', 'conversationId', told->'conversation_id',
      'tool', told->'tool', 'rule', told->'rule')
    WHEN 'handoff.waiting' THEN jsonb_build_object('handoffId', told->'id', 'conversationId', told->'conversation_id', 'agent', told->'agent',
      'reason', told->'reason', 'priority', told->'priority', 'waitingSince', told->'waiting_since', 'dueAt', told->'due_at')
    ELSE jsonb_build_object('deliveryId', told->'id', 'connectionId', told->'connection_id', 'conversationId', told->'conversation_id',
      'runId', told->'run_id', 'state', told->'state', 'status', told->'status', 'error', told->'error'->'code')
  END;
  INSERT INTO webhook_deliveries (workspace_id, endpoint_id, event, data)
  SELECT e.workspace_id, e.id, TG_ARGV[0], data FROM webhook_endpoints e
  WHERE e.workspace_id = NEW.workspace_id AND e.disabled_at IS NULL AND TG_ARGV[0] = ANY(e.events);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER run_ended AFTER UPDATE OF status ON runs
  FOR EACH ROW WHEN (NEW.status = 'finished' AND OLD.status <> 'finished') EXECUTE FUNCTION timonel_webhook_due('run.ended');
--> statement-breakpoint
CREATE TRIGGER approval_asked AFTER INSERT ON approvals
  FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION timonel_webhook_due('approval.waiting');
--> statement-breakpoint
CREATE TRIGGER approval_asked_again AFTER UPDATE OF status ON approvals
  FOR EACH ROW WHEN (NEW.status = 'pending' AND OLD.status <> 'pending') EXECUTE FUNCTION timonel_webhook_due('approval.waiting');
--> statement-breakpoint
-- People are told of a hand-off outside of their quiet hours, and endpoints with them.
CREATE TRIGGER handoff_told AFTER UPDATE OF notified_at ON handoffs
  FOR EACH ROW WHEN (NEW.notified_at IS NOT NULL AND OLD.notified_at IS NULL) EXECUTE FUNCTION timonel_webhook_due('handoff.waiting');
--> statement-breakpoint
CREATE TRIGGER delivery_failed AFTER UPDATE OF state, status ON channel_deliveries
  FOR EACH ROW WHEN ((NEW.state IN ('refused', 'unclear') AND OLD.state IS DISTINCT FROM NEW.state)
    OR (NEW.status = 'failed' AND OLD.status IS DISTINCT FROM 'failed'))
  EXECUTE FUNCTION timonel_webhook_due('delivery.failed');
--> statement-breakpoint
-- Endpoints have taken its place.
ALTER TABLE handoff_settings DROP COLUMN webhook_url;

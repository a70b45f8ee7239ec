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

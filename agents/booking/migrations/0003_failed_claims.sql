-- Claims to the appointments of a phone number or e-mail address that were not believed. Few in an hour and the code is asked for.
CREATE TABLE booking_failed_claims (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- Key of the phone number or address that was claimed.
  contact_key text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX booking_failed_claims_by_contact ON booking_failed_claims (workspace_id, contact_key, created_at);

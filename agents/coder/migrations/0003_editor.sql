-- The editor that a session works in, while its process is there: {"port": 40123, "key": "…", "writes": true}, on this machine.
ALTER TABLE coder_sessions ADD COLUMN editor jsonb;

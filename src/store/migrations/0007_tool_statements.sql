-- What leads out of a workspace's transaction is taken from PUBLIC, and with it from timonel_member, the role that statements of tools run as:
-- changing settings, running SQL that is given as text, large objects, notices, temporary tables that would stand before ours of that name,
-- and PL/pgSQL. Roles that exist keep what they could do. A login that may not do this leaves it to the screen of tools' statements.
DO $$
DECLARE
  routine regprocedure;
  others text;
BEGIN
  SELECT string_agg(quote_ident(rolname), ', ') INTO others FROM pg_roles WHERE rolname <> 'timonel_member' AND rolname !~ '^pg_';
  FOR routine IN
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname IN ('set_config', 'ts_stat', 'pg_notify', 'loread', 'lowrite') OR proname ~ '^lo_' OR proname ~ '^pg_sleep'
        OR proname ~ '^(query|cursor|table|schema|database)_to_xml'
        OR oid = 'pg_catalog.ts_rewrite(tsquery, text)'::regprocedure)
  LOOP
    -- One that not even PUBLIC may run stays so.
    CONTINUE WHEN NOT has_function_privilege('public', routine, 'EXECUTE');
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', routine, others);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
  END LOOP;
  REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;
  EXECUTE format('GRANT USAGE ON LANGUAGE plpgsql TO %s', others);
  REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %s', current_database(), others);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'what PUBLIC may do could not be narrowed: %', SQLERRM;
END $$;

/** The environment of a rehearsed process: what shapes it, and nothing that leads to a real service or opens one. */

/** Of the machine, and of the program. */
const ofTheMachine =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|COMSPEC|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|LD_LIBRARY_PATH)$/;

/** Settings that say how a process behaves. Addresses, keys, secrets and folders are not among them. */
const ofBehaviour =
  /^TIMONEL_(?:CONFIG|TIME_ZONE|(?:POOL|STATEMENT|IDLE|MODEL)_\w*(?:SIZE|MS|PING)|LEASE_MS|RUN_ATTEMPTS|CHILD_RUNS_\w+|REPLY_WAIT_MS|BODY_LIMIT_BYTES|BODIES_BYTES|HEADERS_TIMEOUT_MS|REQUEST_TIMEOUT_MS|MAX_CONNECTIONS|MAX_EVENT_LOOP_DELAY_MS|SHUTDOWN_GRACE_MS|ACCESS_CACHE_MS|CACHE_BYTES|RATE_LIMIT_\w+)$/;

/** What of this environment a rehearsal is given. */
export function rehearsedEnvironment(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1] !== '' && (ofTheMachine.test(entry[0]) || ofBehaviour.test(entry[0])),
    ),
  );
}

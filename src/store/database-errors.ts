/** What a failed statement says about the database and about the connection that carried it. */
import { messageOf, TimonelError } from '../errors.ts';

/** SQLSTATE classes of a database that is gone, full or restarting. */
const transientStates = /^(08|53|57P|57014|25P03)/;

/** What Node says about a socket that broke or never opened. */
const socketCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENOENT)/;
const socketMessages =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered a connection error/;

/** Whether an error says "the database is not there (now)" rather than "the statement is wrong". */
export function isTransient(error: unknown): boolean {
  if (error instanceof TimonelError) return error.code === 'store_unavailable';
  if (!(error instanceof Error)) return false;
  const state = stateOf(error);
  if (state !== undefined) return transientStates.test(state);
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && socketCodes.test(code)) return true;
  return socketMessages.test(error.message);
}

/** Two statements waited for each other and this one was undone: it can be sent again. */
export function isDeadlock(error: unknown): boolean {
  const state = stateOf(error);
  return state === '40P01' || state === '40001';
}

/** Sends a statement that was undone by a deadlock once more, four times at most. */
export async function againOnDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5 || !isDeadlock(error)) throw error;
    }
  }
}

/**
 * Whether the server answered with this error and goes on serving the connection: the statement was undone, and the connection is as good
 * as before. `FATAL` and `PANIC` end the connection; so does everything that is no answer of a server.
 */
export function isAnswer(error: unknown): boolean {
  if (error instanceof TimonelError) return error.cause !== undefined && isAnswer(error.cause);
  return stateOf(error) !== undefined && (error as { severity?: unknown }).severity === 'ERROR';
}

/** Drizzle wraps what `pg` threw. */
export function driverError(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

/** A login, a password or a database that is not there: waiting does not help. */
const refusedConnection = /^(28...|3D000)$/;

/** What callers hear; addresses, file names and errno are in the cause, which only the log shows. */
export function storeUnavailable(cause: unknown): TimonelError {
  if (refusedConnection.test(stateOf(cause) ?? '')) {
    const message = `The database refuses the connection: ${messageOf(cause)}. Correct DATABASE_URL.`;
    return new TimonelError('store_unavailable', message, { cause });
  }
  return new TimonelError('store_unavailable', 'The database does not answer. Try again shortly.', { cause });
}

/** The SQLSTATE. `EPIPE` and `EBUSY`, of Node, have five letters too; no class of states begins with an E. */
function stateOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined;
}

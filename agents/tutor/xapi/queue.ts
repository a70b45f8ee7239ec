/** Which events learning record stores hear of, and their place in the queue. */
import { type SQL, sql } from '../../../src/database.ts';
import { helpWants } from '../desk.ts';

const always: ReadonlySet<string> = new Set(['opened', 'ran-tests', 'submitted', 'hint-shown']);

/** Of messages those that ask for help: what else somebody writes is nobody's business there. */
export function isStated(kind: string, data: object): boolean {
  return always.has(kind) || (kind === 'message' && 'want' in data && helpWants.includes(String(data.want)));
}

/** Queues the rows of `event` (a CTE) for every store of the workspace. */
export function queueStatements(): SQL {
  return sql`INSERT INTO tutor_xapi_statements (workspace_id, store_id, event_id, person, kind, created_at)
    SELECT event.workspace_id, s.id, event.id, event.person, event.kind, event.at
    FROM event JOIN tutor_xapi_stores s ON s.workspace_id = event.workspace_id AND s.active`;
}

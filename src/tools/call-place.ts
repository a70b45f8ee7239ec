import type { Principal } from '../identity/principal.ts';
import type { RunContext } from '../store/run-context.ts';
import type { StoredWait } from '../store/waits.ts';
import type { JsonValue } from '../vocabulary.ts';

/** The work of this process on a run, as its calls need it. The same for all calls of one claim. */
export interface RunAttempt {
  /** Whether the run is still this process's, without a gap since the record said so. */
  leaseHolds(): boolean;
  /** What the calls of the run wait for, or waited for, by the record. */
  waits: readonly StoredWait[];
  /** What the run may still spend or give to runs that it starts, those that it started not counted; US dollars. */
  moneyLeft(): number;
  /** The call started a run. */
  startedRun(): void;
  /** Shows what the call is doing to those who read along. */
  emit(event: { kind: 'progress'; callId: string; tool: string; chunk: JsonValue }): void;
}

/** The call, and the run that it belongs to. */
export interface CallPlace {
  run: RunContext;
  attempt: RunAttempt;
  /** On whose behalf, as it was asked for this call. */
  principal: Principal | undefined;
  callId: string;
  /** The turn is a rehearsal that nobody sees: it leaves nothing behind. */
  rehearsal?: true;
  signal: AbortSignal;
}

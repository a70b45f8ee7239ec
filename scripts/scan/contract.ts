/** What a check of the security scan says. */
export interface Finding {
  /** `skipped` is said aloud: it is not a pass. */
  status: 'pass' | 'fail' | 'skipped';
  /** What was looked at, or why it was not. */
  said: string;
  /** One line for each fault. */
  faults: readonly string[];
}

export function judged(said: string, faults: readonly string[]): Finding {
  return { status: faults.length === 0 ? 'pass' : 'fail', said, faults };
}

export function skipped(why: string): Finding {
  return { status: 'skipped', said: why, faults: [] };
}

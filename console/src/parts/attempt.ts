import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../api/problem.ts';

/** What there is to say of the latest thing that was tried. */
export interface Said {
  kind: 'good' | 'warn' | 'bad';
  text: string;
}

/**
 * Tries something and says how it went, beside what was filled in.
 * @param readAgain makes the screen read anew what may have changed, also where it failed: somebody else may have been faster
 */
export function useAttempt(readAgain: (client: QueryClient) => Promise<unknown>) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said>();
  /**
   * @param work gives what is said when it is done
   * @param settled is called when all is read anew, before `busy` ends
   */
  const attempt = async (work: () => Promise<string>, settled?: () => void): Promise<void> => {
    setBusy(true);
    setSaid(undefined);
    try {
      setSaid({ kind: 'good', text: await work() });
    } catch (error) {
      setSaid({ kind: 'bad', text: problemOf(error).message });
    } finally {
      await readAgain(client);
      settled?.();
      setBusy(false);
    }
  };
  return { busy, said, say: setSaid, attempt };
}

/** Who is signed in, and what they may do. */
import { createContext, type ReactNode, useContext } from 'react';
import type { Answer } from '../api/client.ts';

export type Me = Answer<'GET /api/v1/auth/me'>;

const SessionContext = createContext<Me | undefined>(undefined);

export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <SessionContext value={me}>{children}</SessionContext>;
}

export function useMe(): Me {
  const me = useContext(SessionContext);
  if (me === undefined) throw new Error('useMe is for what is inside of the session.');
  return me;
}

/** Whether the person may do it: what they may not is not shown. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}

/** Whether the person has any of these. */
export function mayAny(me: Me, permissions: readonly string[]): boolean {
  return permissions.some((each) => me.permissions.includes(each));
}

import { defaultWorkspace } from '../composition/base.ts';
import type { Timonel } from '../main.ts';
import { findCredentials } from './credentials.ts';

/** The administrator's key of the last start in that home while it is still valid, else a new one of that name. */
export async function localKey({ apiKeys }: Pick<Timonel, 'apiKeys'>, home: string, name: string): Promise<string> {
  const before = findCredentials(home);
  if (before !== undefined) {
    const known = await apiKeys.find(before.apiKey);
    if (known?.role === 'admin' && known.workspaceId === defaultWorkspace) return before.apiKey;
  }
  return apiKeys.create({ id: crypto.randomUUID(), workspaceId: defaultWorkspace, name, role: 'admin' });
}

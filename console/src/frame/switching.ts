/** Going to another workspace, and out. Both load the page anew: nothing that was read of the one is left for the other. */
import { request, send } from '../api/client.ts';

export async function switchWorkspace(workspace: string): Promise<void> {
  await request('POST', '/api/v1/auth/switch', { body: { workspace, cookies: true } });
  location.assign('/console');
}

export async function signOut(): Promise<void> {
  await send('POST', '/api/v1/auth/logout', {}).catch(() => {});
  location.assign('/console');
}

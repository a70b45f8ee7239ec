/** Files that a person keeps. */
import { call } from './client.ts';

/** A value as a file of JSON. */
export function downloadJson(name: string, value: unknown): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  press(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What an address of the API streams; the browser writes it as it comes. @throws ApiProblem */
export async function downloadAddress(address: string): Promise<void> {
  // Refreshes the session where it has expired: the browser itself would keep the refusal as the file.
  await call('GET /api/v1/auth/me');
  press(address, '');
}

function press(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

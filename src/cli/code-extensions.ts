/** What the user and the project brought: hooks, skills, commands, as the terminal asks for them. */
import type { ApiClient } from './api-client.ts';
import type { Screen } from './code-screen.ts';
import { coderPath } from './code-server.ts';

type Origin = 'user' | 'project';

export interface ListedExtensions {
  faults: { origin: Origin; path: string; message: string }[];
  hooks: { when: 'before' | 'after'; origin: Origin; command: string; tools: string[] }[];
  skills: { name: string; origin: Origin; description: string; problems: string[] }[];
  commands: { name: string; origin: Origin; description: string; hint: string; path: string; problem: string | null }[];
}

export function extensionsOf(client: ApiClient): Promise<ListedExtensions> {
  return client.get(`${coderPath}/extensions`);
}

/** Files that cannot be used, with what would work. */
export function tellFaults(screen: Screen, { faults, commands }: ListedExtensions): void {
  for (const { path, message } of faults) screen.fault(`${path}: ${message}`);
  for (const { path, problem } of commands) if (problem !== null) screen.fault(`${path}: ${problem}`);
}

/** What a message says: a command of the user or the project is what its file says. */
export async function expanded(client: ApiClient, text: string): Promise<string> {
  if (!/^\/[a-z]/.test(text) || text.length > 4_000) return text;
  const found = await client.get<{ text: string | null }>(`${coderPath}/extensions/message?text=${encodeURIComponent(text)}`);
  return found.text ?? text;
}

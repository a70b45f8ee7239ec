import type { Language } from '../language/contract.ts';
import type { CodeServer } from './code-server.ts';
export async function talk(_server: CodeServer, _conversation: string, _language: Language): Promise<number> {
  return 0;
}

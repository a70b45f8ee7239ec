/** What a fresh workspace begins with: twelve small examples, and the rules of a machine with one user. */
import { readdirSync, readFileSync } from 'node:fs';
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';
import type { CodegenOptions } from './contract.ts';
import { addExamples } from './examples-store.ts';

const folder = new URL('./examples/', import.meta.url);

export function seedOf({ singleUser = false }: CodegenOptions) {
  return async (access: WorkspaceAccess): Promise<void> => {
    await addExamples(access, shippedExamples());
    if (!singleUser) return;
    await access.query((database) =>
      database.execute(sql`
        INSERT INTO codegen_rules (workspace_id, id, auto_approve, self_approve) VALUES (${access.workspaceId}, ${access.newId()}, true, true)
        ON CONFLICT DO NOTHING`),
    );
  };
}

/** A file begins with the request that it answers, as a remark. */
export function shippedExamples() {
  return readdirSync(folder)
    .filter((name) => /\.(?:py|ts|js)\.txt$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const [first = '', ...rest] = text.split('\n');
      const path = name.replace(/\.txt$/, '');
      return {
        request: first.replace(/^(?:#|\/\/)\s*/, ''),
        source: `shipped with Timonel: ${path}`,
        path,
        content: rest.join('\n').trimStart(),
      };
    });
}

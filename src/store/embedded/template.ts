import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A prepared template is a data directory after initdb and all migrations; a fresh store opens from it in a third of the time.
 * `npm ci` and `npm run build` make it (`scripts/build-template.ts`); its name carries the hash of the migrations that it holds.
 */
export function templateName(hash: string): string {
  return `template-${hash}.tar.gz`;
}

/** Folders that may hold a template: `.cache/` of a checkout, `dist/` of an installed package. */
export function templateFolders(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = join(here, '..', '..', '..');
  return [join(root, '.cache'), root];
}

/** Path of the template with these migrations, where there is one. */
export function templatePath(hash: string): string | undefined {
  return templateFolders()
    .map((folder) => join(folder, templateName(hash)))
    .find((path) => existsSync(path));
}

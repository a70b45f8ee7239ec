import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A prepared template is a data directory after initdb and all migrations, those of the bundled agents too; a fresh store opens from it in
 * a third of the time. `npm ci` and `npm run build` make it (`scripts/build-template.ts`).
 * @param core hash of the core's migrations. @param agents hash of the bundled agents' migrations.
 */
export function templateName(core: string, agents: string): string {
  return `template-${core}-${agents}.tar.gz`;
}

/** Folders that may hold a template: `.cache/` of a checkout, `dist/` of an installed package. */
export function templateFolders(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = join(here, '..', '..', '..');
  return [join(root, '.cache'), root];
}

/**
 * Path of the template with these migrations of the core, where there is one. Whatever agents it has: the store knows which of them the
 * project has.
 */
export function templatePath(core: string): string | undefined {
  return templateFolders()
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .find((path) => basename(path).startsWith(`template-${core}-`) && path.endsWith('.tar.gz'));
}

/** The same template unpacked: `scripts/build-template.ts` leaves it beside the archive in a checkout. A package has the archive only. */
export function unpackedTemplate(core: string): string | undefined {
  const archive = templatePath(core);
  const folder = archive?.slice(0, -'.tar.gz'.length);
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** Copies an unpacked template to where nothing is yet. What a process that dies leaves behind is beside it, and is never opened. */
export function copyTemplate(folder: string, dataDirectory: string): void {
  const unfinished = `${dataDirectory}.${process.pid}`;
  cpSync(folder, unfinished, { recursive: true });
  renameSync(unfinished, dataDirectory);
}

/** Writes the chart and the manifests: `npm run manifests`. */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writtenFiles, writtenFolders } from './files.ts';

const deploy = join(import.meta.dirname, '..');
const files = writtenFiles();
for (const folder of writtenFolders)
  for (const path of globSync('**/*.*', { cwd: join(deploy, folder) }))
    if (!(join(folder, path) in files)) rmSync(join(deploy, folder, path));
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(deploy, path)), { recursive: true });
  writeFileSync(join(deploy, path), text);
}

/** Builds `dist/`, with each file compressed beside it, as `src/http/console-assets.ts` serves it. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = import.meta.dirname;
await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
for (const file of globSync('dist/**/*.{html,js,css,svg}', { cwd: root })) {
  const bytes = readFileSync(join(root, file));
  writeFileSync(join(root, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(root, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

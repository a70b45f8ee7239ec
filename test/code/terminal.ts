/** `timonel code` as a person starts it: a project in a folder of its own, a data directory of its own, a model on loopback. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;

export interface CodeProject {
  folder: string;
  data: string;
  environment: Record<string, string>;
  read(path: string): string;
  write(path: string, content: string | Uint8Array): void;
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  remove(): void;
}

export function codeProject(files: Record<string, string>, model: Record<string, string> = {}): CodeProject {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-code-'));
  const data = mkdtempSync(join(tmpdir(), 'timonel-data-'));
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: data,
    XDG_DATA_HOME: data,
    LANG: 'en_GB.UTF-8',
    ...(process.env['NODE_COMPILE_CACHE'] === undefined ? {} : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }),
    ...model,
  };
  return {
    folder,
    data,
    environment,
    write,
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    run: (...args) =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [bin, 'code', ...args], { cwd: folder, env: environment }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code), out, err }),
        );
        child.stdin?.end();
      }),
    remove() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The lines of `--json`. */
export function eventsOf(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

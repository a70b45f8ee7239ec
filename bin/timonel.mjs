#!/usr/bin/env node
// Plain, old JavaScript on purpose: it has to run on any Node to be able to say which one is needed.
const [major] = process.versions.node.split('.').map(Number);

if (major < 24) {
  console.error(
    `timonel needs Node 24 or newer; this is ${process.versions.node}.\n` +
      'Get it with "npm install --save-dev node@24" in your project (npx timonel then uses it), or from https://nodejs.org.',
  );
  process.exit(1);
}

const given = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`;
const flags = [];
// The young generation grows to 100 MB where memory is plenty, and a process that serves small requests gains nothing from it.
// A first line with "env -S" would say so too, but the env of Alpine Linux does not know -S.
if (process.argv[2] === 'up' && !given.includes('--max-semi-space-size')) flags.push('--max-semi-space-size=8');

if (flags.length > 0 && process.platform !== 'win32') {
  // Same process, same id: signals and supervisors notice nothing. Two arenas instead of sixteen: glibc keeps what each of them once held.
  const environment = { MALLOC_ARENA_MAX: '2', ...process.env };
  process.execve(process.execPath, [process.argv0, ...process.execArgv, ...flags, ...process.argv.slice(1)], environment);
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { existsSync } = await import('node:fs');
  // A checkout runs from its sources, an installed package from dist/.
  const source = new URL('../src/cli/program.ts', import.meta.url);
  const { runProgram } = await import(
    existsSync(source) ? source.href : new URL('../dist/src/cli/program.js', import.meta.url).href
  );
  await runProgram(process.argv);
}

/** Runs the command line of `dist/`, which a checkout's own bin leaves aside for the sources. */
const program = new URL('../../dist/src/cli/program.js', import.meta.url).href;
const { run } = (await import(program)) as { run(argv: readonly string[]): Promise<void> };
await run(process.argv);

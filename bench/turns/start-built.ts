/** Runs the command line of `dist/`, which a checkout's own bin leaves aside for the sources. */
const program = new URL('../../dist/src/cli/program.js', import.meta.url).href;
const { runProgram } = (await import(program)) as { runProgram(argv: readonly string[]): Promise<void> };
await runProgram(process.argv);

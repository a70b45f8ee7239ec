/** `timonel acp`: the coding assistant for editors, by the Agent Client Protocol on standard input and output. */
import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';

export function acpCommand(): Command {
  return new Command('acp')
    .description(
      'Serve the coding assistant to an editor by the Agent Client Protocol, on standard input and output; what else there is to say goes to standard error',
    )
    .action(async () => {
      // Nothing but the protocol may reach the editor, whatever writes.
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
      const output = new Writable({
        write: (chunk: Uint8Array, _encoding, done) => void write(chunk, (error) => done(error ?? null)),
      });
      const { serveAcp } = await import('./acp-agent.ts');
      await serveAcp({
        input: Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
        output: Writable.toWeb(output) as WritableStream<Uint8Array>,
      });
    });
}

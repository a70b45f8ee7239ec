/** Runs one Python program in WebAssembly, and ends. What it can reach is what {@link PythonSystem} gives it. */
import { parentPort } from 'node:worker_threads';
import type { WASIFile } from '@runno/wasi';
import { OutputFull, OutputWriter } from './output.ts';
import { limitDrive } from './python-drive.ts';
import { PythonSystem } from './python-system.ts';
import type { ThreadMessage, ThreadTask } from './task.ts';
import { webAssembly } from './web-assembly.ts';

const port = parentPort;
if (port === null) throw new Error('This module runs in a worker thread.');
const tell = (message: ThreadMessage) => port.postMessage(message);

port.once('message', (task: ThreadTask) => {
  tell(run(task));
  port.close();
});

function run({ module, files, entry, args, input, diskBytes, output }: ThreadTask): ThreadMessage {
  if (module === undefined) throw new Error('The program came without its interpreter.');
  const now = new Date();
  const timestamps = { access: now, modification: now, change: now };
  const fs: Record<string, WASIFile> = {};
  for (const [name, content] of Object.entries(files)) {
    const path = `/${name}`;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    fs[path] = { path, timestamps, mode: 'binary', content: bytes };
  }
  const system = new PythonSystem(
    {
      args: ['python', '-B', '-X', 'utf8', `/${entry}`, ...args],
      env: { PYTHONHASHSEED: '0', PYTHONUNBUFFERED: '1' },
      fs,
    },
    new TextEncoder().encode(input),
    new OutputWriter(output),
  );
  limitDrive(system.drive, diskBytes);
  const instance = new webAssembly.Instance(module, system.getImportObject());
  tell({ kind: 'started' });
  let exitCode: number;
  try {
    exitCode = system.start({ instance, module }).exitCode;
  } catch (error) {
    if (error instanceof OutputFull) exitCode = 1;
    // The stack of the thread, which the interpreter's own limit did not reach before.
    else if (error instanceof RangeError) exitCode = 134;
    else throw error;
  }
  return { kind: 'ended', exitCode, memoryBytes: system.memory.buffer.byteLength, outOfMemory: false, refused: false };
}

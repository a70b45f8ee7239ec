import type { SharedOutput } from './output.ts';
import type { CompiledModule } from './web-assembly.ts';

/** What a thread gets: one program, to be run once. The thread ends with it. */
export interface ThreadTask {
  module: CompiledModule | undefined;
  files: Readonly<Record<string, string | Uint8Array>>;
  entry: string;
  args: readonly string[];
  input: string;
  diskBytes: number;
  memoryBytes: number;
  output: SharedOutput;
}

/** `started`: the program begins now, and its time with it. `refused`: its text could not be compiled. */
export type ThreadMessage =
  | { kind: 'started' }
  | { kind: 'ended'; exitCode: number; memoryBytes: number; outOfMemory: boolean; refused: boolean };

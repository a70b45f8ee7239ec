/** What a message asks for, once it is understood without a model. */
import type { LocalizedText } from '../../../src/index.ts';
import type { AnalysisRequest } from '../analysis/requests.ts';

export type Wish =
  | { kind: 'analyse'; request: AnalysisRequest }
  | { kind: 'tests'; only: string | undefined }
  | { kind: 'checks' }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'replace'; pattern: string; replacement: string; under: string | undefined }
  | { kind: 'git'; action: 'status' | 'diff' | 'log' | 'branches' | 'show'; revision: string | undefined; paths: readonly string[] }
  | { kind: 'commit'; message: string | undefined }
  | { kind: 'undo'; direction: 'undo' | 'redo' }
  | { kind: 'run'; command: string }
  | { kind: 'read'; path: string; from: number | undefined; to: number | undefined }
  | { kind: 'remember'; fact: string }
  | { kind: 'forget'; fact: string }
  | { kind: 'help' }
  | { kind: 'greeting' }
  | { kind: 'thanks' }
  /** The terminal does it, since it is about the terminal or the session. */
  | { kind: 'terminal'; command: string }
  /** Another program had it under this name; what took its place. */
  | { kind: 'instead'; command: string; instead: LocalizedText }
  /** A command without what it needs. */
  | { kind: 'incomplete'; command: string; usage: string }
  | { kind: 'unknown-command'; command: string; similar: string | undefined }
  /** Only a model can: what it was asked for. */
  | { kind: 'needs-model'; asked: 'question' | 'change' | 'explain' }
  | { kind: 'unclear' };

export const analysed = (request: AnalysisRequest): Wish => ({ kind: 'analyse', request });

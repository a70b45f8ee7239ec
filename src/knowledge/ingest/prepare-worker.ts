/** The thread in which long texts are cut and analysed, one after the other. */
import { parentPort } from 'node:worker_threads';
import type { TextFormat } from '../split/splitter.ts';
import { answerTasks } from '../worker-thread.ts';
import { sectionsOfCode } from './grammars.ts';
import { type PreparedFor, prepareText } from './prepare.ts';

export interface PrepareTask {
  text: string;
  format: TextFormat;
  whose: PreparedFor;
}

answerTasks(parentPort, async ({ text, format, whose }: PrepareTask) => {
  const { code } = whose;
  return prepareText(text, format, whose, code === undefined ? undefined : await sectionsOfCode(text, code));
});

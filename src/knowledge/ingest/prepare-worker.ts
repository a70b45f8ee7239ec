/** The thread in which long texts are cut and analysed, one after the other. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { TextFormat } from '../split/splitter.ts';
import { type PreparedFor, type PreparedText, prepareText } from './prepare.ts';

export interface PrepareTask {
  id: number;
  text: string;
  format: TextFormat;
  whose: PreparedFor;
}

export interface PrepareAnswer {
  id: number;
  prepared?: PreparedText;
  error?: string;
}

parentPort?.on('message', ({ id, text, format, whose }: PrepareTask) => {
  try {
    parentPort?.postMessage({ id, prepared: prepareText(text, format, whose) } satisfies PrepareAnswer);
  } catch (error) {
    parentPort?.postMessage({ id, error: messageOf(error) } satisfies PrepareAnswer);
  }
});

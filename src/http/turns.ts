import type { z } from 'zod';
import { TimonelError } from '../errors.ts';
import type { RunView } from '../store/run-views.ts';
import { longestMessageText, type turn } from './schemas.ts';

/** A run as the API answers it. */
export function turnOf(view: RunView): z.infer<typeof turn> {
  const { outcome, usage, error, reply, turn: _turn, ...run } = view;
  return {
    run: {
      ...run,
      outcome: outcome ?? null,
      usage: usage ?? { modelCalls: 0, inputTokens: 0, outputTokens: 0 },
      ...(error === undefined ? {} : { error: { code: String(error['code']), message: String(error['message']) } }),
    },
    reply: reply ?? null,
  };
}

export function wantsEvents(accept: string | undefined): boolean {
  return accept?.includes('text/event-stream') === true;
}

/** Index of the last step that the reader has; -1 for none. @throws TimonelError `invalid_request` */
export function afterEvent(lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return -1;
  if (!/^\d{1,9}$/.test(lastEventId)) {
    throw new TimonelError(
      'invalid_request',
      `Last-Event-ID is "${lastEventId}"; send the id of an event of this run, a whole number.`,
    );
  }
  return Number(lastEventId);
}

/** The text as it is stored. @throws TimonelError `message_invalid`, saying what would have been taken. */
export function checkedText(text: string): string {
  if (text.length > longestMessageText) {
    throw new TimonelError('message_invalid', `The text has ${text.length} characters; up to ${longestMessageText} are taken.`);
  }
  if (text.trim() === '')
    throw new TimonelError('message_invalid', 'The text is empty. Send at least one character that is not a space.');
  return text.toWellFormed();
}

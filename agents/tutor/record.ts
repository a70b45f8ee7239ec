/** Keeps what was said, once a reply is decided: events of kind `message` and `reply`, whichever planner made the turn. */
import type { CallRecord, SettledContext, SettledTurn } from '../../src/index.ts';
import { deskOf, loadDeskOf } from './desk.ts';
import { record } from './events.ts';
import { readMessage, wantIn } from './flows/read.ts';
import type { HintOutput } from './help-tools.ts';

export async function settled(turn: SettledTurn, context: SettledContext): Promise<void> {
  const { conversationId, runId, text, reply, verdict, calls } = turn;
  await context.query(async (database) => {
    const desk = await deskOf(database, context, conversationId);
    if (desk === undefined || desk.exerciseId === null) return;
    const work = await loadDeskOf(database, context, desk.person, desk.exerciseId);
    if (work === undefined) return;
    const place = { person: desk.person, exercise: work.exercise, conversationId };
    const read = readMessage(text);
    const { code, words } = read;
    const want = wantIn(read);
    await record(database, context, place, `message:${runId}`, { kind: 'message', text: words, want, code, conversationId, runId });
    const given = hintOf(calls);
    if (verdict === 'template')
      await record(database, context, place, `guard:${runId}`, {
        kind: 'refused',
        rule: 'reply-guard',
        reason: 'A reply went beyond the terms, and the ladder answered in its place.',
      });
    await record(database, context, place, `reply:${runId}`, {
      kind: 'reply',
      text: reply.text,
      hint: given?.kind === 'hint' ? (given.hint ?? undefined) : undefined,
      helpLevel: given?.kind === 'hint' ? given.level : 'none',
      guarded: verdict === 'template',
      conversationId,
      runId,
    });
  });
}

/** What the ladder gave in this turn. */
export function hintOf(calls: readonly CallRecord[]): HintOutput | undefined {
  const call = calls.findLast(({ tool, status }) => tool === 'hint' && status === 'completed');
  return call?.output as unknown as HintOutput | undefined;
}

/** Conversations in people's hands: the desk, what happens by itself, and who hears of changes. */
import { channels, type HandoffChanged, type RunEnded } from '../diagnostics.ts';
import { AnswerTokens } from '../handoff/answer-tokens.ts';
import { CannedTexts } from '../handoff/canned-texts.ts';
import { Desk } from '../handoff/desk.ts';
import { MailAnswers } from '../handoff/mail-answers.ts';
import { HandoffRound } from '../handoff/round.ts';
import { HandoffSettings } from '../handoff/settings.ts';
import type { Identity } from '../identity/identity.ts';
import type { Mailer } from '../identity/mail/mailer.ts';
import { ChangeFeed } from '../store/change-feed.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';
import type { RunsTold, Turns } from './turns.ts';

export interface HandoffPart {
  desk: Desk;
  settings: HandoffSettings;
  cannedTexts: CannedTexts;
  round: HandoffRound;
  /** What people answer to notices by mail. */
  answers: MailAnswers;
}

export function openFeed({ scope, newId }: Base, { pool }: Foundation, { notices }: Identity): ChangeFeed {
  const connection = pool.embedded ? undefined : notices.connection;
  const feed = scope.adopt(new ChangeFeed(connection, newId()), (each) => each.close());
  feed.open();
  // Every process hears of these by itself.
  notices.subscribe((told) => {
    if (told === 'anything') return;
    for (const notice of told)
      if (notice.kind === 'releases') feed.hear({ kind: 'release-changed', workspaceId: notice.workspaceId });
  });
  return feed;
}

/** What runs tell of. @param waiting a hand-off was opened: people are told of it at once, where it is the time for that. */
export function toldByRuns(feed: ChangeFeed, waiting: () => void): RunsTold {
  return {
    onMessage({ workspaceId, conversationId }, { agent, startedBy }) {
      feed.tell({ kind: 'conversation-changed', workspaceId, conversationId, agent, startedBy });
    },
    onHandedOff({ workspaceId, conversationId, agent }, reason) {
      feed.tell({ kind: 'handoff-changed', workspaceId, conversationId, agent });
      publish({ what: 'opened', agent, how: reason, waitedMs: undefined });
      waiting();
    },
    onEnded({ workspaceId, startedBy, run }) {
      const { id: runId, conversationId, agent } = run;
      const change = { workspaceId, conversationId, runId, agent, startedBy };
      feed.tell({ kind: 'run-ended', ...change });
      if (run.outcome === 'awaiting_approval') feed.tell({ kind: 'approval-waiting', ...change });
    },
  };
}

export function openHandoff(
  { settings, newId, now }: Base,
  { pool, keys }: Foundation,
  parts: { identity: Identity; mailer: Mailer; turns: Turns; feed: ChangeFeed; repliesTo(workspaceId: string): string | undefined },
): HandoffPart {
  const { identity, mailer, turns, feed, repliesTo } = parts;
  const tokens = new AnswerTokens(keys);
  const memberOf = async (workspaceId: string, id: string) => identity.access.ofAsker(workspaceId, { kind: 'user', id });
  const { runner, views } = turns;
  const record = identity.audit.append.bind(identity.audit);
  const onReleased = (conversationId: string) => runner.resume(conversationId);
  const onClosed = (agent: string, how: string) => publish({ what: 'closed', agent, how, waitedMs: undefined });
  const own = new HandoffSettings({ pool, record });
  const desk = new Desk({
    pool,
    record,
    feed,
    newId,
    now,
    findMember: memberOf,
    async onCancelled(workspaceId, roots, all) {
      await runner.tellCancelled(all);
      for (const id of roots) {
        const run = await views.run(workspaceId, id);
        const ended = { workspaceId, run, milliseconds: undefined, firstEventMilliseconds: undefined };
        if (channels.runEnded.hasSubscribers) channels.runEnded.publish(ended satisfies RunEnded);
      }
    },
    onReleased,
    onTaken: (agent, waitedMs) => publish({ what: 'taken', agent, how: undefined, waitedMs }),
    onClosed,
  });
  return {
    settings: own,
    cannedTexts: new CannedTexts({ pool, record }),
    desk,
    answers: new MailAnswers({ pool, tokens, desk, mailer, userOf: (email) => identity.users.byEmail(email), memberOf, now }),
    round: new HandoffRound({
      pool,
      mailer,
      tokens,
      repliesTo,
      record,
      feed,
      publicUrl: settings.publicUrl,
      onReleased,
      onClosed,
      onNotified: (agent) => publish({ what: 'notified', agent, how: undefined, waitedMs: undefined }),
      now,
    }),
  };
}

function publish(change: HandoffChanged): void {
  if (channels.handoffChanged.hasSubscribers) channels.handoffChanged.publish(change);
}

/** What follows a stage: the way of a generation from its request to the commit. */
import type { CallRecord, FlowMove, JsonObject } from '../../../src/index.ts';
import type { Analysed } from '../stages/analyse.ts';
import type { Applied } from '../stages/apply.ts';
import type { Brought } from '../stages/bring.ts';
import type { Checked } from '../stages/check.ts';
import type { Committed } from '../stages/commit.ts';
import type { TasksDone } from '../stages/do-tasks.ts';
import type { Drafted } from '../stages/draft-plan.ts';
import type { Looked } from '../stages/look.ts';
import type { Opened } from '../stages/open.ts';
import type { Begun } from '../stages/rounds.ts';
import { call, checkText, noModel, outputOf, planText, reply, type Talk, tasksText } from './show.ts';

/** What the message said of the generation. */
export interface Asked {
  confirm: boolean;
  least: number | undefined;
  request: string;
  bring: string | undefined;
}

const latest = (calls: readonly CallRecord[], tool: string) =>
  calls.findLast((each) => each.tool === tool && each.status === 'completed');

function generationIn(calls: readonly CallRecord[]): string {
  const named = calls.findLast((each) => typeof each.args['generation'] === 'string');
  const opened = latest(calls, 'open');
  const looked = latest(calls, 'look');
  const of = named?.args['generation'] ?? (opened === undefined ? undefined : outputOf<{ generation?: string }>(opened).generation);
  return String(of ?? (looked === undefined ? '' : outputOf<Partial<Looked>>(looked).generation) ?? '');
}

/** The move after the last call, which a stage made. */
export function afterStage(talk: Talk, calls: readonly CallRecord[], last: CallRecord, asked: Asked): FlowMove {
  const generation = generationIn(calls);
  if (last.status !== 'completed') return afterRefusal(talk, calls, last, generation);
  switch (last.tool) {
    case 'open': {
      const opened = outputOf<Opened>(last);
      if (opened.kind === 'refused') return reply(talk, opened.message[talk.language], 'awaiting_input', { awaiting: 'project' });
      const state = { generation: opened.generation, project: opened.project, awaiting: '' };
      return asked.bring === undefined
        ? call(talk, 'analyse', { generation: opened.generation }, state)
        : call(talk, 'bring', { generation: opened.generation, text: asked.bring }, state);
    }
    case 'analyse': {
      const { analysis } = outputOf<Analysed>(last);
      if (analysis.questions.length > 0)
        return reply(talk, analysis.questions.join('\n'), 'awaiting_input', {
          awaiting: 'question',
          state: { awaiting: 'question', request: asked.request },
        });
      return call(talk, 'draft_plan', { generation, ...(asked.least === undefined ? {} : { least: asked.least }) });
    }
    case 'draft_plan':
      return afterPlan(talk, outputOf<Drafted>(last), generation, asked.confirm);
    case 'bring': {
      const brought = outputOf<Brought>(last);
      if (brought.kind === 'refused') return reply(talk, brought.message[talk.language], 'awaiting_input');
      return call(talk, 'check', { generation, round: 1 });
    }
    case 'next_round':
    case 'retry_task':
    case 'take':
      return afterBegun(talk, calls, last.tool, outputOf<Begun>(last));
    case 'rebase': {
      const begun = outputOf<Begun>(last);
      return begun.kind === 'refused'
        ? end(talk, generation, 'stale', begun.message[talk.language])
        : call(talk, 'check', { generation, round: begun.round });
    }
    case 'do_tasks': {
      const done = outputOf<TasksDone>(last);
      if (done.completed.length > 0) return call(talk, 'check', { generation, round: Number(last.args['round']) });
      return end(talk, generation, 'failed', done.noModel ? noModel(talk) : tasksText(talk, done));
    }
    case 'check':
      return afterCheck(talk, calls, outputOf<Checked>(last), generation);
    case 'commit':
      return afterCommit(talk, calls, outputOf<Committed>(last), last, generation);
    case 'merge':
    case 'revert':
      return afterApply(talk, outputOf<Applied>(last));
    default:
      return afterEnd(talk, calls, last);
  }
}

function afterPlan(talk: Talk, drafted: Drafted, generation: string, confirm: boolean): FlowMove {
  const { say } = talk;
  if (drafted.kind === 'no-model') return end(talk, generation, 'failed', noModel(talk, drafted.examples));
  if (drafted.kind === 'refused')
    return reply(
      talk,
      `${say('Ese plan no sirve', 'That plan cannot be used')}:\n- ${drafted.faults.join('\n- ')}`,
      'awaiting_input',
      { awaiting: 'plan' },
    );
  const text = planText(talk, drafted);
  if (drafted.design)
    return reply(
      talk,
      `${text}\n${say('Es un plan; no se escribió código. /go lo hace.', 'This is a plan; no code was written. /go does it.')}`,
    );
  if (confirm)
    return reply(
      talk,
      `${text}\n${say('/go sigue, /plan {…} lo cambia, /cancel lo deja.', '/go goes on, /plan {…} changes it, /cancel leaves it.')}`,
      'awaiting_input',
      {
        awaiting: 'plan',
        options: ['/go', '/cancel'],
      },
    );
  return call(talk, 'do_tasks', { generation, round: 1, pass: 1 });
}

function afterBegun(talk: Talk, calls: readonly CallRecord[], tool: string, begun: Begun): FlowMove {
  if (begun.kind === 'refused') return reply(talk, begun.message[talk.language], 'denied');
  const looked = latest(calls, 'look');
  const at = looked === undefined ? undefined : outputOf<Looked>(looked);
  if (begun.kind === 'last' || (tool === 'take' && at?.stage === 'approval')) {
    const checked = latest(calls, 'check');
    const best = checked === undefined ? at?.best : outputOf<Extract<Checked, { kind: 'checked' }>>(checked).best;
    if (best === undefined || best === null)
      return end(talk, begun.generation, 'failed', talk.say('Ninguna ronda se puede ofrecer.', 'No round can be offered.'));
    return commit(
      talk,
      begun.generation,
      best,
      checked === undefined ? (at?.base ?? '') : outputOf<Extract<Checked, { kind: 'checked' }>>(checked).base,
    );
  }
  return call(talk, 'do_tasks', { generation: begun.generation, round: begun.round, pass: begun.pass });
}

function commit(talk: Talk, generation: string, { round, tree }: { round: number; tree: string }, base: string): FlowMove {
  return call(talk, 'commit', { generation, round, tree, base });
}

function afterCheck(talk: Talk, calls: readonly CallRecord[], checked: Checked, generation: string): FlowMove {
  const { say } = talk;
  if (checked.kind === 'nothing')
    return end(talk, generation, 'failed', say('No hay nada que revisar.', 'There is nothing to check.'));
  const broughtOrRebased = latest(calls, 'bring') !== undefined || calls.at(-2)?.tool === 'rebase';
  if (checked.revise !== undefined && !broughtOrRebased)
    return call(talk, 'next_round', { generation, feedback: checked.revise, from: checked.round });
  if (checked.best !== undefined) return commit(talk, generation, checked.best, checked.base);
  const tasks = latest(calls, 'do_tasks');
  const done = tasks === undefined ? '' : `${tasksText(talk, outputOf<TasksDone>(tasks))}\n`;
  const left = say(
    'No se ofrece: no pasa sus comprobaciones. /modify dice qué cambiar.',
    'It is not offered: it does not pass its checks. /modify says what to change.',
  );
  return end(talk, generation, 'failed', `${done}${checkText(talk, checked)}\n${left}`);
}

function afterCommit(
  talk: Talk,
  calls: readonly CallRecord[],
  done: Committed,
  { args }: CallRecord,
  generation: string,
): FlowMove {
  const { say } = talk;
  if (done.kind === 'stale' && calls.filter(({ tool }) => tool === 'rebase').length < 5)
    return call(talk, 'rebase', { generation, round: Number(args['round']) });
  if (done.kind !== 'committed' && done.kind !== 'written') return end(talk, generation, 'failed', done.message);
  const checked = latest(calls, 'check');
  const score = checked === undefined ? '' : `\n${checkText(talk, outputOf<Extract<Checked, { kind: 'checked' }>>(checked))}`;
  const tasks = latest(calls, 'do_tasks');
  const left = tasks === undefined ? '' : `\n${tasksText(talk, outputOf<TasksDone>(tasks))}`;
  const text =
    done.kind === 'committed'
      ? say(
          `Commit ${done.commit} en ${done.branch}, por ${done.author}. /merge lo lleva a tu rama.`,
          `Commit ${done.commit} on ${done.branch}, by ${done.author}. /merge brings it onto your branch.`,
        )
      : say(`Escritos: ${done.files.join(', ')}.`, `Written: ${done.files.join(', ')}.`);
  return reply(talk, `${text}${score}${left}`);
}

function afterApply(talk: Talk, done: Applied): FlowMove {
  const { say } = talk;
  switch (done.kind) {
    case 'applied':
      return reply(
        talk,
        say(
          `Combinado${done.commit === undefined ? '' : ` (${done.commit})`}: ${done.files.join(', ')}.`,
          `Merged${done.commit === undefined ? '' : ` (${done.commit})`}: ${done.files.join(', ')}.`,
        ),
      );
    case 'reverted':
      return reply(
        talk,
        done.commit === undefined
          ? say(`Retirado: ${(done.files ?? []).join(', ')}.`, `Taken back: ${(done.files ?? []).join(', ')}.`)
          : say(
              `Retirado por ${done.commit} en ${done.branch ?? ''}. /merge lo lleva a tu rama.`,
              `Taken back by ${done.commit} on ${done.branch ?? ''}. /merge brings it onto your branch.`,
            ),
      );
    default:
      return reply(talk, done.message, 'denied');
  }
}

function end(talk: Talk, generation: string, result: 'rejected' | 'failed' | 'stale' | 'cancelled', reason: string): FlowMove {
  return call(talk, 'end', { generation, result, reason: reason.slice(0, 2_000) }, {
    told: reason.slice(0, 12_000),
    awaiting: '',
  } satisfies JsonObject);
}

function afterEnd(talk: Talk, calls: readonly CallRecord[], last: CallRecord): FlowMove {
  const { say, state } = talk;
  const result = String(last.args['result'] ?? '');
  const { told: _told, ...kept } = state;
  const quiet = { ...talk, state: kept };
  if (result === 'rejected')
    return reply(
      quiet,
      say(
        'Rechazado; no se escribió nada. /modify lo rehace con tus cambios.',
        'Rejected; nothing was written. /modify makes it anew with your changes.',
      ),
    );
  if (result === 'cancelled') return reply(quiet, say('Cancelado; no se escribió nada.', 'Cancelled; nothing was written.'));
  const told = typeof state['told'] === 'string' && state['told'] !== '' ? state['told'] : String(last.args['reason'] ?? '');
  const plan = latest(calls, 'draft_plan');
  const waits = plan !== undefined && outputOf<Drafted>(plan).kind === 'no-model';
  return reply(quiet, told, waits ? 'awaiting_input' : 'replied', waits ? { awaiting: 'model' } : {});
}

function afterRefusal(talk: Talk, calls: readonly CallRecord[], last: CallRecord, generation: string): FlowMove {
  const { say } = talk;
  const reason = last.reason?.[talk.language] ?? '';
  if (last.tool === 'commit' && last.status === 'rejected') return end(talk, generation, 'rejected', reason);
  if (last.tool === 'commit' && last.status === 'denied') {
    // What was approved by who may not is asked for again, and so is what moved on: each time by a decision of a person.
    if (last.rule === 'second-person') return call(talk, 'commit', last.args);
    if (last.rule === 'base-unmoved' && calls.filter(({ tool }) => tool === 'rebase').length < 5)
      return call(talk, 'rebase', { generation, round: Number(last.args['round']) });
  }
  if (last.status === 'rejected') return reply(talk, say('Rechazado; queda como está.', 'Rejected; it stays as it is.'));
  if (last.status === 'denied' || last.status === 'invalid')
    return reply(talk, reason, last.status === 'denied' ? 'denied' : 'awaiting_input');
  if (last.tool === 'end' || generation === '') return reply(talk, reason);
  return end(
    talk,
    generation,
    'failed',
    `${say(`La etapa ${last.tool} falló.`, `The stage ${last.tool} failed.`)} ${reason} ${say('/retry sigue con lo que falló.', '/retry goes on with what failed.')}`,
  );
}

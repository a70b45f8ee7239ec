/** The planner of `codegen` is always code: a message names what is wanted, and each stage leads to the next. */
import { type CallRecord, type FlowMove, type Flows, type JsonObject, type Understanding, understoodAs } from '../../src/index.ts';
import { readMessage, slashCommands, type Wish } from './flows/read-message.ts';
import { call, outputOf, planText, reply, statusText, type Talk } from './flows/show.ts';
import { type Asked, afterStage } from './flows/stages.ts';
import { mostCostOf } from './plan-rules.ts';
import type { Looked } from './stages/look.ts';

const textOf = (state: JsonObject, name: string) =>
  typeof state[name] === 'string' && state[name] !== '' ? state[name] : undefined;

export const flows: Flows = {
  takes: () => true,
  understand(text, { language: known }): Understanding {
    const { wish, language } = readMessage(text);
    return understoodAs({
      language: language ?? known ?? 'en',
      intent: wish.kind,
      confidence: wish.kind === 'unknown' ? 0.3 : 0.9,
    });
  },
  next({ text, state, calls }): FlowMove {
    const heard = readMessage(text);
    const language = heard.language ?? (state['language'] === 'es' ? 'es' : 'en');
    const talk: Talk = { language, say: (es, en) => (language === 'es' ? es : en), state: { ...state, language } };
    const wish = answered(heard.wish, state, text);
    const last = calls.at(-1);
    if (last === undefined) return begin(talk, wish);
    if (last.tool === 'look')
      return last.status === 'completed' ? afterLook(talk, wish, last) : afterStage(talk, calls, last, askedOf(wish));
    if (last.tool === 'projects' || last.tool === 'init_project') return afterProjects(talk, wish, last);
    return afterStage(talk, calls, last, askedOf(wish));
  },
};

/** After a question a message in words is its answer, and not another request. */
function answered(wish: Wish, state: JsonObject, text: string): Wish {
  const before = textOf(state, 'request');
  if (wish.kind !== 'generate' || text.trim().startsWith('/') || state['awaiting'] !== 'question' || before === undefined)
    return wish;
  return { ...wish, request: `${before}\n${wish.request}`.slice(0, 16_000) };
}

function askedOf(wish: Wish): Asked {
  const options = wish.kind === 'generate' ? wish.options : {};
  return {
    confirm: options['confirm'] === 'plan' || wish.kind === 'plan',
    least: wish.kind === 'generate' ? wish.least : undefined,
    request: wish.kind === 'generate' ? wish.request : '',
    bring: wish.kind === 'bring' ? wish.text : undefined,
  };
}

function begin(talk: Talk, wish: Wish): FlowMove {
  const { say, language, state } = talk;
  switch (wish.kind) {
    case 'generate':
    case 'bring': {
      const project = textOf(state, 'project');
      const request = wish.request.trim() === '' ? say('Código que trae una persona', 'Code that a person brings') : wish.request;
      const args = { ...(project === undefined ? {} : { project }), ...wish.options, request, language } as JsonObject;
      return call(talk, 'open', args);
    }
    case 'project':
    case 'projects':
      return call(talk, 'projects', {});
    case 'init':
      return call(talk, 'init_project', { name: wish.name });
    case 'clear':
      return reply(
        { ...talk, state: { language } },
        say('Listo, empezamos de nuevo. Lo que se escribió sigue escrito.', 'Done, we begin anew. What was written stays written.'),
      );
    case 'greeting':
      return reply(talk, say('Hola. Contame qué código necesitás, o /help.', 'Hello. Say which code you need, or /help.'));
    case 'help': {
      const lines = Object.values(slashCommands).map(({ usage, es, en }) => `${usage}: ${say(es, en)}`);
      return reply(
        talk,
        [...lines, say('Sin barra, un mensaje es un pedido de código.', 'Without a slash a message is a request for code.')].join(
          '\n',
        ),
      );
    }
    case 'incomplete':
      return reply(
        talk,
        say(`Falta algo. Se usa así: ${wish.usage}`, `Something is missing. It is used so: ${wish.usage}`),
        'awaiting_input',
      );
    case 'unknown': {
      const move = reply(
        talk,
        say(`No hay un comando /${wish.command}. /help los muestra.`, `There is no command /${wish.command}. /help shows them.`),
      );
      return move.kind === 'reply' ? { ...move, understood: false } : move;
    }
    default:
      return call(talk, 'look', {});
  }
}

function afterProjects(talk: Talk, wish: Wish, last: CallRecord): FlowMove {
  const { say, language } = talk;
  if (last.status !== 'completed') return reply(talk, last.reason?.[language] ?? '', 'denied');
  if (last.tool === 'init_project') {
    const made = outputOf<{ kind: 'made'; name: string } | { kind: 'refused'; message: { es: string; en: string } }>(last);
    return made.kind === 'refused'
      ? reply(talk, made.message[language], 'awaiting_input')
      : reply(talk, say(`Proyecto ${made.name} listo.`, `The project ${made.name} is ready.`), 'replied', {
          state: { project: made.name },
        });
  }
  const { projects } = outputOf<{ projects: string[] }>(last);
  const list = projects.length === 0 ? say('ninguno; /init nombre hace uno', 'none; /init name makes one') : projects.join(', ');
  if (wish.kind !== 'project') return reply(talk, say(`Proyectos: ${list}.`, `Projects: ${list}.`));
  return projects.includes(wish.name)
    ? reply(talk, say(`De acá en más, ${wish.name}.`, `${wish.name} from here on.`), 'replied', { state: { project: wish.name } })
    : reply(
        talk,
        say(`No hay un proyecto "${wish.name}". Hay: ${list}.`, `There is no project "${wish.name}". There are: ${list}.`),
        'awaiting_input',
      );
}

function afterLook(talk: Talk, wish: Wish, last: CallRecord): FlowMove {
  const { say } = talk;
  const looked = outputOf<Looked | { kind: 'none' }>(last);
  if (looked.kind === 'none')
    return reply(talk, say('Todavía no se pidió nada en esta conversación.', 'Nothing was asked for in this conversation yet.'));
  const { generation, stage, result } = looked;
  const over = () =>
    reply(
      talk,
      say(`Eso no se puede ahora: está en ${result ?? stage}.`, `That cannot be done now: it is at ${result ?? stage}.`),
      'denied',
    );
  switch (wish.kind) {
    case 'status':
      return reply(talk, statusText(talk, looked));
    case 'show-plan':
      return looked.plan === null
        ? reply(talk, say('Todavía no hay un plan.', 'There is no plan yet.'))
        : reply(
            talk,
            planText(talk, {
              kind: 'planned',
              plan: { ...looked.plan, mostCost: mostCostOf(looked.plan.tasks) },
              unaffordable: looked.tasks.filter(({ state }) => state === 'unaffordable').map(({ id }) => id),
              told: [],
              by: 'model',
              design: false,
            }),
          );
    case 'plan':
      return stage === 'plan' || result === 'designed'
        ? call(talk, 'draft_plan', { generation, plan: wish.plan as JsonObject })
        : over();
    case 'go':
      return stage === 'plan' || result === 'designed' ? call(talk, 'take', { generation }) : over();
    case 'approve':
      return stage === 'plan' || stage === 'approval' ? call(talk, 'take', { generation }) : over();
    case 'reject':
      return stage === 'ended' ? over() : call(talk, 'end', { generation, result: 'rejected', reason: wish.reason });
    case 'cancel':
      return stage === 'ended' ? over() : call(talk, 'end', { generation, result: 'cancelled', reason: '' });
    case 'modify':
      return looked.tasks.length === 0
        ? over()
        : call(talk, 'next_round', { generation, feedback: wish.feedback, from: looked.round });
    case 'retry':
      return call(talk, 'retry_task', { generation, ...(wish.task === undefined ? {} : { task: wish.task }) });
    case 'merge': {
      const commit = looked.reverted !== null && looked.reverted !== 'written' ? looked.reverted : looked.commit;
      return commit === null ? over() : call(talk, 'merge', { generation, commit });
    }
    case 'revert':
      return result === 'committed' || result === 'written' ? call(talk, 'revert', { generation }) : over();
    default:
      return over();
  }
}

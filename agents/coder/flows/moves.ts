/** From a wish to the calls that fulfil it, and to what is said of them. Pure: all that it knows are the wish and the calls so far. */
import { isSecretPath } from '../../../src/files.ts';
import type { CallRecord, FlowMove, JsonValue } from '../../../src/index.ts';
import type { AnalysisAnswer } from '../analysis/analyse.ts';
import type { Fault } from '../diagnostics/contract.ts';
import { answer, call, callAnalysis, type Heard, outputOf, quoted } from './heard.ts';
import { runCommands } from './move-commands.ts';
import { counted, fenced, lines, listed, placeLine, splitChanges } from './show.ts';
import { nothingToCommit, showAnalysis } from './show-analysis.ts';
import { readShown, showGit, showUndo } from './show-tools.ts';
import type { Wish } from './wishes.ts';

/** The next move of a wish that takes calls; `undefined` for one that is answered at once. */
export function nextMove(heard: Heard, calls: readonly CallRecord[]): FlowMove | undefined {
  const { wish, say } = heard;
  const last = calls.at(-1);
  if (last !== undefined && last.status !== 'completed') return stopped(heard, last, calls);
  // Changes of which a part is missing are not made.
  if ((wish.kind === 'rename' || wish.kind === 'replace') && calls[0]?.spilled !== undefined) {
    return answer(
      heard,
      say(
        'Son demasiados cambios para una vez. Con /replace se puede nombrar una carpeta.',
        'These are too many changes for one time. A replacement can be limited to a folder.',
      ),
    );
  }
  switch (wish.kind) {
    case 'analyse':
      return last === undefined
        ? callAnalysis(heard, wish.request)
        : answer(heard, showAnalysis(outputOf<AnalysisAnswer>(last), say));
    case 'read': {
      if (last !== undefined) return answer(heard, readShown(outputOf(last), say));
      const { path, from, to } = wish;
      return call(heard, 'read', {
        path,
        ...(from === undefined ? {} : { from, lines: Math.max(1, Math.min(2_000, (to ?? from) - from + 1)) }),
      });
    }
    case 'git': {
      if (last !== undefined) return answer(heard, showGit(outputOf(last), say));
      const { action, revision, paths } = wish;
      return call(heard, 'git', {
        action,
        ...(revision === undefined ? {} : { revision }),
        ...(paths.length === 0 ? {} : { paths: [...paths] }),
      });
    }
    case 'undo':
      return last === undefined
        ? call(heard, 'undo', { direction: wish.direction })
        : answer(heard, showUndo(outputOf(last), wish.direction, say));
    case 'remember': {
      if (last === undefined) return call(heard, 'remember', { fact: wish.fact.slice(0, 500) });
      const { kind, because = '' } = outputOf<{ kind: string; because?: string }>(last);
      return answer(heard, kind === 'kept' ? say(`Lo recuerdo: ${wish.fact}`, `I remember: ${wish.fact}`) : because);
    }
    case 'forget': {
      if (last === undefined) return call(heard, 'forget', { fact: wish.fact.slice(0, 500) });
      const forgotten = outputOf<{ kind: string }>(last).kind === 'forgotten';
      return answer(
        heard,
        forgotten
          ? say('Lo olvidé.', 'Forgotten.')
          : say(
              'Con esas palabras no recordaba nada. /memories muestra lo que recuerdo.',
              'I remembered nothing in those words. /memories lists what I remember.',
            ),
      );
    }
    case 'commit':
      return commit(heard, wish.message, calls);
    case 'rename':
      return renaming(heard, wish, calls);
    case 'replace':
      return replacing(heard, wish, calls);
    case 'tests':
    case 'checks':
    case 'run':
      return runCommands(heard, wish, calls);
    default:
      return undefined;
  }
}

/** What was done before is done all the same, and said. */
function stopped(heard: Heard, last: CallRecord, calls: readonly CallRecord[]): FlowMove {
  const { say, language } = heard;
  const done = calls.filter(({ tool, status }) => status === 'completed' && (tool === 'edit' || tool === 'git')).length;
  const before =
    done === 0 ? '' : say(' Lo anterior quedó hecho; /undo lo deshace.', ' What came before is done; /undo takes it back.');
  if (last.status === 'denied')
    return answer(heard, `${last.reason?.[language] ?? say('No se permite.', 'It is not allowed.')}${before}`, 'denied');
  if (last.status === 'rejected') return answer(heard, `${say('No se hizo.', 'It was not done.')}${before}`, 'denied');
  return answer(heard, `${say(`${last.tool} no respondió. Probá de nuevo.`, `${last.tool} did not answer. Try again.`)}${before}`);
}

interface StatusOutput {
  kind: string;
  because?: string;
  status?: { files: { path: string; staged: string; unstaged: string }[] };
}

function commit(heard: Heard, message: string | undefined, calls: readonly CallRecord[]): FlowMove {
  const { say, language } = heard;
  const of = (action: string) => calls.find(({ tool, args }) => tool === 'git' && args['action'] === action);
  const looked = of('status');
  if (looked === undefined) return call(heard, 'git', { action: 'status' });
  const status = outputOf<StatusOutput>(looked);
  if (status.kind === 'failed') return answer(heard, status.because ?? '');
  const files = status.status?.files ?? [];
  const staged = files.some((file) => !['unchanged', 'untracked', 'ignored'].includes(file.staged));
  const changed = files
    .filter((file) => file.unstaged !== 'unchanged' && file.unstaged !== 'ignored' && !isSecretPath(file.path))
    .map(({ path }) => path);
  if (!staged && changed.length === 0) return answer(heard, nothingToCommit('nothing', say));
  const added = of('add');
  if (!staged && added === undefined) {
    if (changed.length > 500)
      return answer(
        heard,
        say(
          'Cambiaron más de 500 archivos: agregalos con git add y repetí /commit.',
          'More than 500 files changed: add them with git add, then /commit again.',
        ),
      );
    return call(heard, 'git', { action: 'add', paths: changed });
  }
  const refused = added === undefined ? undefined : outputOf<StatusOutput>(added);
  if (refused?.kind === 'failed') return answer(heard, refused.because ?? '');
  let wanted = message;
  if (wanted === undefined) {
    const proposed = calls.find(({ tool }) => tool === 'analyse');
    if (proposed === undefined) return callAnalysis(heard, { action: 'commit-message', staged: true, language });
    const { proposal } = outputOf<Extract<AnalysisAnswer, { kind: 'commit-message' }>>(proposed);
    if (proposal.kind !== 'message') return answer(heard, nothingToCommit(proposal.kind, say));
    wanted = `${proposal.message.subject}\n\n${proposal.message.body}`;
  }
  const committed = of('commit');
  if (committed === undefined) return call(heard, 'git', { action: 'commit', message: wanted });
  const result = outputOf<{ kind: string; because?: string; commit?: string }>(committed);
  return answer(
    heard,
    result.kind === 'failed'
      ? (result.because ?? '')
      : lines(say(`Commit ${result.commit?.slice(0, 10)}`, `Commit ${result.commit?.slice(0, 10)}`), fenced(wanted)),
  );
}

function renaming(heard: Heard, { from, to }: Extract<Wish, { kind: 'rename' }>, calls: readonly CallRecord[]): FlowMove {
  const { say } = heard;
  const first = calls[0];
  if (first === undefined) return callAnalysis(heard, { action: 'rename', from, to });
  const { result } = outputOf<Extract<AnalysisAnswer, { kind: 'renamed' }>>(first);
  switch (result.kind) {
    case 'not-found': {
      const near =
        result.similar.length === 0 ? '' : say(` ¿Será ${result.similar.join(', ')}?`, ` Is it ${result.similar.join(', ')}?`);
      return answer(heard, say(`No hay una declaración «${from}».${near}`, `There is no declaration "${from}".${near}`));
    }
    case 'ambiguous':
      return answer(
        heard,
        lines(
          say(
            `«${from}» se declara en varios lugares. ¿Cuál renombro?`,
            `"${from}" is declared in several places. Which one shall I rename?`,
          ),
          result.declarations.map(({ path, line, signature }) => `  /rename ${path}:${line} ${to}   ${signature}`),
        ),
        'awaiting_input',
        result.declarations.slice(0, 10).map(({ path, line }) => `/rename ${path}:${line} ${to}`),
      );
    case 'refused':
      return answer(heard, lines(result.message, result.places.slice(0, 10).map(placeLine)));
    case 'proposed': {
      const edited = applyChanges(heard, result.changes, calls.slice(1));
      if (edited.kind === 'move') return edited.move;
      return answer(
        heard,
        lines(
          say(
            `${from} → ${to}: ${counted(result.places.length, 'lugar', 'lugares')}.`,
            `${from} → ${to}: ${counted(result.places.length, 'place', 'places')}.`,
          ),
          edited.shown,
          result.undecided.length === 0
            ? undefined
            : say(
                `Sin cambiar, porque no se sabe de qué clase es el objeto (${result.undecided.length}):`,
                `Not changed, since the class of the object is not known (${result.undecided.length}):`,
              ),
          listed(result.undecided, 20, (place) => `  ${placeLine(place)}`, say),
          result.notes,
        ),
      );
    }
  }
}

function replacing(heard: Heard, wish: Extract<Wish, { kind: 'replace' }>, calls: readonly CallRecord[]): FlowMove {
  const { say } = heard;
  const first = calls[0];
  const { pattern, replacement, under } = wish;
  if (first === undefined)
    return callAnalysis(heard, { action: 'replace', pattern, replacement, ...(under === undefined ? {} : { under }) });
  const { result } = outputOf<Extract<AnalysisAnswer, { kind: 'replaced' }>>(first);
  if (result.kind === 'refused') return answer(heard, result.message);
  if (result.places.length === 0)
    return answer(
      heard,
      say(
        `«${pattern}» no está en el código (${result.languages.join(', ')}).`,
        `"${pattern}" is not in the code (${result.languages.join(', ')}).`,
      ),
    );
  const edited = applyChanges(heard, result.changes, calls.slice(1));
  if (edited.kind === 'move') return edited.move;
  return answer(
    heard,
    lines(
      say(
        `${counted(result.places.length, 'lugar reemplazado', 'lugares reemplazados')}.`,
        `${counted(result.places.length, 'place', 'places')} replaced.`,
      ),
      edited.shown,
    ),
  );
}

interface EditOutput {
  kind: 'changed' | 'refused';
  because?: string[];
  diff?: string;
  diagnostics?: { faults: readonly Fault[] };
}

/** The tool that edits takes fifty files and a hundred edits of each. */
const mostFiles = 50;
const mostEdits = 100;

/** Edits in as few calls as there is room for, then the files that get another name. */
function applyChanges(
  heard: Heard,
  changes: Parameters<typeof splitChanges>[0],
  calls: readonly CallRecord[],
): { kind: 'move'; move: FlowMove } | { kind: 'done'; shown: string } {
  const { edits, moves } = splitChanges(changes);
  const parts = edits.flatMap(({ path, edits: all }) =>
    Array.from({ length: Math.ceil(all.length / mostEdits) }, (_, at) => ({
      path,
      edits: all.slice(at * mostEdits, (at + 1) * mostEdits),
    })),
  );
  const batches = Array.from({ length: Math.ceil(parts.length / mostFiles) }, (_, at) =>
    parts.slice(at * mostFiles, (at + 1) * mostFiles),
  );
  const done = calls.filter(({ tool }) => tool === 'edit').map((each) => outputOf<EditOutput>(each));
  const refused = done.find(({ kind }) => kind === 'refused');
  if (refused !== undefined) return { kind: 'move', move: answer(heard, (refused.because ?? []).join('\n')) };
  const batch = batches[done.length];
  if (batch !== undefined) return { kind: 'move', move: call(heard, 'edit', { files: batch as unknown as JsonValue }) };
  const moved = calls.filter(({ tool }) => tool === 'run').length;
  const move = moves[moved];
  if (move !== undefined)
    return { kind: 'move', move: call(heard, 'run', { command: `mv -n -- ${quoted(move.path)} ${quoted(move.to)}` }) };
  return {
    kind: 'done',
    shown: lines(
      done.map(({ diff = '' }) => (diff === '' ? '' : fenced(diff.slice(0, 6_000), 'diff'))),
      moves.map(({ path, to }) => `${path} → ${to}`),
      done.flatMap(({ diagnostics }) =>
        (diagnostics?.faults ?? []).map(({ path, line, message, by }) => `✗ ${path}:${line}  ${message} (${by})`),
      ),
    ),
  };
}

/** Answers of analysis as text. */
import type { AnalysisAnswer } from '../analysis/analyse.ts';
import { qualifiedName } from '../analysis/outline.ts';
import { counted, fenced, lines, listed, placeLine, type Say } from './show.ts';
import { showDiff, showExplained, showExplainedCode, showIndex, showMetrics, showModels, showReport } from './show-details.ts';

export function showAnalysis(answer: AnalysisAnswer, say: Say): string {
  switch (answer.kind) {
    case 'search':
      return showSearch(answer, say);
    case 'bad-pattern':
      return say(
        `«${answer.pattern}» no es una expresión que se pueda buscar: ${answer.because}`,
        `"${answer.pattern}" is no expression to search for: ${answer.because}`,
      );
    case 'outlined':
      return showOutline(answer, say);
    case 'symbols':
      return lines(
        answer.total === 0
          ? say(
              `No hay ninguna declaración${answer.name === null ? '' : ` que se llame «${answer.name}»`}.`,
              `There is no declaration${answer.name === null ? '' : ` called "${answer.name}"`}.`,
            )
          : counted(answer.total, say('declaración', 'declaration'), say('declaraciones', 'declarations')),
        listed(answer.symbols, 100, (each) => `${each.path}:${each.line}  ${each.kind} ${qualifiedName(each)}`, say),
        skippedLine(answer.skipped.length, answer.broken.length, say),
      );
    case 'refs':
      return showRefs(answer, say);
    case 'related':
      if (!answer.known)
        return say(
          `No hay un archivo ${answer.path}. /tree muestra los que hay.`,
          `There is no file ${answer.path}. /tree shows those that are there.`,
        );
      if (answer.files.length === 0)
        return say(
          `Nada se relaciona con ${answer.path}: ni imports ni commits.`,
          `Nothing is related to ${answer.path}, by imports or commits.`,
        );
      return lines(
        say(`Van con ${answer.path}:`, `With ${answer.path} go:`),
        listed(
          answer.files,
          30,
          (each) => `${each.path}  ${each.reasons.map((reason) => reasonWords(reason, each.commits, say)).join(', ')}`,
          say,
        ),
      );
    case 'tree':
      return lines(
        answer.text,
        `${counted(answer.folders, say('carpeta', 'folder'), say('carpetas', 'folders'))}, ${counted(answer.files, say('archivo', 'file'), say('archivos', 'files'))}${answer.more ? say('; hay más líneas', '; there are more lines') : ''}`,
        ignoredLine(answer.ignored, say),
      );
    case 'map':
      return lines(
        answer.text === '' ? say('No hay código que se pueda leer.', 'There is no code that can be read.') : answer.text,
        say(
          `${answer.shown} de ${answer.files} archivos, unos ${answer.tokens} tokens`,
          `${answer.shown} of ${answer.files} files, about ${answer.tokens} tokens`,
        ),
      );
    case 'deps':
      if (answer.dot !== null) return fenced(answer.dot, 'dot');
      return lines(
        say(`${answer.modules} módulos, ${answer.edges} dependencias`, `${answer.modules} modules, ${answer.edges} dependencies`),
        answer.cycles.length === 0
          ? say('Sin ciclos.', 'No cycles.')
          : say(`${counted(answer.cycles.length, 'ciclo', 'ciclos')}:`, `${counted(answer.cycles.length, 'cycle', 'cycles')}:`),
        listed(answer.cycles, 20, (cycle) => `  ${[...cycle, cycle[0]].join(' → ')}`, say),
        answer.central.length === 0 ? undefined : say('Los más importados:', 'Imported most:'),
        listed(answer.central, 10, (each) => `  ${each.importedBy}  ${each.path}`, say),
        answer.libraries.length === 0 ? undefined : say('Bibliotecas:', 'Libraries:'),
        answer.libraries.length === 0
          ? undefined
          : `  ${answer.libraries
              .slice(0, 20)
              .map(({ name, files }) => `${name} (${files})`)
              .join(', ')}`,
      );
    case 'todo':
      return lines(
        answer.total === 0
          ? say('No hay nada marcado para hacer.', 'Nothing is marked to be done.')
          : counted(answer.total, say('pendiente', 'thing to do'), say('pendientes', 'things to do')),
        listed(answer.todos, 100, ({ path, line, tag, text }) => `${path}:${line}  ${tag} ${text}`, say),
      );
    case 'metrics':
      return showMetrics(answer, say);
    case 'tests':
    case 'checks':
      return lines(answer.commands.map(({ argv, because }) => `${argv.join(' ')}  (${because})`));
    case 'diff':
      return showDiff(answer.summary, say);
    case 'commit-message':
      return answer.proposal.kind === 'message'
        ? fenced(`${answer.proposal.message.subject}\n\n${answer.proposal.message.body}`)
        : nothingToCommit(answer.proposal.kind, say);
    case 'explained':
      return showExplained(answer.what, answer.explanation, say);
    case 'explained-code':
      return showExplainedCode(answer.explanation, say);
    case 'report':
      return showReport(answer, say);
    case 'models':
      return showModels(answer, say);
    case 'index':
      return showIndex(answer, say);
    case 'forgotten-index':
      return say(
        'Olvidé lo que había leído; la próxima pregunta lo lee de nuevo.',
        'I forgot what I had read; the next question reads it anew.',
      );
    case 'renamed':
    case 'replaced':
      return '';
  }
}

export function nothingToCommit(kind: 'nothing' | 'no-repository', say: Say): string {
  return kind === 'nothing'
    ? say('No hay cambios para un commit.', 'There are no changes to commit.')
    : say('Esta carpeta no es un repositorio de git.', 'This folder is no git repository.');
}

function showSearch(answer: Extract<AnalysisAnswer, { kind: 'search' }>, say: Say): string {
  const files = new Set(answer.found.map(({ path }) => path)).size;
  const found = answer.found.length;
  return lines(
    found === 0
      ? say(`«${answer.pattern}» no está en lo que se buscó.`, `"${answer.pattern}" is not in what was searched.`)
      : say(
          `${answer.more ? 'más de ' : ''}${counted(found, 'línea', 'líneas')} en ${counted(files, 'archivo', 'archivos')}`,
          `${answer.more ? 'more than ' : ''}${counted(found, 'line', 'lines')} in ${counted(files, 'file', 'files')}`,
        ),
    answer.found.map(placeLine),
    ignoredLine(answer.ignored, say, true),
    answer.secrets === 0
      ? undefined
      : say(
          `${counted(answer.secrets, 'archivo con secretos no se buscó nunca', 'archivos con secretos no se buscan nunca')}.`,
          `${counted(answer.secrets, 'file with secrets is', 'files with secrets are')} never searched.`,
        ),
  );
}

function ignoredLine(ignored: number | undefined, say: Say, searched = false): string | undefined {
  if (ignored === undefined || ignored === 0) return undefined;
  return searched
    ? say(
        `${counted(ignored, 'archivo ignorado no se buscó', 'archivos ignorados no se buscaron')} (/search --ignored los incluye).`,
        `${counted(ignored, 'ignored file was', 'ignored files were')} not searched (/search --ignored includes them).`,
      )
    : say(
        `${counted(ignored, 'archivo ignorado no se muestra', 'archivos ignorados no se muestran')}.`,
        `${counted(ignored, 'ignored file is', 'ignored files are')} not shown.`,
      );
}

function skippedLine(skipped: number, broken: number, say: Say): string | undefined {
  return lines(
    skipped === 0
      ? undefined
      : say(
          `${counted(skipped, 'archivo no se leyó', 'archivos no se leyeron')} (grande, minificado o binario).`,
          `${counted(skipped, 'file was', 'files were')} not read (large, minified or binary).`,
        ),
    broken === 0
      ? undefined
      : say(
          `${counted(broken, 'archivo se leyó en parte', 'archivos se leyeron en parte')}: su sintaxis no cierra.`,
          `${counted(broken, 'file was', 'files were')} read in part: the syntax does not close.`,
        ),
  );
}

function showOutline({ outline }: Extract<AnalysisAnswer, { kind: 'outlined' }>, say: Say): string {
  if (outline.kind === 'outline') {
    if (outline.symbols.length === 0) return say(`${outline.path} no declara nada.`, `${outline.path} declares nothing.`);
    return lines(
      outline.path,
      outline.symbols.map(
        (each) =>
          `${String(each.line).padStart(5)}  ${'  '.repeat(each.container === '' ? 0 : each.container.split('.').length)}${each.signature}`,
      ),
      skippedLine(0, outline.broken ? 1 : 0, say),
    );
  }
  switch (outline.reason) {
    case 'missing':
      return say(`No hay un archivo ${outline.path} que se pueda leer.`, `There is no file ${outline.path} that can be read.`);
    case 'no-grammar':
      return say(
        `${outline.path} no está en un lenguaje que se analice. /read ${outline.path} lo muestra.`,
        `${outline.path} is in no language that is analysed. /read ${outline.path} shows it.`,
      );
    default:
      return say(
        `${outline.path} no se analiza (${outline.reason}). /search busca en su texto.`,
        `${outline.path} is not analysed (${outline.reason}). /search looks into its text.`,
      );
  }
}

function showRefs(answer: Extract<AnalysisAnswer, { kind: 'refs' }>, say: Say): string {
  const { found, similar } = answer;
  if (answer.total === 0) {
    const near = similar.length === 0 ? '' : say(` ¿Será ${similar.join(', ')}?`, ` Is it ${similar.join(', ')}?`);
    return say(
      `«${answer.name}» no está en el código que se lee.${near}`,
      `"${answer.name}" is not in the code that is read.${near}`,
    );
  }
  const titles = {
    declaration: say('Se declara', 'Declared'),
    import: say('Se importa', 'Imported'),
    call: say('Se llama', 'Called'),
    member: say('Como miembro', 'As a member'),
    use: say('Se usa', 'Used'),
    local: say('Otra variable con el mismo nombre', 'Another variable of the same name'),
  } as const;
  const groups = (Object.keys(titles) as (keyof typeof titles)[]).flatMap((role) => {
    const of = found.filter((each) => each.role === role);
    return of.length === 0
      ? []
      : [
          `${titles[role]} (${of.length}):`,
          ...listed(of, 40, (each) => `  ${placeLine(each)}${each.within === '' ? '' : `  ← ${each.within}`}`, say),
        ];
  });
  return lines(
    groups,
    answer.total > found.length ? say(`Hay ${answer.total} en total.`, `There are ${answer.total} in all.`) : undefined,
  );
}

function reasonWords(reason: 'imports' | 'imported-by' | 'tests' | 'changed-together', commits: number, say: Say): string {
  switch (reason) {
    case 'imports':
      return say('importado por él', 'imported by it');
    case 'imported-by':
      return say('lo importa', 'imports it');
    case 'tests':
      return say('lo prueba', 'tests it');
    case 'changed-together':
      return say(
        `cambió con él en ${counted(commits, 'commit', 'commits')}`,
        `changed with it in ${counted(commits, 'commit', 'commits')}`,
      );
  }
}

/** Longer answers of analysis as text. */
import type { AnalysisAnswer } from '../analysis/analyse.ts';
import type { ChangeSummary } from '../analysis/changes.ts';
import type { CodeExplanation, Explanation, LastCommit } from '../analysis/explain.ts';
import { qualifiedName } from '../analysis/outline.ts';
import { bytesOf, counted, fenced, lines, listed, placeLine, type Say } from './show.ts';

type Of<Kind extends AnalysisAnswer['kind']> = Extract<AnalysisAnswer, { kind: Kind }>;

export function showExplained(what: string, explanation: Explanation, say: Say): string {
  switch (explanation.kind) {
    case 'not-found': {
      const near =
        explanation.similar.length === 0
          ? ''
          : say(` ¿Será ${explanation.similar.join(', ')}?`, ` Is it ${explanation.similar.join(', ')}?`);
      return say(`No encuentro un archivo ni una declaración «${what}».${near}`, `I find no file or declaration "${what}".${near}`);
    }
    case 'ambiguous':
      return lines(
        say(
          `«${what}» se declara en varios lugares. ¿Cuál? Por ejemplo: /explain ${placeOf(explanation.declarations[0])}`,
          `"${what}" is declared in several places. Which one? For example: /explain ${placeOf(explanation.declarations[0])}`,
        ),
        listed(explanation.declarations, 20, (each) => `  ${placeOf(each)}  ${qualifiedName(each)}`, say),
      );
    case 'file': {
      const { path, language, doc, symbols, imports, libraries, importedBy, tests, todos, commits } = explanation;
      return lines(
        say(`${path}: ${explanation.lines} líneas de ${language}`, `${path}: ${explanation.lines} lines of ${language}`),
        doc,
        section(
          say('Declara', 'Declares'),
          listed(
            symbols,
            60,
            (each) => `${String(each.line).padStart(5)}  ${each.container === '' ? '' : '  '}${each.signature}`,
            say,
          ),
        ),
        section(
          say('Usa', 'Uses'),
          listed(imports, 20, (each) => `  ${each}`, say),
        ),
        libraries.length === 0 ? undefined : say(`Bibliotecas: ${libraries.join(', ')}`, `Libraries: ${libraries.join(', ')}`),
        section(
          say('Lo usan', 'Used by'),
          listed(importedBy, 20, (each) => `  ${each}`, say),
        ),
        section(
          say('Lo prueban', 'Tested by'),
          listed(tests, 10, (each) => `  ${each}`, say),
        ),
        section(
          say('Pendientes', 'To do'),
          listed(todos, 10, ({ line, tag, text }) => `  ${line}: ${tag} ${text}`, say),
        ),
        commitsSection(commits, say),
      );
    }
    case 'symbol': {
      const { symbol, doc, code, callers, uses, tests, calls, loops, returns, commits } = explanation;
      const ways =
        symbol.complexity === undefined
          ? undefined
          : say(
              `Complejidad ${symbol.complexity}: ${counted(loops, 'bucle', 'bucles')}, ${counted(returns, 'return', 'returns')}.`,
              `Complexity ${symbol.complexity}: ${counted(loops, 'loop', 'loops')}, ${counted(returns, 'return', 'returns')}.`,
            );
      return lines(
        `${symbol.kind} ${qualifiedName(symbol)}  ${symbol.path}:${symbol.line}`,
        doc,
        fenced(code),
        ways,
        calls.length === 0 ? undefined : say(`Llama a: ${calls.join(', ')}`, `Calls: ${calls.join(', ')}`),
        callers.length === 0 && uses === 0
          ? say('Nadie lo usa en el código que se lee.', 'Nothing uses it in the code that is read.')
          : undefined,
        section(
          say(`La llaman (${uses} usos en total)`, `Called by (${uses} uses in all)`),
          listed(callers, 20, (each) => `  ${placeLine(each)}${each.within === '' ? '' : `  ← ${each.within}`}`, say),
        ),
        section(
          say('La prueban', 'Tested by'),
          listed(tests, 10, (each) => `  ${each}`, say),
        ),
        commitsSection(commits, say),
      );
    }
  }
}

function placeOf(place: { path: string; line: number } | undefined): string {
  return place === undefined ? '' : `${place.path}:${place.line}`;
}

function section(title: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : [`${title}:`, ...body];
}

function commitsSection(commits: readonly LastCommit[], say: Say): string[] {
  return section(
    say('Últimos commits', 'Last commits'),
    commits.map(({ hash, date, author, subject }) => `  ${hash} ${date.slice(0, 10)} ${author}: ${subject}`),
  );
}

export function showExplainedCode(explanation: CodeExplanation, say: Say): string {
  if (explanation.kind === 'no-code') return say('No reconozco código en eso.', 'I recognise no code in that.');
  const { language, symbols, recursive, calls, imports, loops, broken } = explanation;
  const functions = symbols.filter(({ complexity }) => complexity !== undefined);
  return lines(
    say(
      `Es ${language}, ${counted(explanation.lines, 'línea', 'líneas')}.`,
      `It is ${language}, ${counted(explanation.lines, 'line', 'lines')}.`,
    ),
    broken ? say('La sintaxis no cierra en alguna parte.', 'Somewhere the syntax does not close.') : undefined,
    symbols.map((each) =>
      say(
        `- Declara ${each.kind} ${qualifiedName(each)}: ${each.signature}`,
        `- Declares ${each.kind} ${qualifiedName(each)}: ${each.signature}`,
      ),
    ),
    functions
      .filter(({ complexity }) => (complexity ?? 1) > 1)
      .map(({ name, complexity }) =>
        say(`- ${name} tiene ${complexity} caminos posibles.`, `- ${name} has ${complexity} possible ways through it.`),
      ),
    recursive.map((name) => say(`- ${name} es recursiva: se llama a sí misma.`, `- ${name} is recursive: it calls itself.`)),
    loops === 0 ? undefined : say(`- Tiene ${counted(loops, 'bucle', 'bucles')}.`, `- It has ${counted(loops, 'loop', 'loops')}.`),
    calls.length === 0 ? undefined : say(`- Llama a: ${calls.join(', ')}.`, `- Calls: ${calls.join(', ')}.`),
    imports.length === 0 ? undefined : say(`- Importa: ${imports.join(', ')}.`, `- Imports: ${imports.join(', ')}.`),
    say(
      'Eso se ve sin un modelo. Con uno lo explico con palabras: /models dice cuál entra en esta máquina.',
      'That is what can be seen without a model. With one I explain it in words: /models says which fits this machine.',
    ),
  );
}

export function showMetrics(answer: Of<'metrics'> | Of<'report'>['metrics'], say: Say): string {
  const { lines: count } = answer;
  return lines(
    say(
      `${counted(answer.files, 'archivo', 'archivos')} de código (${answer.tests} de tests), ${count.total} líneas: ${count.code} de código, ${count.comment} de comentarios, ${count.blank} vacías`,
      `${counted(answer.files, 'file', 'files')} of code (${answer.tests} of tests), ${count.total} lines: ${count.code} of code, ${count.comment} of comments, ${count.blank} blank`,
    ),
    answer.languages.length === 0
      ? undefined
      : answer.languages.map(({ language, files, lines: of }) => `${language} ${files} · ${of}`).join(', '),
    say(
      `${answer.classes} clases, ${answer.functions} funciones, complejidad media ${answer.meanComplexity}`,
      `${answer.classes} classes, ${answer.functions} functions, mean complexity ${answer.meanComplexity}`,
    ),
    section(
      say('Las más complejas', 'Most complex'),
      answer.complex
        .filter(({ complexity }) => complexity > 1)
        .map(
          ({ path, line, name, complexity, lines: of }) =>
            `  ${String(complexity).padStart(3)}  ${path}:${line} ${name} (${say(`${of} líneas`, `${of} lines`)})`,
        ),
    ),
    answer.skipped.length === 0
      ? undefined
      : say(
          `Sin leer: ${answer.skipped.map(({ path, reason }) => `${path} (${reason})`).join(', ')}`,
          `Not read: ${answer.skipped.map(({ path, reason }) => `${path} (${reason})`).join(', ')}`,
        ),
  );
}

export function showReport(answer: Of<'report'>, say: Say): string {
  const { modules, tree } = answer;
  return lines(
    showMetrics(answer.metrics, say),
    section(say('Estructura', 'Structure'), [tree.text]),
    section(
      say('Los archivos más usados', 'Files used most'),
      modules.central.map(({ path, importedBy }) => `  ${importedBy}  ${path}`),
    ),
    modules.cycles.length === 0
      ? say('Sin ciclos de imports.', 'No import cycles.')
      : section(
          say('Ciclos de imports', 'Import cycles'),
          listed(modules.cycles, 5, (cycle) => `  ${cycle.join(' → ')}`, say),
        ),
    modules.libraries.length === 0
      ? undefined
      : say(
          `Bibliotecas: ${modules.libraries.map(({ name }) => name).join(', ')}`,
          `Libraries: ${modules.libraries.map(({ name }) => name).join(', ')}`,
        ),
    say(`Pendientes en comentarios: ${answer.todos}`, `Things to do in comments: ${answer.todos}`),
    answer.tests.length === 0
      ? say('No encuentro tests que correr.', 'I find no tests to run.')
      : say(
          `Tests: ${answer.tests.map(({ argv }) => argv.join(' ')).join('; ')}`,
          `Tests: ${answer.tests.map(({ argv }) => argv.join(' ')).join('; ')}`,
        ),
    answer.checks.length === 0
      ? undefined
      : say(
          `Chequeos: ${answer.checks.map(({ name }) => name).join(', ')}`,
          `Checks: ${answer.checks.map(({ name }) => name).join(', ')}`,
        ),
  );
}

export function showDiff(summary: ChangeSummary, say: Say): string {
  if (summary.kind === 'no-repository')
    return say('Esta carpeta no es un repositorio de git.', 'This folder is no git repository.');
  if (summary.files.length === 0) return say('Nada cambió desde el último commit.', 'Nothing changed since the last commit.');
  const signs = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R' } as const;
  return lines(
    say(
      `${counted(summary.files.length, 'archivo', 'archivos')}, +${summary.added} −${summary.removed}`,
      `${counted(summary.files.length, 'file', 'files')}, +${summary.added} −${summary.removed}`,
    ),
    listed(
      summary.files,
      60,
      ({ path, change, added, removed, symbols, fresh }) =>
        `${signs[change]} ${path} +${added} −${removed}${fresh.length === 0 ? '' : say(`  nuevo: ${fresh.slice(0, 8).join(', ')}`, `  new: ${fresh.slice(0, 8).join(', ')}`)}${symbols.length === 0 ? '' : say(`  en: ${symbols.slice(0, 8).join(', ')}`, `  in: ${symbols.slice(0, 8).join(', ')}`)}`,
      say,
    ),
    summary.secrets === 0
      ? undefined
      : say(
          `Además ${counted(summary.secrets, 'archivo con secretos, que no se muestra', 'archivos con secretos, que no se muestran')}.`,
          `And ${counted(summary.secrets, 'file with secrets, which is', 'files with secrets, which are')} not shown.`,
        ),
  );
}

export function showModels(answer: Of<'models'>, say: Say): string {
  const { fits, memory } = answer;
  return lines(
    say(
      `Memoria: ${bytesOf(memory.free)} libres de ${bytesOf(memory.total)}.`,
      `Memory: ${bytesOf(memory.free)} free of ${bytesOf(memory.total)}.`,
    ),
    answer.models.map(
      (model) =>
        `${model.fits ? '✓' : '✗'} ${model.name}  ${say('ocupa', 'takes')} ${bytesOf(model.needs)}${model.tools ? '' : say('  responde, no edita', '  answers, does not edit')}`,
    ),
    fits === undefined
      ? say(
          'Ninguno entra. Con la clave de un proveedor (por ejemplo ANTHROPIC_API_KEY) no hace falta memoria.',
          'None fits. With the key of a provider (e.g. ANTHROPIC_API_KEY) no memory is needed.',
        )
      : say(
          `Entra ${fits.name}: ollama pull ${fits.name}, y después TIMONEL_OLLAMA_URL=http://127.0.0.1:11434 y TIMONEL_OLLAMA_MODEL=${fits.name}.`,
          `${fits.name} fits: ollama pull ${fits.name}, then TIMONEL_OLLAMA_URL=http://127.0.0.1:11434 and TIMONEL_OLLAMA_MODEL=${fits.name}.`,
        ),
  );
}

export function showIndex(answer: Of<'index'>, say: Say): string {
  return lines(
    say(
      `Conozco ${counted(answer.files, 'archivo', 'archivos')}, ${answer.symbols} declaraciones y ${answer.names} nombres; ${answer.parsed} se leyeron recién.`,
      `I know ${counted(answer.files, 'file', 'files')}, ${answer.symbols} declarations and ${answer.names} names; ${answer.parsed} were read just now.`,
    ),
    answer.skipped.map(({ path, reason }) => say(`Sin leer: ${path} (${reason})`, `Not read: ${path} (${reason})`)),
    answer.secrets === 0
      ? undefined
      : say(
          `${counted(answer.secrets, 'archivo con secretos', 'archivos con secretos')}: no se leen.`,
          `${counted(answer.secrets, 'file', 'files')} with secrets: never read.`,
        ),
  );
}

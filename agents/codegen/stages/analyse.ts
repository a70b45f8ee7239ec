/** Analysis: rules first, which a model refines where one answers. */
import { z } from 'zod';
import { type AnyTool, defineTool } from '../../../src/index.ts';
import { analyseByRules, languageOfFile } from '../analysis-rules.ts';
import { readJson } from '../answers/read-json.ts';
import { type Analysis, type Generation, requestKinds } from '../contract.ts';
import type { ProjectTree } from '../project/contract.ts';
import { loadGeneration, updateGeneration } from '../rows/generations.ts';
import type { Workshop } from '../workshop.ts';
import { askRole, type Reading } from './ask-role.ts';
import { asData, requestPart } from './texts.ts';

export interface Analysed {
  kind: 'analysed';
  analysis: Analysis;
  /** A model answered. */
  model: boolean;
}

const answer = z.object({
  kind: z.enum(requestKinds),
  language: z.string().trim().toLowerCase().min(1).max(40).optional(),
  complexity: z.number().min(0).max(1).catch(0.5),
  summary: z.string().trim().min(1).max(2_000).optional(),
  file: z.string().trim().max(400).nullish(),
  questions: z.array(z.string().trim().min(1).max(1_000)).max(5).catch([]),
});

export function analyseTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'analyse',
    description: 'Finds out what the request of a generation asks for, and what is missing.',
    input: z.object({ generation: z.string() }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 60_000,
    retries: 1,
    // All that it does is repeatable.
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ generation: id }, context): Promise<Analysed> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      const paths = await project.tree(generation.base).paths();
      const ruled = analyseByRules(generation.request, { language: generation.language, known: commonLanguage(paths) });
      const keep = async (analysis: Analysis, model: boolean): Promise<Analysed> => {
        await updateGeneration(context, id, {
          analysis,
          stage: analysis.questions.length > 0 ? 'question' : 'plan',
          runId: context.runId,
        });
        return { kind: 'analysed', analysis, model };
      };
      // What says nothing is asked about before any money is spent.
      if (ruled.kind === 'unclear') return keep(ruled, false);
      const input = [
        requestPart(generation),
        `By rule it is: ${JSON.stringify({ kind: ruled.kind, language: ruled.language, file: ruled.file ?? null })}.`,
        asData('files of the project', paths.slice(0, 300).join('\n')),
      ].join('\n\n');
      const asked = await askRole(context, { role: 'analyst', generation: id, key: 'analysis', input }, (text) =>
        read(text, ruled),
      );
      return asked.kind === 'answer' ? keep(asked.value, true) : keep(ruled, asked.kind !== 'no-model');
    },
  });
}

function read(text: string, ruled: Analysis): Reading<Analysis> {
  const json = readJson(text);
  if (json.kind === 'malformed') return json;
  const parsed = answer.safeParse(json.value);
  if (!parsed.success)
    return {
      kind: 'malformed',
      message: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    };
  const { kind, language, complexity, summary, file, questions } = parsed.data;
  // A design by rule stays one: the person asked for no code.
  const decided = ruled.kind === 'design' ? 'design' : kind;
  const analysis: Analysis = {
    kind: decided,
    language: language ?? ruled.language,
    complexity,
    summary: summary ?? ruled.summary,
    file: ruled.file ?? file ?? undefined,
    questions: decided === 'unclear' && questions.length === 0 ? ruled.questions : questions,
    by: 'model',
  };
  if (decided === 'unclear' && analysis.questions.length === 0)
    return { kind: 'malformed', message: 'A request that is unclear needs a question in "questions".' };
  return { kind: 'read', value: decided === 'unclear' ? analysis : { ...analysis, questions: [] } };
}

/** Of most files of code. */
function commonLanguage(paths: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const path of paths.slice(0, 2_000)) {
    const language = languageOfFile(path);
    if (language !== undefined && language !== 'markdown') counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

export async function projectPaths(tree: ProjectTree): Promise<readonly string[]> {
  return (await tree.paths()).slice(0, 300);
}

export type AnalysedGeneration = Generation & { analysis: Analysis };

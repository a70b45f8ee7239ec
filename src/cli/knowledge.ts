import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { collectionComparison, collectionShape, evaluationShape, retrieved } from '../http/knowledge-schemas.ts';
import { ApiClient } from './api-client.ts';
import { addDocuments } from './knowledge-add.ts';
import { documentPath, documents, type KnowledgeDocumentView } from './knowledge-documents.ts';
import { addFeedbackCommands } from './knowledge-feedback.ts';
import { UsageError } from './usage-error.ts';

type Collection = z.infer<typeof collectionShape>;
type Evaluation = z.infer<typeof evaluationShape>;

const base = '/api/v1/knowledge/collections';

/** Everything here goes over the API, as the key of this machine may. */
export function knowledgeCommand(): Command {
  const knowledge = new Command('knowledge').description('Documents that agents find passages in, and quote');
  knowledge
    .command('create <collection>')
    .description('Make a collection')
    .option('--description <text>', 'what is in it')
    .option('--language <language>', 'es, en or auto: found out for each document')
    .option('--agents <names...>', 'agents that may search it; all where absent')
    .option('--roles <names...>', 'roles on whose behalf agents may search it; everybody where absent')
    .action(async (name: string, options: object) => {
      await ApiClient.here().post(base, { name, ...options });
      console.log(`${name} is there. Add documents: timonel knowledge add ${name} <files...>`);
    });
  knowledge
    .command('list [collection]')
    .description('The collections, or the documents of one')
    .option('--json', 'print JSON, one a line')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const found = name === undefined ? await collections() : await documents(name);
      if (json === true) for (const each of found) console.log(JSON.stringify(each));
      else if (found.length === 0)
        console.log(name === undefined ? 'No collections. Make one: timonel knowledge create <name>' : 'No documents.');
      else console.log(found.map((each) => ('key' in each ? documentLine(each) : collectionLine(each))).join('\n'));
    });
  knowledge
    .command('add <collection> <files...>')
    .description(
      'Add documents, or replace those of the same key: files, pages of the web by their address, and of a folder the files that .gitignore and .timonelignore leave',
    )
    .option('--key <key>', 'of a single file; its path where absent')
    .option('--title <title>', 'of a single file; its own where absent')
    .option('--metadata <json>', 'values for filters, e.g. {"department": "sales"}')
    .option('--type <media type>', 'e.g. "text/plain; charset=windows-1252"; found out where absent')
    .option('--prefix <text>', 'before the keys, e.g. handbook/')
    .option(
      '--prune',
      'remove documents under the prefix whose files are gone, all others of the collection where there is no prefix',
    )
    .option('--refresh <hours>', 'of a page of the web: look at it again that often')
    .action(addDocuments);
  knowledge
    .command('remove <collection> [key]')
    .description('Remove a document, or the collection with all of its documents')
    .action(async (name: string, key: string | undefined) => {
      await ApiClient.here().delete(key === undefined ? `${base}/${name}` : documentPath(name, { key }));
      console.log(`${key ?? name} is removed.`);
    });
  knowledge
    .command('query <question>')
    .description('Find passages')
    .option('--collections <names...>', 'all where absent')
    .option('--limit <number>', 'passages at most', '5')
    .option('--strategy <strategy>', 'lexical, vector, hybrid or mmr', 'hybrid')
    .option('--json', 'print the whole answer as JSON')
    .action(query);
  knowledge
    .command('reindex <collection>')
    .description('Cut and analyse all documents of a collection again')
    .action(async (name: string) => {
      const { documents: all, changed } = await ApiClient.here().post<{ documents: number; changed: number }>(
        `${base}/${name}/reindex`,
        {},
      );
      console.log(`${all} documents, of which ${changed} changed.`);
    });
  knowledge
    .command('vectors <collection> <model>')
    .description(
      'Make vectors of a collection with a model for embeddings, e.g. openai/text-embedding-3-small; none takes them away',
    )
    .option('--index <index>', 'where they are searched: memory, or pgvector for more than a process can hold')
    .action(async (name: string, model: string, { index }: { index?: string }) => {
      const vectorModel = model === 'none' ? null : model;
      const { vectors } = await ApiClient.here().patch<Collection>(`${base}/${name}`, { vectorModel, vectorIndex: index });
      console.log(
        vectorModel === null
          ? `${name} goes by words.`
          : `${vectors.done} of ${vectors.total} are made; timonel knowledge list says how far it is.`,
      );
    });
  knowledge
    .command('eval <collection> <questions>')
    .description(
      'Ask the questions of a JSONL file, {"question": …, "relevant": [keys of documents]} a line, and say how good the answers are',
    )
    .option('--strategy <strategy>', 'lexical, vector, hybrid or mmr', 'hybrid')
    .option('--against <evaluation>', 'fail where it went worse than this one of the same questions, and that is no chance')
    .option('--min-ndcg <number>', 'fail below this nDCG@10, e.g. 0.9')
    .option('--json', 'print JSON')
    .action(evaluate);
  knowledge
    .command('export <collection>')
    .description('The documents of a collection with their texts, as JSON, one a line')
    .action(async (name: string) => {
      for (const document of await documents(name)) {
        const text = await ApiClient.here().text(documentPath(name, { key: document.key }, '/text'));
        console.log(JSON.stringify({ ...document, text }));
      }
    });
  addFeedbackCommands(knowledge);
  return knowledge;
}

async function collections(): Promise<Collection[]> {
  const all: Collection[] = [];
  for (let after = ''; ; ) {
    const page = await ApiClient.here().get<{ collections: Collection[]; next: string | null }>(
      `${base}?limit=200${after === '' ? '' : `&after=${after}`}`,
    );
    all.push(...page.collections);
    if (page.next === null) return all;
    after = page.next;
  }
}

interface QueryOptions {
  collections?: string[];
  limit: string;
  strategy: string;
  json?: boolean;
}

async function query(question: string, { collections: names, limit, strategy, json }: QueryOptions): Promise<void> {
  const asked = { query: question, limit: Number(limit), strategy, ...(names === undefined ? {} : { collections: names }) };
  const found = await ApiClient.here().post<z.infer<typeof retrieved>>('/api/v1/knowledge/query', asked);
  if (json === true) {
    console.log(JSON.stringify(found));
    return;
  }
  if (found.degraded !== null) console.error(found.degraded);
  if (found.passages.length === 0) console.log('Nothing was found.');
  for (const { rank, text, citation, boost, lists } of found.passages) {
    const ranks = Object.entries(lists).map(([list, { rank: at, score }]) => `${list} ${at} (${score.toFixed(2)})`);
    if (boost !== 1) ranks.push(`boost ${boost.toFixed(2)}`);
    const { collection, key, heading, chunkId, start, end } = citation;
    console.log(
      `${rank}. ${collection}/${key}${heading.length === 0 ? '' : ` · ${heading.join(' > ')}`} [${start}, ${end}) · ${ranks.join(', ')} · ${chunkId}`,
    );
    console.log(`${text.replaceAll(/^/gm, '   ')}\n`);
  }
  console.log(`Evidence: ${found.evidence}`);
}

interface EvaluateOptions {
  strategy: string;
  against?: string;
  minNdcg?: string;
  json?: boolean;
}

async function evaluate(name: string, file: string, { strategy, against, minNdcg, json }: EvaluateOptions): Promise<void> {
  const questions = questionsOf(file);
  const path = `${base}/${name}/evaluations`;
  const made = await ApiClient.here().post<Evaluation>(path, { questions, strategy });
  const { evaluations } = await ApiClient.here().get<{ evaluations: Evaluation[] }>(`${path}?limit=100`);
  const same = evaluations.filter(({ id, questionsHash }) => id !== made.id && questionsHash === made.questionsHash);
  const before = against === undefined ? same.find((each) => each.strategy === strategy) : same.find(({ id }) => id === against);
  if (against !== undefined && before === undefined)
    throw new UsageError(
      `No evaluation ${against} of these questions is there. Those that are: ${same.map(({ id }) => id).join(', ')}`,
    );
  if (json === true) console.log(JSON.stringify(made));
  else {
    console.log(`${made.questions} questions, ${strategy}`);
    for (const [figure, value] of Object.entries(made.figures)) {
      const was = before?.figures[figure as keyof Evaluation['figures']];
      console.log(`  ${figure.padEnd(18)} ${value ?? '–'}${was === undefined || was === null ? '' : `   before ${was}`}`);
    }
    console.log(`Evaluation ${made.id}`);
  }
  if (before !== undefined)
    await compare(path, questions, before.id, made.id, { fails: against !== undefined, quiet: json === true });
  if (minNdcg !== undefined && made.figures.ndcg10 < Number(minNdcg)) {
    console.error(`nDCG@10 is ${made.figures.ndcg10}, below ${minNdcg}.`);
    process.exitCode = 1;
  }
}

/** Says which questions went otherwise; fails where that is worse, and no chance. */
async function compare(
  path: string,
  questions: readonly { question: string }[],
  base: string,
  other: string,
  { fails, quiet }: { fails: boolean; quiet: boolean },
): Promise<void> {
  const compared = await ApiClient.here().get<z.infer<typeof collectionComparison>>(
    `${path}/compare?${new URLSearchParams({ base, other })}`,
  );
  const { verdict, p, better, worse } = compared;
  if (!quiet) {
    for (const at of better) console.log(`  better: ${questions[at - 1]?.question}`);
    for (const at of worse) console.log(`  worse:  ${questions[at - 1]?.question}`);
    console.log(`Against ${base}: ${verdict} (${better.length} better, ${worse.length} worse, p = ${p})`);
  }
  if (!fails || verdict !== 'worse') return;
  console.error(`It is worse than ${base}: ${worse.length} questions went worse, ${better.length} better.`);
  process.exitCode = 1;
}

function questionsOf(file: string): { question: string; relevant: string[] }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      const { question, relevant } = JSON.parse(line) as { question: string; relevant: string[] };
      if (typeof question === 'string' && Array.isArray(relevant)) return [{ question, relevant }];
    } catch {
      // Said below.
    }
    throw new UsageError(`Line ${at + 1} of ${file} must be {"question": "…", "relevant": ["key of a document"]}.`);
  });
}

function collectionLine({ name, language, documents: all, chunks, vectors, description }: Collection): string {
  const made =
    vectors.state === 'building' ? `${vectors.done}/${vectors.total} of ${vectors.building}` : (vectors.model ?? vectors.state);
  return `${name.padEnd(24)} ${language.padEnd(5)} ${String(all).padStart(6)} documents ${String(chunks).padStart(7)} passages  vectors: ${made}  ${description}`.trimEnd();
}

function documentLine({ key, title, version, chunks, state }: KnowledgeDocumentView): string {
  return `${key.padEnd(40)} version ${version}  ${String(chunks).padStart(5)} passages  ${state.padEnd(6)} ${title}`;
}

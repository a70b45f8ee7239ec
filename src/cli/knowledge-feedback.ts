import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { feedbackShape } from '../http/knowledge-schemas.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

type Feedback = z.infer<typeof feedbackShape>;

/** What people say of passages that were found. A passage is named by the id that `knowledge query` prints behind it. */
export function addFeedbackCommands(knowledge: Command): void {
  knowledge
    .command('approve <passage>')
    .description('Say that a passage is right: it is found before others, also by the question')
    .option('--question <text>', 'that it answers')
    .option('--note <text>', 'for people')
    .action((passage: string, options: object) => give(passage, { verdict: 'approved', ...options }));
  knowledge
    .command('reject <passage>')
    .description('Say that a passage is wrong, or no answer: it is found behind others')
    .option('--note <text>', 'for people')
    .action((passage: string, options: object) => give(passage, { verdict: 'rejected', ...options }));
  knowledge
    .command('modify <passage> <file>')
    .description('Say how a passage should read, by a file with the text: it becomes a document, and is found before the passage')
    .option('--question <text>', 'that it answers')
    .option('--note <text>', 'for people')
    .action((passage: string, file: string, options: object) =>
      give(passage, { verdict: 'modified', text: textOf(file), ...options }),
    );
  knowledge
    .command('feedback <collection>')
    .description('What was said of the passages of a collection, the newest first')
    .option('--verdict <verdict>', 'used, approved, rejected or modified')
    .option('--limit <number>', 'at most', '50')
    .option('--json', 'print JSON, one a line')
    .action(list);
  knowledge
    .command('withdraw <collection> <id>')
    .description('Take back what was said of a passage')
    .action(async (collection: string, id: string) => {
      await ApiClient.here().delete(`/api/v1/knowledge/collections/${collection}/feedback/${id}`);
      console.log(`${id} is taken back.`);
    });
}

async function give(passage: string, feedback: object): Promise<void> {
  const { id, collection, key, verdict, correctionKey } = await ApiClient.here().post<Feedback>('/api/v1/knowledge/feedback', {
    passage,
    ...feedback,
  });
  console.log(`${collection}/${key}: ${verdict}${correctionKey === null ? '' : `, as ${correctionKey}`}`);
  console.log(`To take it back: timonel knowledge withdraw ${collection} ${id}`);
}

async function list(
  collection: string,
  { verdict, limit, json }: { verdict?: string; limit: string; json?: boolean },
): Promise<void> {
  const query = new URLSearchParams({ limit, ...(verdict === undefined ? {} : { verdict }) });
  const { feedback } = await ApiClient.here().get<{ feedback: Feedback[] }>(
    `/api/v1/knowledge/collections/${collection}/feedback?${query}`,
  );
  if (json !== true && feedback.length === 0) console.log('Nothing was said of its passages.');
  for (const each of feedback) console.log(json === true ? JSON.stringify(each) : lineOf(each));
}

function lineOf({ id, verdict, key, current, question, by, createdAt }: Feedback): string {
  const about = question === null ? '' : `  "${question}"`;
  return `${id}  ${createdAt.slice(0, 10)}  ${verdict.padEnd(8)}  ${key}${current ? '' : ' (changed since)'}${about}  ${by}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

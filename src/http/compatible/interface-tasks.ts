/**
 * Chat interfaces set tasks to the model of a chat, beside what the person says: a title for the list of chats, tags, questions that could
 * come next. An agent must not take them for its customer's words. They are known by how Open WebUI and LibreChat write them.
 */
import { TimonelError } from '../../errors.ts';

/** Longest title, in characters. */
const longestTitle = 48;

/**
 * The answer to a task, made by rule; `undefined` where the text is no task.
 * @throws TimonelError `invalid_request` for a task that no rule can do
 */
export function taskAnswer(text: string): string | undefined {
  const task = text.trimStart();
  if (/^Provide a concise, \S+ title for the conversation/i.test(task)) return titleOf(task);
  if (/^Your task is to reflect the speaker's likely facial expression/i.test(task)) return '🙂';
  // Two marks: a person may well begin a message with a heading.
  const marked = /^### Task:/.test(task) && /<chat_history>|^#+ \**Chat History|^#+ \**Output\b/im.test(task);
  if (!marked && !/^Analyze this conversation and provide:\s*\n[\s\S]*\btitle\b/i.test(task)) return undefined;
  if (/"follow_ups"/.test(task)) return '{"follow_ups":[]}';
  if (/"tags"/.test(task)) return '{"tags":[]}';
  if (/"queries"/.test(task)) return '{"queries":[]}';
  if (/"title"/.test(task)) return JSON.stringify({ title: titleOf(task) });
  if (/autocompletion/i.test(task)) return '{"text":""}';
  throw new TimonelError(
    'invalid_request',
    'This is a task that a chat interface sets to a model, not what a person says to an agent. Choose a model for such tasks in its settings.',
  );
}

/** What the person said first, cut between words. */
function titleOf(task: string): string {
  const [, said = ''] = /^(?:\|\|>)?(?:USER|User|Human):\s*"?([^\n]*)/m.exec(task) ?? [];
  const plain = said.replace(/\s+/g, ' ').replace(/"$/, '').trim();
  if (plain === '') return 'Chat';
  if (plain.length <= longestTitle) return plain;
  const cut = plain.slice(0, longestTitle).toWellFormed();
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 20)).trimEnd()}…`;
}

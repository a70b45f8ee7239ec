/** Skills that a server offers (the extension `io.modelcontextprotocol/skills`): listed, and a file is read when it is asked for, and checked. */
import type { Client } from '@modelcontextprotocol/client';
import { McpNotConnected } from './contract.ts';
import { plainText } from './text.ts';

/** A skill as its server lists it. All of it was written by others. */
export interface McpSkill {
  uri: string;
  name: string;
  description: string;
  /** Addresses of its files; absent where the server tells them one by one. */
  files?: readonly string[];
}

/** A file of a skill that is what the list said of it: size and digest, and the head of SKILL.md. */
export interface McpSkillFile {
  uri: string;
  text: string;
}

const requestMs = 30_000;
const mostText = 1_048_576;

async function skillsOf(client: Client) {
  const { SkillsClient } = await import('@modelcontextprotocol/client/ext/skills');
  return new SkillsClient(client, { skipInvalid: true });
}

/** No file is read for a list. */
export async function listSkills(client: Client): Promise<readonly McpSkill[]> {
  const { skills } = await (await skillsOf(client)).list({}, { timeout: requestMs });
  return skills.map(({ uri, frontmatter, resources }) => ({
    uri: plainText(uri, 2_000),
    name: plainText(frontmatter.name, 200),
    description: plainText(frontmatter.description, 2_000),
    ...(Array.isArray(resources) ? { files: resources.map((each) => plainText(each.uri, 2_000)) } : {}),
  }));
}

/**
 * @param uri of the skill; @param file one of its files, SKILL.md where absent
 * @throws McpNotConnected where the file is not what the server said that it is, or there is none
 */
export async function readSkill(client: Client, uri: string, file?: string): Promise<McpSkillFile> {
  const { SkillVerificationError } = await import('@modelcontextprotocol/client/ext/skills');
  const skills = await skillsOf(client);
  const skill = (await skills.list({}, { timeout: requestMs })).skills.find((each) => each.uri === uri);
  if (skill === undefined) throw new McpNotConnected('connected', `The server lists no skill ${plainText(uri, 200)}.`);
  try {
    // Of a skill whose SKILL.md is another one than was listed, no file is read.
    const first = await skills.read(skill, undefined, { timeout: requestMs });
    const read = file === undefined ? first : await skills.read(skill, file, { timeout: requestMs });
    const text = read.text ?? new TextDecoder().decode(read.bytes);
    return { uri: plainText(read.uri, 2_000), text: plainText(text, mostText) };
  } catch (error) {
    if (!(error instanceof SkillVerificationError)) throw error;
    throw new McpNotConnected(
      'connected',
      `The file is not what the server's list says of it (${error.reason}), and was not read.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Skills: folders with a SKILL.md that says how something is done, in the open format of agentskills.io. The model is told their names and descriptions, and
 * reads one when it needs it. A skill is text: it guides, and allows nothing; its scripts are commands like any other.
 */
import { z } from 'zod';
import { PathRefused, type ProjectFiles } from '../../src/files.ts';
import { defineTool } from '../../src/index.ts';
import { parseFrontMatter } from './front-matter.ts';
import type { CoderProject } from './project.ts';
import { projectFolder, type SettingsOrigin } from './settings.ts';

/** Where skills of a project are: ours, and the one that several assistants share. */
const projectFolders = [`${projectFolder}/skills`, '.agents/skills'];
const mostSkills = 100;
/** Bytes of a SKILL.md. */
const mostBytes = 256 * 1024;
/** Characters of one answer. */
const mostText = 32_000;

export interface Skill {
  name: string;
  origin: SettingsOrigin;
  description: string;
  /** Its folder: relative to the project, or to the user's folder. */
  folder: string;
  /** What is wrong in it; one with problems is not told to the model. */
  problems: readonly string[];
}

const fields = new Set(['name', 'description', 'license', 'allowed-tools', 'metadata', 'compatibility']);

/** What the open format says against a SKILL.md in a folder of this name; empty where all is well. */
export function skillProblems(folder: string, text: string): { head: Readonly<Record<string, unknown>>; problems: string[] } {
  const parsed = parseFrontMatter(text);
  if ('problem' in parsed) return { head: {}, problems: [parsed.problem] };
  if (parsed.head === undefined)
    return { head: {}, problems: ['It has no head. Begin with ---, name: and description: on lines of their own, and ---.'] };
  const { head } = parsed;
  const problems: string[] = [];
  const more = Object.keys(head).filter((field) => !fields.has(field));
  if (more.length > 0) problems.push(`It has ${more.sort().join(', ')}. There are ${[...fields].sort().join(', ')}.`);
  problems.push(...nameProblems(folder, head['name']), ...textProblems('description', head['description'], 1_024));
  if ('compatibility' in head) problems.push(...textProblems('compatibility', head['compatibility'], 500));
  return { head, problems };
}

function nameProblems(folder: string, given: unknown): string[] {
  if (typeof given !== 'string' || given.trim() === '') return ['name is missing. It is the name of the folder.'];
  const name = given.trim().normalize('NFKC');
  return [
    ...(name.length > 64 ? [`name has ${name.length} characters; up to 64 are taken.`] : []),
    ...(name !== name.toLowerCase() || !/^[\p{L}\p{M}\d-]+$/u.test(name) ? ['name takes small letters, digits and hyphens.'] : []),
    ...(/^-|-$|--/.test(name) ? ['name has a hyphen at an end, or two beside each other.'] : []),
    ...(name === folder.normalize('NFKC') ? [] : [`name is "${name}" and the folder "${folder}": they have to be the same.`]),
  ];
}

function textProblems(field: string, given: unknown, most: number): string[] {
  if (typeof given !== 'string' || given.trim() === '') return [`${field} is missing, or is no text. Quote it.`];
  return given.length > most ? [`${field} has ${given.length} characters; up to ${most} are taken.`] : [];
}

/** All skills, the user's first; of two with one name the first is taken. */
export async function skillsOf(project: CoderProject): Promise<Skill[]> {
  const [own, files] = await Promise.all([project.userFiles(), project.files()]);
  const found = own === undefined ? [] : await skillsIn(own, 'user', 'skills');
  for (const folder of projectFolders) found.push(...(await skillsIn(files, 'project', folder)));
  const names = new Set<string>();
  return found.slice(0, mostSkills).map((skill) => {
    if (skill.problems.length > 0) return skill;
    if (names.has(skill.name))
      return { ...skill, problems: ['There is another skill of this name before it. Give it another name.'] };
    names.add(skill.name);
    return skill;
  });
}

async function skillsIn(files: ProjectFiles, origin: SettingsOrigin, under: string): Promise<Skill[]> {
  const skills: Skill[] = [];
  for (const { name, kind } of await listOrNothing(files, under)) {
    if (kind === 'file' || skills.length >= mostSkills) continue;
    const folder = `${under}/${name}`;
    const text = await textOrProblem(files, `${folder}/SKILL.md`);
    if (typeof text !== 'string') skills.push({ name, origin, folder, description: '', problems: [text.problem] });
    else {
      const { head, problems } = skillProblems(name, text);
      const description = typeof head['description'] === 'string' ? head['description'].trim() : '';
      skills.push({ name, origin, folder, description, problems });
    }
  }
  return skills;
}

export async function listOrNothing(files: ProjectFiles, path: string): ReturnType<ProjectFiles['list']> {
  try {
    return await files.list(path);
  } catch (error) {
    if (error instanceof PathRefused) return [];
    throw error;
  }
}

export async function textOrProblem(files: ProjectFiles, path: string): Promise<string | { problem: string }> {
  try {
    const { text, bytes, encoding } = await files.read(path);
    if (encoding === 'binary') return { problem: `${path} is no text.` };
    return bytes > mostBytes ? { problem: `${path} has ${bytes} bytes; up to ${mostBytes} are taken.` } : text;
  } catch (error) {
    if (error instanceof PathRefused) return { problem: error.message };
    throw error;
  }
}

export function skillTool(project: CoderProject) {
  return defineTool({
    name: 'skill',
    description:
      'Reads a skill, which says how something is done here, or another file of it. Read one when its description fits the task. Its scripts are run by `run`.',
    input: z.object({
      name: z.string().min(1).max(100),
      file: z.string().min(1).max(500).optional().describe('Relative to its folder; SKILL.md where absent'),
    }),
    effect: 'read',
    async execute({ name, file = 'SKILL.md' }) {
      const skill = (await skillsOf(project)).find((each) => each.name === name && each.problems.length === 0);
      if (skill === undefined) return { kind: 'refused' as const, because: `There is no skill ${name} that can be used.` };
      if (file.split('/').includes('..')) return { kind: 'refused' as const, because: 'A skill has the files of its own folder.' };
      const files = skill.origin === 'user' ? await project.userFiles() : await project.files();
      if (files === undefined) return { kind: 'refused' as const, because: `The skill ${name} is gone.` };
      const text = await textOrProblem(files, `${skill.folder}/${file}`);
      if (typeof text !== 'string') return { kind: 'refused' as const, because: text.problem };
      const parsed = file === 'SKILL.md' ? parseFrontMatter(text) : undefined;
      const body = parsed !== undefined && 'body' in parsed ? parsed.body : text;
      const left = body.length - mostText;
      return {
        kind: 'skill' as const,
        name,
        folder: skill.origin === 'user' ? `${files.root}/${skill.folder}` : skill.folder,
        text: left > 0 ? `${body.slice(0, mostText)}\n[${left} more characters]` : body,
        files: (await listOrNothing(files, skill.folder)).map((entry) => entry.name),
        // The user wrote theirs; those of a project are others' words.
        ...(skill.origin === 'project' ? { untrusted: true as const } : {}),
      };
    },
  });
}

/**
 * Hooks: commands that run before and after calls of tools. Those of the user are trusted; those of the project were written by others, and run in the sandbox,
 * which lets them read the project and nothing more, or are asked about. A hook before a call may refuse it; what the policy refuses, none allows.
 */
import { z } from 'zod';
import { commandScope, judgeCommand } from '../../src/shell.ts';
import type { CoderProject } from './project.ts';
import type { CoderSettings, SettingsFault, SettingsOrigin } from './settings.ts';

/** Tools that keep rows in one transaction, which no hook may hold up. */
export const unhookedTools: ReadonlySet<string> = new Set(['plan', 'remember', 'forget']);

const hook = z.strictObject({
  /** As a shell of the user's reads it. */
  command: z.string().min(1).max(2_000),
  /** Names of tools; one that ends in `*` means all that begin so. All tools where absent. */
  tools: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  /** Time limit. */
  seconds: z.number().int().min(1).max(60).default(10),
});

const hookSettings = z.strictObject({
  before: z.array(hook).max(20).default([]),
  after: z.array(hook).max(20).default([]),
  /** Of the user: whether hooks of projects run at all. */
  project: z.enum(['on', 'off']).default('on'),
});

export interface Hook {
  when: 'before' | 'after';
  origin: SettingsOrigin;
  command: string;
  tools?: readonly string[] | undefined;
  seconds: number;
}

export interface Hooks {
  list: readonly Hook[];
  faults: readonly SettingsFault[];
}

/** Hooks of both files, the user's first. A section that cannot be used is a fault, and has none. */
export function hooksOf({ files, faults }: CoderSettings): Hooks {
  const wrong: SettingsFault[] = [...faults];
  const found: Hook[] = [];
  let ofProjects = true;
  for (const file of files) {
    if (file.hooks === undefined) continue;
    const parsed = hookSettings.safeParse(file.hooks);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      wrong.push({
        origin: file.origin,
        path: file.path,
        message: `hooks${issue === undefined ? '' : `.${issue.path.join('.')}: ${issue.message}`}`,
      });
      continue;
    }
    const { before, after, project } = parsed.data;
    if (file.origin === 'user') ofProjects = project === 'on';
    else if (!ofProjects) continue;
    for (const [when, hooks] of [['before', before] as const, ['after', after] as const])
      found.push(...hooks.map((each) => ({ ...each, when, origin: file.origin })));
  }
  return { list: found, faults: wrong };
}

export function isHooked({ tools }: Hook, tool: string): boolean {
  return tools === undefined || tools.some((name) => (name.endsWith('*') ? tool.startsWith(name.slice(0, -1)) : tool === name));
}

/** What rules look at before a call with hooks is made. */
export interface HookFacts {
  /** Commands of the project's hooks that would run here without a sandbox, as they are shown. */
  asked: readonly string[];
  /** Two sets of hooks with the same one are covered by one approval: the exact words. */
  scope: string;
  /** Settings of the user that cannot be read: what they would refuse is not known. */
  broken: string | undefined;
}

/** Whether a project's hook may run at all: what makes nothing good again runs in no mode. */
export function isCatastrophic(project: CoderProject, { command }: Hook): boolean {
  return judgeCommand(command, { root: project.folder, isSecret: project.isSecret }).verdict === 'deny';
}

export async function hookFacts(project: CoderProject, tool: string): Promise<HookFacts> {
  const { list, faults } = hooksOf(await project.settings());
  const fault = faults.find(({ origin }) => origin === 'user');
  const ofProject = list.filter((each) => each.origin === 'project' && isHooked(each, tool) && !isCatastrophic(project, each));
  const open = ofProject.length > 0 && !(await project.sandbox()).available ? ofProject : [];
  const judged = open.map(({ command }) => judgeCommand(command, { root: project.folder, isSecret: project.isSecret }));
  return {
    asked: judged.map(({ shown }) => shown),
    scope: judged.map((each) => commandScope(each).key).join('\n'),
    broken: fault === undefined ? undefined : `${fault.path}: ${fault.message}`,
  };
}

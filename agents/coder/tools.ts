/** What the coding assistant can do. */
import type { AnyTool } from '../../src/index.ts';
import { analyseTool } from './analysis/tool.ts';
import { editTools } from './edit-tools.ts';
import { gitTool } from './git-tool.ts';
import { hookedTool } from './hooked-tool.ts';
import type { CoderProject } from './project.ts';
import { readTools } from './read-tools.ts';
import { runTool } from './run-tool.ts';
import { skillTool } from './skills.ts';
import { smallTools } from './small-tools.ts';

export function toolsOf(project: CoderProject): readonly AnyTool[] {
  const tools: readonly AnyTool[] = [
    ...readTools(project),
    analyseTool(project),
    ...editTools(project),
    runTool(project),
    gitTool(project),
    skillTool(project),
    ...smallTools(project),
  ];
  return tools.map((tool) => hookedTool(project, tool));
}

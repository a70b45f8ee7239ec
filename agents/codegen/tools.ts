import type { AnyTool } from '../../src/index.ts';
import { analyseTool } from './stages/analyse.ts';
import { mergeTool, revertTool } from './stages/apply.ts';
import { bringTool } from './stages/bring.ts';
import { checkTool } from './stages/check.ts';
import { commitTool } from './stages/commit.ts';
import { doTasksTool } from './stages/do-tasks.ts';
import { draftPlanTool } from './stages/draft-plan.ts';
import { initTool } from './stages/init.ts';
import { lookTool, projectsTool } from './stages/look.ts';
import { openTool } from './stages/open.ts';
import { endTool, nextRoundTool, rebaseTool, retryTool, takeTool } from './stages/rounds.ts';
import type { Workshop } from './workshop.ts';

/** The stages of a generation: each call is a stored step. */
export function toolsOf(workshop: Workshop): readonly AnyTool[] {
  return [
    openTool(workshop),
    analyseTool(workshop),
    draftPlanTool(workshop),
    doTasksTool(workshop),
    checkTool(workshop),
    commitTool(workshop),
    mergeTool(workshop),
    revertTool(workshop),
    bringTool(workshop),
    rebaseTool(workshop),
    nextRoundTool(),
    retryTool(),
    takeTool(),
    endTool(),
    lookTool(),
    projectsTool(),
    initTool(workshop),
  ];
}

/** The tool by which models and flows ask for analysis. It reads, and starts nothing of the project. */
import { freemem, totalmem } from 'node:os';
import { z } from 'zod';
import { defineTool } from '../../../src/index.ts';
import { analyse } from './analyse.ts';
import type { Project } from './contract.ts';
import type { ProjectIndex } from './project-index.ts';
import { analysisRequest } from './requests.ts';

/** A project that is opened with the first call. */
export interface AnalysedProject {
  analysed(): Promise<Project>;
  index(): Promise<ProjectIndex>;
}

export function analyseTool(project: AnalysedProject) {
  return defineTool({
    name: 'analyse',
    description:
      'Tells of the project by analysis: symbols, uses of a name, related files, tree, map of what matters, dependencies and cycles, things to do, metrics, how tests are run, changes since the last commit. `rename` and `replace` work changes out and answer them as edits; they write nothing.',
    // In an object of its own: providers take no choice between objects at the top of an input.
    input: z.object({ request: analysisRequest }),
    effect: 'read',
    timeoutMs: 120_000,
    maxOutputBytes: 1_048_576,
    async execute({ request }, { signal }) {
      const analysis = { project: await project.analysed(), index: await project.index(), memory, signal };
      return { ...(await analyse(analysis, request)), untrusted: true as const };
    },
  });
}

function memory() {
  return { total: totalmem(), free: freemem() };
}

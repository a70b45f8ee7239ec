import { ProjectRefused } from './project-refused.ts';

/** A run's id as a part of a branch's name. @throws ProjectRefused */
export function branchOf(run: string, kind: '' | 'revert-' = ''): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(run))
    throw new ProjectRefused(`${JSON.stringify(run.slice(0, 120))} names no run: letters, digits, "-" and "_" do.`);
  return `timonel/${kind}${run}`;
}

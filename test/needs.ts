import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';
import { installation, lacking, type ProgramName, programsWanted } from './programs.ts';

/**
 * Whether the programs are here that a test needs: `it.runIf(needs('Prometheus'))`. One that is not is named at the end of all tests.
 * @throws where `TIMONEL_TEST_PROGRAMS=required` and one is lacking
 */
export function needs(...names: ProgramName[]): boolean {
  const absent = lacking(names);
  if (absent.length === 0) return true;
  if (programsWanted() === 'required') throw new Error(`These tests need ${absent.join(', ')}. ${installation(absent)}`);
  appendFileSync(inject('lackingPrograms'), absent.map((name) => `${name}\n`).join(''));
  return false;
}

/** Files that take long begin first, so that no worker is left alone with one of them at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that start many processes, programs or browsers; the longest first. */
const long = [
  'test/guides.test.ts',
  'test/starts/',
  'test/crash/',
  'test/evaluations.test.ts',
  'test/backup/',
  'test/slo/',
  'cli.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const found = long.findIndex((part) => moduleId.includes(part));
      return found === -1 ? long.length : found;
    };
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}

/** The package file of Timonel: at the root of a checkout, and above `dist` where it is installed. */
import { readFileSync } from 'node:fs';

/** What the package file of Timonel says of it. */
export const packageFile = JSON.parse(readPackageFile()) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
};

/** Version of this package. */
export const { version } = packageFile;

function readPackageFile(): string {
  try {
    return readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  } catch {
    return readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  }
}

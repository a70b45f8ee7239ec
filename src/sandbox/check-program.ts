import { TimonelError } from '../errors.ts';
import { defaultSandboxLimits, highestSandboxLimits, type SandboxLimits, type SandboxProgram } from './contract.ts';

const mostFiles = 64;
const mostBytes = 1024 * 1024;
const longestPath = 200;
const mostArguments = 64;
const longestArguments = 16_384;
const longestInput = 1024 * 1024;
const mostInputs = 1_000;

/** @throws TimonelError `invalid_request` */
export function checkProgram({ files, entry, args = [] }: SandboxProgram): void {
  const paths = Object.keys(files);
  if (paths.length > mostFiles) refuse(`A program has up to ${mostFiles} files; this one has ${paths.length}.`);
  if (!Object.hasOwn(files, entry)) refuse(`The file to run, "${entry}", is not among the files of the program.`);
  let bytes = 0;
  for (const path of paths) {
    checkPath(path);
    const content = files[path] ?? '';
    bytes += typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  }
  if (bytes > mostBytes) refuse(`The files of a program have up to ${mostBytes} bytes together; these have ${bytes}.`);
  for (const path of paths) {
    const folder = paths.find((other) => other.startsWith(`${path}/`));
    if (folder !== undefined) refuse(`"${path}" cannot be a file and the folder of "${folder}".`);
  }
  if (args.length > mostArguments || args.join('').length > longestArguments) {
    refuse(`A program has up to ${mostArguments} arguments, ${longestArguments} characters together.`);
  }
  for (const argument of args) if (argument.includes('\0')) refuse('Arguments of a program have no NUL characters.');
}

/** @throws TimonelError `invalid_request` */
export function checkInputs(inputs: readonly string[]): void {
  if (inputs.length > mostInputs) refuse(`A program is run with up to ${mostInputs} inputs at once; got ${inputs.length}.`);
  const long = inputs.find((input) => input.length > longestInput);
  if (long !== undefined) refuse(`The input of a program has up to ${longestInput} characters; this one has ${long.length}.`);
}

/** @throws TimonelError `invalid_request` */
export function completeLimits(wanted: Partial<SandboxLimits> = {}): SandboxLimits {
  const limits = { ...defaultSandboxLimits };
  for (const name of Object.keys(limits) as (keyof SandboxLimits)[]) {
    const value = wanted[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 1 || value > highestSandboxLimits[name]) {
      refuse(`The limit ${name} is a whole number from 1 to ${highestSandboxLimits[name]}; got ${value}.`);
    }
    limits[name] = value;
  }
  return limits;
}

function checkPath(path: string): void {
  const parts = path.split('/');
  const wrong =
    path.length > longestPath ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
    /[\0-\x1f\x7f\\]/.test(path) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (wrong) refuse(`"${path.slice(0, longestPath)}" is no path of a program's file: give a relative one like "src/main.py".`);
}

function refuse(message: string): never {
  throw new TimonelError('invalid_request', message);
}

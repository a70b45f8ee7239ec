/** Commits of git repositories: each file that one changed, before and after. */
import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface HistoricChange {
  repository: string;
  commit: string;
  path: string;
  before: Buffer;
  after: Buffer;
}

const largest = 2_000_000;

/** Files that commits changed, newest commits first. */
export async function* changesOf(repository: string, most: number): AsyncGenerator<HistoricChange> {
  const log = spawnSync(
    'git',
    [
      '-C',
      repository,
      'log',
      '--all',
      '--no-merges',
      '--diff-filter=M',
      '--raw',
      '--no-abbrev',
      '--no-renames',
      '-z',
      '--format=%x01%H',
    ],
    { maxBuffer: 2 ** 31, encoding: 'latin1' },
  );
  if (log.status !== 0) throw new Error(`${repository} has no readable history: ${log.stderr}`);
  using blobs = new Blobs(repository);
  let commit = '';
  let found = 0;
  const seen = new Set<string>();
  const fields = log.stdout.split('\0');
  for (let position = 0; position < fields.length && found < most; position++) {
    const field = fields[position]?.replace(/^\n/, '') ?? '';
    if (field.startsWith('\x01')) commit = field.slice(1).trim();
    const raw = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) M$/.exec(field);
    if (raw === null) continue;
    const path = Buffer.from(fields[position + 1] ?? '', 'latin1').toString('utf8');
    position += 1;
    const [, oldMode = '', newMode = '', old = '', next = ''] = raw;
    if (!oldMode.startsWith('100') || !newMode.startsWith('100') || old === next || seen.has(old + next)) continue;
    seen.add(old + next);
    const before = await blobs.read(old);
    const after = await blobs.read(next);
    if (before === undefined || after === undefined) continue;
    found += 1;
    yield { repository, commit, path, before, after };
  }
}

/** `git cat-file --batch`, one question at a time. */
class Blobs {
  readonly #process;
  readonly #output: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(repository: string) {
    this.#process = spawn('git', ['-C', repository, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#output = (this.#process.stdout as Readable)[Symbol.asyncIterator]();
  }

  async read(id: string): Promise<Buffer | undefined> {
    this.#process.stdin.write(`${id}\n`);
    let end = this.#rest.indexOf('\n');
    while (end === -1) {
      await this.#more();
      end = this.#rest.indexOf('\n');
    }
    const header = this.#rest.subarray(0, end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    if (header.endsWith(' missing')) return undefined;
    const size = Number(header.split(' ')[2]);
    const pieces: Buffer[] = [];
    let missing = size + 1;
    while (true) {
      const piece = this.#rest.subarray(0, missing);
      pieces.push(piece);
      missing -= piece.length;
      this.#rest = this.#rest.subarray(piece.length);
      if (missing === 0) break;
      await this.#more();
    }
    return size > largest ? undefined : Buffer.concat(pieces).subarray(0, size);
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#output.next();
    if (done === true) throw new Error('git cat-file ended.');
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}

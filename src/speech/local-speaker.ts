/** Speech by programs of the machine: eSpeak NG speaks, FFmpeg packs it as OGG with Opus, one channel. No model, no network, no cost. */
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

/** eSpeak's names of voices. */
const voices = { es: 'es-419', en: 'en' } as const;
/** Both take some 0.3 s for ten seconds of speech. */
const longestMs = 15_000;

let found: Promise<boolean> | undefined;

/** Whether both programs start here; looked for once a process. */
export function hasLocalSpeaker(): Promise<boolean> {
  found ??= Promise.all([starts('espeak-ng', ['--version']), starts('ffmpeg', ['-version'])]).then((all) =>
    all.every((each) => each),
  );
  return found;
}

/** @returns OGG with Opus, mono, 48 kHz. @throws Error where a program fails or takes too long */
export async function speakLocally(text: string, language: 'es' | 'en', signal: AbortSignal): Promise<Buffer> {
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)]), windowsHide: true };
  const speaker = spawn('espeak-ng', ['-v', voices[language], '-s', '155', '--stdin', '--stdout'], {
    ...options,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const packing = [
    '-i',
    'pipe:0',
    '-c:a',
    'libopus',
    '-b:a',
    '24k',
    '-ac',
    '1',
    '-ar',
    '48000',
    '-application',
    'voip',
    '-f',
    'ogg',
  ];
  const packer = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...packing, 'pipe:1'], {
    ...options,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A program that ends early breaks its pipe; its exit says why.
  for (const pipe of [speaker.stdin, packer.stdin]) pipe.on('error', () => {});
  speaker.stdin.end(text);
  speaker.stdout.pipe(packer.stdin);
  const [sound] = await Promise.all([buffer(packer.stdout), ended(speaker, 'espeak-ng'), ended(packer, 'ffmpeg')]);
  if (sound.subarray(0, 4).toString('latin1') !== 'OggS') throw new Error('ffmpeg wrote no OGG.');
  return sound;
}

function ended(child: ReturnType<typeof spawn>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}.`))));
  });
}

function starts(program: string, options: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, options, { stdio: 'ignore', windowsHide: true });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/** Voice of customers: heard before the run, read back where it is not sure, and never made up; short replies spoken where it is wanted. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { speakLocally } from '../../src/speech/local-speaker.ts';
import { needs } from '../needs.ts';
import { storeKinds } from '../stores.ts';
import { oggOf, type Recogniser, startRecogniser } from './recogniser.ts';
import { openSalon, type Salon } from './salon.ts';

const patient = { timeout: 20_000, interval: 50 };
let count = 0;
const person = () => ({ phone: `54911555${String(10_000 + ++count)}`, name: 'Ana' });
const segments = (confidence: number, silence = 0.01) => [
  { start: 0, end: 2, avg_logprob: Math.log(confidence), no_speech_prob: silence },
];
const speaks = (salon: Salon, sound: Buffer<ArrayBuffer>) => ({
  type: 'audio',
  audio: { ...salon.api.file(sound, 'audio/ogg'), voice: true },
});

describe.each(storeKinds)('a voice message (%s)', (kind) => {
  let recogniser: Recogniser;
  let salon: Salon;
  beforeAll(async () => {
    recogniser = await startRecogniser();
    salon = await openSalon(kind, {
      settings: { voiceReplies: true },
      prices: { 'openai/whisper-1': { perMinute: 0.006 }, 'openai/tts-1': { input: 15, output: 0 } },
      environment: {
        TIMONEL_OPENAI_URL: recogniser.url,
        OPENAI_API_KEY: 'test',
        TIMONEL_TRANSCRIPTION_MODEL: 'openai/whisper-1',
        TIMONEL_SPEECH_MODEL: 'openai/tts-1',
      },
    });
  }, 60_000);
  afterAll(async () => {
    await salon?.[Symbol.asyncDispose]();
    recogniser?.[Symbol.dispose]();
  });

  it('is a turn in its words, answered in words and in voice, and text is answered by text', async () => {
    const ana = person();
    const sound = oggOf(`${kind} turno`);
    recogniser.means(sound, { text: ' Quiero un turno el jueves. ', language: 'spanish', duration: 2.4, segments: segments(0.93) });
    await salon.hear(ana, speaks(salon, sound));
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['[audio]', 'echo: Quiero un turno el jueves.']);
    expect(recogniser.heard.at(-1)).toBe('voice.ogg whisper-1');
    const voice = salon.api.sent.find(({ to, body }) => to === ana.phone && body['type'] === 'audio');
    const { id } = (voice?.body['audio'] ?? { id: '' }) as { id: string };
    expect(salon.api.uploaded(id)?.bytes.equals(recogniser.voice)).toBe(true);
    expect(salon.api.uploaded(id)?.mediaType).toMatch(/^audio\/ogg/);
    expect(recogniser.spoken.at(-1)).toEqual({
      model: 'tts-1',
      voice: 'alloy',
      input: 'echo: Quiero un turno el jueves.',
      response_format: 'opus',
    });
    await salon.hear(ana, 'gracias');
    await expect.poll(() => salon.textsTo(ana.phone).slice(2), patient).toEqual(['echo: gracias']);
    expect(salon.api.refused).toEqual([]);
    const readiness = await salon.test.call<{ dependencies?: { name: string; status: string }[] }>('GET', '/health');
    expect(JSON.stringify(readiness.body)).toContain('"speech"');
    const { body: metrics } = await salon.test.call<string>('GET', '/metrics/prometheus');
    expect(metrics).toMatch(/timonel_speech_transcriptions_total\{[^}]*result="heard"[^}]*\} 1/);
    expect(metrics).toMatch(/timonel_speech_audio_seconds_total(?:\{[^}]*\})? 2\.4/);
  });

  it('is read back where the recogniser is not sure: a yes is the message, a no is asked again, and anything else is what it says', async () => {
    const [eva, luz, sol] = [person(), person(), person()];
    const sound = oggOf(`${kind} unsure`);
    recogniser.means(sound, { text: 'el jueves a las tres', duration: 2, segments: segments(0.4) });
    for (const each of [eva, luz, sol]) await salon.hear(each, speaks(salon, sound));
    for (const each of [eva, luz, sol])
      await expect.poll(() => salon.textsTo(each.phone), patient).toEqual(['Entendí: «el jueves a las tres». ¿Es así?']);
    const asked = salon.api.sent.find(({ to }) => to === eva.phone)?.body['interactive'] as { type: string };
    expect(asked.type).toBe('button');
    // Nothing was said to the agent yet.
    expect(await salon.rows(`SELECT 1 FROM messages WHERE text = 'el jueves a las tres'`)).toEqual([]);
    await salon.hear(eva, 'Sí');
    await expect.poll(() => salon.textsTo(eva.phone).at(-1), patient).toBe('echo: el jueves a las tres');
    await salon.hear(luz, 'no');
    await expect.poll(() => salon.textsTo(luz.phone).at(-1), patient).toBe('Perdón. ¿Me lo escribís, o lo grabás de nuevo?');
    await salon.hear(sol, 'no, el viernes');
    await expect.poll(() => salon.textsTo(sol.phone).at(-1), patient).toBe('echo: no, el viernes');
    // What was read back before is of no meaning any more.
    await salon.hear(sol, 'sí');
    await expect.poll(() => salon.textsTo(sol.phone).at(-1), patient).toBe('echo: sí');
  });

  it('is not made up: silence, a refusal, and a budget that is spent are said to be so', async () => {
    const [ana, eva, joe] = [person(), person(), person()];
    const [silent, refused, dear] = [oggOf(`${kind} silent`), oggOf(`${kind} refused`), oggOf(`${kind} dear`)];
    recogniser.means(silent, {
      text: 'Gracias por ver el video.',
      duration: 3,
      segments: [{ start: 0, end: 3, avg_logprob: -1.4, no_speech_prob: 0.9 }],
    });
    recogniser.means(refused, 400);
    const sorry = 'No pude entender el mensaje de voz. ¿Me lo escribís, o lo grabás de nuevo?';
    await salon.hear(ana, speaks(salon, silent));
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual([sorry]);
    await salon.hear(eva, speaks(salon, refused));
    await expect.poll(() => salon.textsTo(eva.phone), patient).toEqual([sorry]);

    await salon.hear(joe, 'hello, do you speak English? I would like an appointment');
    await expect.poll(() => salon.textsTo(joe.phone), patient).toHaveLength(1);
    const budget = await salon.test.call('PUT', '/api/v1/budgets', { scope: 'workspace', period: 'day', money: 0.000_001 });
    expect(budget.status).toBe(200);
    const before = recogniser.heard.length;
    await salon.hear(joe, speaks(salon, dear));
    await expect
      .poll(() => salon.textsTo(joe.phone)[1], patient)
      .toBe('I could not understand the voice message. Could you write it, or record it again?');
    expect(recogniser.heard.length).toBe(before);
    expect(await salon.rows(`SELECT DISTINCT result FROM channel_inbox WHERE result LIKE 'budget%'`)).toEqual([
      { result: 'budget_exceeded' },
    ]);
  });
});

describe('without a recogniser', () => {
  it('a customer is told in her language that voice is not heard here', async () => {
    await using salon = await openSalon('embedded');
    const [ana, joe] = [person(), person()];
    await salon.hear(ana, speaks(salon, oggOf('one')));
    await expect
      .poll(() => salon.textsTo(ana.phone), patient)
      .toEqual(['Los mensajes de voz no se pueden escuchar acá. ¿Me lo escribís?']);
    await salon.hear(joe, 'hello, I would like an appointment please');
    await expect.poll(() => salon.textsTo(joe.phone), patient).toHaveLength(1);
    await salon.hear(joe, speaks(salon, oggOf('two')));
    await expect.poll(() => salon.textsTo(joe.phone)[1], patient).toBe('Voice messages cannot be heard here. Could you write it?');
    expect(await salon.rows('SELECT 1 FROM messages WHERE role = $1', ['user'])).toHaveLength(1);
  });
});

describe.runIf(needs('FFmpeg', 'eSpeak NG'))('the speaker of the machine', () => {
  it('speaks Opus in OGG with one channel, which a recogniser is sent as it is', async () => {
    using recogniser = await startRecogniser();
    const folder = mkdtempSync(join(tmpdir(), 'timonel-voice-'));
    const probe = (sound: Uint8Array) => {
      const file = join(folder, 'voice.ogg');
      writeFileSync(file, sound);
      const asked = ['-v', 'error', '-show_entries', 'stream=codec_name,channels', '-of', 'csv=p=0', file];
      return spawnSync('ffprobe', asked, { encoding: 'utf8' }).stdout.trim();
    };
    await using salon = await openSalon('embedded', {
      settings: { voiceReplies: true },
      environment: { TIMONEL_OPENAI_URL: recogniser.url, OPENAI_API_KEY: 'test', TIMONEL_TRANSCRIPTION_MODEL: 'openai/whisper-1' },
    });
    const ana = person();
    const signal = AbortSignal.timeout(20_000);
    const said = (await speakLocally('Quiero un turno el jueves a las tres.', 'es', signal)) as Buffer<ArrayBuffer>;
    expect(probe(said)).toBe('opus,1');
    recogniser.means(said, { text: 'Quiero un turno el jueves a las tres.', duration: 2, segments: segments(0.9) });
    await salon.hear(ana, speaks(salon, said));
    await expect.poll(() => salon.textsTo(ana.phone), patient).toEqual(['[audio]', 'echo: Quiero un turno el jueves a las tres.']);
    const sent = salon.api.sent.find(({ to, body }) => to === ana.phone && body['type'] === 'audio')?.body['audio'] as {
      id: string;
    };
    expect(probe(salon.api.uploaded(sent.id)?.bytes ?? Buffer.alloc(0))).toBe('opus,1');
    expect(salon.api.refused).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

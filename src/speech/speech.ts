/** Voice of customers as text, and replies as voice. What cannot be heard is said to be so; nothing is made up. */
import { channels, type SpeechDone } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import type { Gateway } from '../llm/gateway.ts';
import { synthesise, transcribe } from '../llm/requests/speech.ts';
import { hasLocalSpeaker, speakLocally } from './local-speaker.ts';

export interface SpeechSettings {
  /** Route or `provider/model` with OpenAI's `/audio/transcriptions`; without one nothing is heard. */
  transcription: string | undefined;
  /** The same with `/audio/speech`. */
  speech: string | undefined;
  voice: string;
  /** Whether the programs of the machine speak where no model does. */
  local: boolean;
  /** Below it what was heard is read back, 0 to 1. */
  confidence: number;
}

/** Sound of a customer, whole. */
export interface Sound {
  data: Buffer<ArrayBuffer>;
  mediaType: string;
}

export interface HeardSpeech {
  /** Empty where nothing was understood. */
  text: string;
  /** The recogniser is not sure enough: it is to be read back. */
  unsure: boolean;
}

/** Seconds that a call may take, in milliseconds. */
const longestMs = 60_000;

export class Speech {
  readonly #gateway: Gateway;
  readonly #settings: SpeechSettings;

  constructor(gateway: Gateway, settings: SpeechSettings) {
    this.#gateway = gateway;
    this.#settings = settings;
  }

  /** Whether there is a recogniser. */
  get hears(): boolean {
    return this.#settings.transcription !== undefined;
  }

  /** Whether something speaks. */
  async speaks(): Promise<boolean> {
    const { speech, local } = this.#settings;
    return speech !== undefined || (local && (await hasLocalSpeaker()));
  }

  /** For readiness; `undefined` where no model is asked for. A model behind an open breaker, or none of that name, is down. */
  status(workspaceId: string): { status: 'up' | 'down'; detail: Record<string, string> } | undefined {
    const { transcription, speech } = this.#settings;
    if (transcription === undefined && speech === undefined) return undefined;
    const detail: Record<string, string> = {};
    for (const [name, model] of Object.entries({ transcription, speech })) {
      if (model !== undefined) detail[name] = this.#reachable(workspaceId, model) ? 'up' : 'down';
    }
    return { status: Object.values(detail).includes('down') ? 'down' : 'up', detail };
  }

  /** @throws TimonelError as of any call to a model; `model_not_found` where there is no recogniser */
  async hear(workspaceId: string, agent: string, sound: Sound): Promise<HeardSpeech> {
    const { transcription: model, confidence: least } = this.#settings;
    if (model === undefined) throw new TimonelError('model_not_found', 'There is no recogniser. Set TIMONEL_TRANSCRIPTION_MODEL.');
    const started = performance.now();
    const name = `voice.${extensionOf(sound.mediaType)}`;
    try {
      const context = { spender: { workspaceId, agent }, signal: AbortSignal.timeout(longestMs) };
      const { text, confidence, seconds } = await transcribe(this.#gateway, { model, sound: { ...sound, name } }, context);
      const unsure = confidence !== undefined && confidence < least;
      tell({
        what: 'transcription',
        engine: 'model',
        result: text === '' ? 'nothing' : unsure ? 'unsure' : 'heard',
        started,
        seconds,
      });
      return { text, unsure };
    } catch (error) {
      tell({ what: 'transcription', engine: 'model', result: error instanceof TimonelError ? error.code : 'failed', started });
      throw error;
    }
  }

  /** @returns OGG with Opus, mono. @throws Error where nothing speaks */
  async speak(workspaceId: string, agent: string, text: string, language: 'es' | 'en'): Promise<Buffer> {
    const { speech: model, voice } = this.#settings;
    const started = performance.now();
    const engine = model === undefined ? 'local' : 'model';
    const signal = AbortSignal.timeout(longestMs);
    try {
      const sound =
        model === undefined
          ? await speakLocally(text, language, signal)
          : (await synthesise(this.#gateway, { model, voice, text }, { spender: { workspaceId, agent }, signal })).sound;
      tell({ what: 'speech', engine, result: 'spoken', started });
      return sound;
    } catch (error) {
      tell({ what: 'speech', engine, result: error instanceof TimonelError ? error.code : 'failed', started });
      throw new Error(`The reply cannot be spoken (${messageOf(error)}).`, { cause: error });
    }
  }

  #reachable(workspaceId: string, model: string): boolean {
    try {
      return this.#gateway
        .resolve(workspaceId, model)
        .targets.some((target) => this.#gateway.breakers.state(target.model) !== 'open');
    } catch {
      return false;
    }
  }
}

const extensions: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/wav': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/webm': 'webm',
  'video/webm': 'webm',
  'audio/flac': 'flac',
};

/** Recognisers go by the ending of the name. */
function extensionOf(mediaType: string): string {
  return extensions[mediaType.split(';')[0]?.trim() ?? ''] ?? 'ogg';
}

function tell({
  started,
  seconds,
  ...done
}: Omit<SpeechDone, 'milliseconds' | 'seconds'> & { started: number; seconds?: number | undefined }) {
  if (!channels.speechDone.hasSubscribers) return;
  channels.speechDone.publish({ ...done, seconds, milliseconds: performance.now() - started } satisfies SpeechDone);
}

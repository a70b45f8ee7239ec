import { channels, type SpeechDone } from '../diagnostics.ts';
import type { MetricSet } from './metric-set.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Voice of customers, and for them. */
export function speechMetrics(set: MetricSet, subscriptions: Subscriptions): void {
  const heard = set.counter('timonel_speech_transcriptions_total', 'voice messages that were given to a recogniser', ['result']);
  const audio = set.counter('timonel_speech_audio_seconds_total', 'seconds of voice that were heard', []);
  const spoken = set.counter('timonel_speech_replies_total', 'replies that were to be spoken', ['engine', 'result']);
  const duration = set.histogram('timonel_speech_duration_seconds', 'from asking for a transcription or for speech to having it', [
    'what',
  ]);
  subscriptions.on<SpeechDone>(channels.speechDone, ({ what, engine, result, seconds, milliseconds }) => {
    if (what === 'transcription') heard([result]);
    else spoken([engine, result]);
    if (seconds !== undefined) audio([], seconds);
    duration([what], milliseconds);
  });
}

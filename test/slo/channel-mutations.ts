/** Mistakes in the rules about channels, speech and endpoints. */
import { edited, hasty, type Mutation, mutated, patient, unguarded } from './mutate.ts';

export const channelMutations: Mutation[] = [
  [
    'attempts that are made again count as lost',
    'messages are tried again, and four reach nobody',
    () => mutated('DeliveryFailing', edited('refused', 'retried|refused')),
  ],
  [
    'one lost message in a hundred is enough',
    'one message in twenty reaches nobody',
    () => mutated('DeliveryFailing', edited('> 0.1', '> 0.01')),
  ],
  [
    'refused messages do not count as lost',
    'one message in five reaches nobody for a while',
    () => mutated('DeliveryFailing', edited('refused', 'refusal')),
  ],
  [
    'no number of lost messages is needed',
    'messages are tried again, and four reach nobody',
    () => mutated('DeliveryFailing', unguarded),
  ],
  [
    'attempts that are made again count as events that were never told',
    'an endpoint is told at the second attempt',
    () => mutated('WebhookUndelivered', edited('dead', 'retried')),
  ],
  [
    'events that were told count instead',
    'an endpoint was not told of an event in the end',
    () => mutated('WebhookUndelivered', edited('dead', 'delivered')),
  ],
  [
    'one refused webhook is enough',
    'a stranger tries a webhook now and then',
    () => mutated('WebhookRefused', edited('>= 5', '> 0')),
  ],
  [
    'accepted webhooks are counted instead',
    'the secret of a channel was changed at the provider alone',
    () => mutated('WebhookRefused', edited('refused', 'accepted')),
  ],
  [
    'a recogniser that understood nothing has failed',
    'customers say nothing, and one voice message in ten fails',
    () => mutated('HearingFailing', edited('heard|', '')),
  ],
  [
    'one failed voice message is enough',
    'customers say nothing, and one voice message in ten fails',
    () => mutated('HearingFailing', edited('> 0.25', '> 0.01')),
  ],
  ['no number of failures is needed', 'the recogniser fails twice', () => mutated('HearingFailing', unguarded)],
  [
    'only a breaker that is open is a failure',
    'the provider of speech is away for a while',
    () => mutated('HearingFailing', edited('!~"heard|unsure|nothing|budget_exceeded"', '="breaker_open"')),
  ],
  [
    'a hiccup of the recogniser is told',
    'the provider of speech fails for some minutes, and is asked little afterwards',
    () => mutated('HearingFailing', hasty),
  ],
  [
    'replies that were spoken count as failures',
    'customers say nothing, and one voice message in ten fails',
    () => mutated('SpeakingFailing', edited('spoken|', '')),
  ],
  [
    'a voice that fails is waited for all day',
    'the provider of speech is away for a while',
    () => mutated('SpeakingFailing', patient),
  ],
  [
    'a spent budget is a fault of the provider',
    'the budget for voice is spent',
    () => mutated('SpeakingFailing', edited('|budget_exceeded', '')),
  ],
];

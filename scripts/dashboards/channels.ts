import type { Dashboard } from './dashboard.ts';

/** What customers write and what reaches them. */
export const channels: Dashboard = {
  uid: 'timonel-channels',
  title: 'channels',
  description: 'What customers write, and what reaches them',
  rows: [
    {
      title: 'From contacts',
      panels: [
        {
          title: 'Webhooks',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (channel, result) (rate(timonel_channel_webhooks_total[$__rate_interval]))',
              legend: '{{channel}} {{result}}',
            },
          ],
        },
        {
          title: 'Messages taken',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (channel, result) (rate(timonel_channel_messages_total[$__rate_interval]))',
              legend: '{{channel}} {{result}}',
            },
          ],
        },
        {
          title: 'Repeated by providers',
          unit: 'reqps',
          queries: [{ expr: 'sum by (channel) (rate(timonel_channel_duplicates_total[$__rate_interval]))', legend: '{{channel}}' }],
        },
        {
          title: 'Parts of webhooks that are not taken',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (channel, update) (rate(timonel_channel_updates_not_taken_total[$__rate_interval]))',
              legend: '{{channel}} {{update}}',
            },
          ],
        },
      ],
    },
    {
      title: 'To contacts',
      panels: [
        {
          title: 'Deliveries',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (channel, result) (rate(timonel_channel_deliveries_total[$__rate_interval]))',
              legend: '{{channel}} {{result}}',
            },
          ],
        },
        {
          title: 'From stored to taken by the provider, 95 %',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (le, channel) (rate(timonel_channel_delivery_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{channel}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Speech',
      panels: [
        {
          title: 'Voice messages by what came of them',
          unit: 'reqps',
          queries: [
            { expr: 'sum by (result) (rate(timonel_speech_transcriptions_total[$__rate_interval]))', legend: '{{result}}' },
          ],
        },
        {
          title: 'Replies that were to be spoken',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (engine, result) (rate(timonel_speech_replies_total[$__rate_interval]))',
              legend: '{{engine}} {{result}}',
            },
          ],
        },
        {
          title: 'Time of a transcription or of speech, 95 %',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (le, what) (rate(timonel_speech_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{what}}',
            },
          ],
        },
        {
          title: 'Voice that was heard',
          unit: 's',
          queries: [{ expr: 'sum(rate(timonel_speech_audio_seconds_total[$__rate_interval]))', legend: 'seconds a second' }],
        },
      ],
    },
  ],
};

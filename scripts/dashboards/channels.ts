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
  ],
};

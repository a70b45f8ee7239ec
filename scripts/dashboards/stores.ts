import { type Dashboard, rate } from './dashboard.ts';

export const stores: Dashboard = {
  uid: 'timonel-stores',
  title: 'stores',
  description: 'The database, the queue, Redis and the disk',
  rows: [
    {
      title: 'Database',
      panels: [
        { title: 'Answers', description: '1 while it does', queries: [{ expr: 'timonel_store_up', legend: '{{instance}}' }] },
        {
          title: 'Connections',
          queries: [
            { expr: 'timonel_database_pool_open', legend: '{{instance}} open' },
            { expr: 'timonel_database_pool_idle', legend: '{{instance}} idle' },
            { expr: 'timonel_database_pool_size', legend: '{{instance}} at most' },
          ],
        },
        {
          title: 'Statements that wait, and were given up',
          queries: [
            { expr: 'timonel_database_pool_waiting', legend: '{{instance}} wait' },
            { expr: rate('timonel_database_pool_acquire_timeouts_total', 'instance'), legend: '{{instance}} given up, per second' },
          ],
        },
      ],
    },
    {
      title: 'Queue',
      panels: [
        {
          title: 'Jobs that wait',
          width: 12,
          queries: [{ expr: 'max by (queue) (timonel_queue_jobs{state="waiting"})', legend: '{{queue}}' }],
        },
        {
          title: 'Jobs under way',
          width: 12,
          queries: [{ expr: 'max by (queue) (timonel_queue_jobs{state="active"})', legend: '{{queue}}' }],
        },
      ],
    },
    {
      title: 'Runs that wait',
      panels: [
        {
          title: 'For what',
          width: 12,
          queries: [{ expr: 'max by (kind) (timonel_waits_pending)', legend: '{{kind}}' }],
        },
        {
          title: 'For how long',
          description: 'The oldest of each kind',
          unit: 's',
          width: 12,
          queries: [{ expr: 'max by (kind) (timonel_waits_oldest_seconds)', legend: '{{kind}}' }],
        },
      ],
    },
    {
      title: 'Redis and disk',
      panels: [
        {
          title: 'Redis answers',
          description: '1 while it does; empty without Redis',
          queries: [{ expr: 'timonel_redis_up', legend: '{{instance}}' }],
        },
        {
          title: 'Memory of Redis',
          description: 'A limit of 0 is none',
          unit: 'bytes',
          queries: [
            { expr: 'max(timonel_redis_memory_used_bytes)', legend: 'used' },
            { expr: 'max(timonel_redis_memory_max_bytes)', legend: 'at most' },
          ],
        },
        { title: 'Disk', unit: 'percentunit', queries: [{ expr: 'timonel_disk_used_ratio', legend: '{{instance}} {{mount}}' }] },
        {
          title: 'Age of the newest verified backup',
          unit: 's',
          queries: [{ expr: 'max(timonel_backup_verified_age_seconds)', legend: 'age' }],
        },
      ],
    },
  ],
};

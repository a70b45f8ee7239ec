import type { Check } from './contract.ts';

const freshHours = 26;

export const backup: Check = {
  name: 'backup',
  async run({ backups, settings, now }, { beforeDeploy }) {
    const all = await backups.list();
    const verified = all.find(({ verifiedAt }) => verifiedAt !== undefined);
    const advice = 'timonel backup && timonel backup verify; TIMONEL_BACKUP_CRON does it every day.';
    if (verified === undefined) {
      const said = all.length === 0 ? 'There is no backup.' : `${all.length} backups, and none was verified.`;
      // Where nobody asked for backups, an update still must not begin without one.
      return { status: beforeDeploy || settings.backups.expected ? 'fail' : 'warning', said, advice };
    }
    const hours = (now().getTime() - verified.takenAt.getTime()) / 3_600_000;
    const said = `The newest verified backup is ${hours < 1 ? 'less than an hour' : `${Math.round(hours)} hours`} old.`;
    if (hours <= freshHours) return { status: 'pass', said };
    return { status: beforeDeploy || settings.backups.expected ? 'fail' : 'warning', said, advice };
  },
};

export const queue: Check = {
  name: 'queue',
  async run({ running }) {
    if (running === undefined) return { status: 'skipped', said: 'A running process tells of its queues.' };
    const [queues, failed] = await Promise.all([running.queues(), running.failedJobs()]);
    const waiting = queues.reduce((sum, each) => sum + each.waiting, 0);
    const said = `${queues.length} queues, ${waiting} jobs wait.`;
    if (failed.length === 0) return { status: 'pass', said };
    const names = [...new Set(failed.map((each) => each.queue))].join(', ');
    return {
      status: 'warning',
      said: `${said} Given up: ${failed.length}, of ${names}.`,
      advice: 'GET /api/v1/queues/failed says why; POST /api/v1/queues/{queue}/jobs/{id}/retry has one done again.',
    };
  },
};

export const knowledge: Check = {
  name: 'knowledge',
  async run({ store, schema }) {
    // Without its tables there is nothing to look at: the schema has a check of its own.
    if ((await schema()).core.applied === 0) return { status: 'skipped', said: 'The schema is not there yet.' };
    const [row] = await store.pool.executeText(
      `SELECT (SELECT count(*)::int FROM knowledge_collections) AS collections,
              (SELECT count(*)::int FROM knowledge_documents) AS documents`,
    );
    const [collections, documents] = [Number(row?.['collections']), Number(row?.['documents'])];
    return { status: 'pass', said: `${documents} documents in ${collections} collections.` };
  },
};

export const agents: Check = {
  name: 'agents',
  async run({ agents: all, running }) {
    const named = all.map(({ name, version }) => `${name} ${version}`).join(', ');
    const silent = all.filter(({ flows, model }) => flows === undefined && model === undefined);
    if (running !== undefined && running.defaultModel() === undefined && silent.length > 0)
      return {
        status: 'fail',
        said: `${silent.map(({ name }) => name).join(', ')} cannot answer: no flows, and no model is configured.`,
        advice: 'Configure a model (docs/models.md), or give the agent flows.',
      };
    return { status: 'pass', said: named };
  },
};

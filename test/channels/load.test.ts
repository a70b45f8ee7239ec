/** The loads of the nightly run in short, by what is counted: no time is asserted here. */
import { expect, it } from 'vitest';
import { freshStoreEnvironment } from '../stores.ts';
import { readerLoad, webhookLoad } from './load.ts';

it('takes 50 webhooks a second while the model answers nothing, and stores each', async () => {
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const { sent, accepted, stored, beforeModel } = await webhookLoad(environment, {
    perSecond: 50,
    seconds: 10,
    modelMs: undefined,
  });
  await remove();
  expect({ sent, accepted, stored, beforeModel }).toEqual({ sent: 500, accepted: 500, stored: 500, beforeModel: 500 });
});

it('tells 200 readers of every turn, for much less than their number in work', async () => {
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const { heard, expected, cpuRatio } = await readerLoad(environment, 200);
  await remove();
  expect(heard).toBe(expected);
  expect(cpuRatio).toBeLessThan(100);
});

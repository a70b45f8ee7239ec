import { expect, it } from 'vitest';
import { TimonelError } from '../../errors.ts';
import { Flights, joinFairly } from './flights.ts';

it('begins anew for the others where whoever asked first was refused for reasons of their own', async () => {
  const flights = new Flights<string>();
  const begun: string[] = [];
  const ask = (who: string, work: () => Promise<string>) =>
    joinFairly((begins) =>
      flights.join('question', async () => {
        begins();
        begun.push(who);
        return work();
      }),
    );
  const poor = ask('poor', () => Promise.reject(new TimonelError('budget_exceeded', 'The budget of the API key is used up.')));
  const others = ['one', 'two', 'three'].map((who) => ask(who, async () => who));
  await expect(poor).rejects.toMatchObject({ code: 'budget_exceeded' });
  expect(await Promise.all(others)).toEqual([
    { outcome: 'one', joined: false },
    { outcome: 'one', joined: true },
    { outcome: 'one', joined: true },
  ]);
  expect(begun).toEqual(['poor', 'one']);
});

it('fails together where nobody would fare better', async () => {
  const flights = new Flights<string>();
  let begun = 0;
  const ask = () =>
    joinFairly((begins) =>
      flights.join('question', async () => {
        begins();
        begun++;
        throw new TimonelError('model_unavailable', 'No model answers.');
      }),
    );
  const outcomes = await Promise.allSettled([ask(), ask(), ask()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(begun).toBe(1);
});

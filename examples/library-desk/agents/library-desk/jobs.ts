import type { Job } from 'timonel';
import { catalogue } from './catalogue.ts';

const remind: Job = {
  name: 'remind',
  // Runs at least once: the catalogue takes the key of the loan, and writes one letter for it.
  run: ({ loan }) => catalogue.remind(String(loan)),
};

export const jobs = [remind];

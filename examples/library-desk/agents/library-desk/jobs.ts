import type { Job } from 'timonel';
import { office } from './office.ts';

const remind: Job = {
  name: 'remind',
  // Runs at least once: the office writes one letter for a card and a title.
  run: ({ card, title }) => office.remind(String(card), String(title)),
};

export const jobs = [remind];

import type { Vocabulary } from '../../src/language/contract.ts';

/** Room types as a hotel would enter them. */
export const sampleTypes: Vocabulary = {
  hotels: [],
  types: [
    { id: 'single', name: 'Single', aliases: ['simple', 'individual'] },
    { id: 'double', name: 'Doble', aliases: ['matrimonial', 'double', 'habitación doble', 'twin'] },
    { id: 'triple', name: 'Triple', aliases: ['habitación triple'] },
    { id: 'suite', name: 'Suite', aliases: ['suite deluxe', 'deluxe'] },
    { id: 'family', name: 'Familiar', aliases: ['habitación familiar', 'family room', 'cuádruple'] },
  ],
};

/** The salon of the rehearsals. Its clock stands at Friday, 20 November 2026, 12:00 in Buenos Aires. */
import { Salon, type SalonPlan } from './salon.ts';

const everybody = ['Ana Ruiz', 'Bruno Paz'];
const service = { description: '', category: 'pelo', currency: 'ARS', staff: everybody };
const wholeDay = [{ from: '09:00', to: '20:00' }];

export const plan: SalonPlan = {
  services: [
    { ...service, name: 'Corte de pelo', price: 12000, durationMinutes: 45, aliases: ['corte', 'haircut', 'corte de cabello'] },
    { ...service, name: 'Corte y barba', price: 16000, durationMinutes: 60, aliases: ['haircut and beard'] },
    { ...service, name: 'Barba', price: 6000, durationMinutes: 30, aliases: ['beard trim', 'beard'] },
    {
      ...service,
      name: 'Coloración',
      price: 30000,
      durationMinutes: 90,
      aliases: ['color', 'tintura', 'coloring'],
      staff: ['Ana Ruiz'],
    },
    { ...service, name: 'Manicura', price: 9000, durationMinutes: 45, aliases: ['uñas', 'manicure', 'nails'], staff: ['Ana Ruiz'] },
  ],
  hours: { 1: wholeDay, 2: wholeDay, 3: wholeDay, 4: wholeDay, 5: wholeDay, 6: [{ from: '09:00', to: '14:00' }] },
  promotions: [{ name: 'Martes de color', description: '', discountPercent: 20, services: ['Coloración'], until: '2026-12-31' }],
  address: 'Av. Mayo 100',
  timeZone: 'America/Argentina/Buenos_Aires',
};

export const fridayNoon = new Date('2026-11-20T15:00:00Z');

export function openSalon(): Salon {
  return new Salon(structuredClone(plan), new Date(fridayNoon));
}

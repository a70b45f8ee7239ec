/** Businesses as the customers of the recorded conversations take them to be. */
import type { SalonPlan } from '../../agents/booking/rehearsal/salon.ts';

const timeZone = 'America/Argentina/Buenos_Aires';
const wholeDay = [{ from: '09:00', to: '20:00' }];
const hours = { 1: wholeDay, 2: wholeDay, 3: wholeDay, 4: wholeDay, 5: wholeDay, 6: wholeDay };
const everybody = ['Carlos Ramírez', 'Juan Pérez', 'María García'];
const shared = { description: '', currency: 'ARS', category: 'pelo', staff: everybody };

export const hairSalon: SalonPlan = {
  services: [
    {
      ...shared,
      name: 'Corte de cabello',
      price: 3500,
      durationMinutes: 35,
      aliases: ['corte', 'corte de pelo', 'corte de caballero', 'haircut'],
    },
    { ...shared, name: 'Corte premium', price: 6000, durationMinutes: 45, aliases: ['premium'], staff: ['María García'] },
    { ...shared, name: 'Corte y barba', price: 5000, durationMinutes: 60 },
    { ...shared, name: 'Barba', price: 2000, durationMinutes: 30, aliases: ['afeitado'] },
    { ...shared, name: 'Coloración', price: 6500, durationMinutes: 120, aliases: ['color', 'tintura', 'cambio de color'] },
    { ...shared, name: 'Brushing', price: 1800, durationMinutes: 30, aliases: ['peinado'] },
    { ...shared, name: 'Tratamiento capilar', price: 3500, durationMinutes: 45, aliases: ['hidratación', 'baño capilar'] },
    { ...shared, name: 'Manicura', price: 1200, durationMinutes: 45, aliases: ['uñas'] },
    { ...shared, name: 'Depilación', price: 2500, durationMinutes: 30, aliases: ['depilación facial'] },
  ],
  hours,
  promotions: [],
  address: 'Av. Mayo 100',
  timeZone,
};

/** A place that offers one thing only: a table, a visit. */
export function placeFor(service: string): SalonPlan {
  const open = [{ from: '09:00', to: '23:00' }];
  return {
    services: [{ ...shared, name: service, price: 0, durationMinutes: 60, staff: ['Equipo'] }],
    hours: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((weekday) => [weekday, open])),
    promotions: [],
    timeZone,
  };
}

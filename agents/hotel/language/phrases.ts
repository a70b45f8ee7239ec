/** What the hotel says otherwise than every dialogue. */
import type { Phrases } from '../../../src/dialogue.ts';

export const spanish: Partial<Phrases> = {
  greeting: () => '¡Hola! Te ayudo con disponibilidad, precios, reservas y consultas del hotel. ¿Para qué fechas te interesa?',
  whatICanDo: () =>
    'Puedo ver disponibilidad y precios, reservar, cambiar o cancelar una reserva, gestionar un check-out tardío y contarte del hotel. Si preferís, te paso con una persona del equipo.',
  identity: () => 'Soy el asistente automático del hotel; si preferís, te paso con una persona.',
  askName: () => '¿A nombre de quién hago la reserva?',
  askContact: () => '¿Me dejás un teléfono o un mail para la confirmación?',
  thanks: () => '¡De nada, un gusto!',
  goodbye: () => '¡Gracias a vos! Te esperamos.',
  cannotAnswer: () => 'Eso no lo sé.',
};

export const english: Partial<Phrases> = {
  greeting: () =>
    'Hi! I help with availability, prices, bookings and questions about the hotel. Which dates are you interested in?',
  whatICanDo: () =>
    'I can check availability and prices, book, change or cancel a booking, arrange a late check-out and tell you about the hotel. If you prefer, I pass you to a person of the team.',
  identity: () => "I am the hotel's automatic assistant; if you prefer, I pass you to a person.",
  askName: () => 'In whose name shall I book it?',
  askContact: () => 'Could you leave a phone number or an e-mail for the confirmation?',
  thanks: () => 'You are welcome!',
  goodbye: () => 'Thank you! We look forward to seeing you.',
  cannotAnswer: () => 'I do not know that.',
};

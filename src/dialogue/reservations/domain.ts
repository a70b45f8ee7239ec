import type { Domain } from '../../language/domain.ts';
import { type Intent, intents, type ReservationKind } from './contract.ts';
import { englishCues } from './english-cues.ts';
import { spanishCues } from './spanish-cues.ts';
import { findUnknownService } from './unknown-service.ts';
import { tasks, weighReservation, wishBeforeQuestion } from './weigh.ts';
import weights from './weights.json' with { type: 'json' };

/** Ways to say that any will do, in both languages. */
const anyService = [
  'cualquier .. cosa|servicio|tratamiento',
  'no me? importa .. servicio',
  'lo que sea',
  'any service|treatment',
  'anything|whatever is|works|goes',
];
const anyStaff = [
  'con quien|cualquiera|el|la que? sea|este|quieras|tengas|este',
  'con cualquiera',
  'quien|quienquiera sea|este|venga .. libre|disponible|$',
  'cualquier|cualquiera .. profesional|peluquero|peluquera|estilista|barbero',
  'no me? importa|interesa .. quien|profesional|peluquero|peluquera|estilista|barbero',
  'anyone|anybody|whoever',
  'any .. stylist|barber|hairdresser|staff|therapist',
  'no preference',
  'dont mind|care who',
];

/** Appointments and reservations: services, the people who attend, prices, hours, free times. Thanks and goodbyes are small talk here. */
export const reservations: Domain<Intent, ReservationKind> = {
  intents,
  cues: { es: spanishCues, en: englishCues },
  kinds: { service: { list: 'services', any: anyService }, staff: { list: 'staff', people: true, any: anyStaff } },
  judgement: {
    tasks,
    negatable: ['book', 'reschedule', 'cancel', 'handoff', 'confirm', 'find'],
    wished: ['book'],
    grave: ['cancel', 'reschedule', 'confirm'],
    moving: ['reschedule'],
    pointing: ['cancel', 'find'],
    weigh: weighReservation,
    settle: wishBeforeQuestion,
  },
  words: ['hotel', 'peluqueria', 'salon', 'barberia', 'haircut'],
  weights,
  unknown: { kind: 'service', asksFor: ['book', 'availability', 'prices', 'services'], find: findUnknownService },
};

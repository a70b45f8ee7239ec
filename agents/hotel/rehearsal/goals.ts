/**
 * Guests who want something: what they say first, what they say when they are asked for it, and how the hotel's tables have to be in the end.
 * The day is Monday, 30 November 2026.
 */
export interface Goal {
  says: string;
  /** What they tell of the stay when they are asked, one answer for each time. */
  tells?: readonly string[];
  /** Type that they pick, where several are offered; the first one where absent. */
  picks?: string;
  /** Absent: they said who they are. */
  name?: string;
  contact?: string;
  /** What they ask in between, once, with what the answer must have in it. */
  asides?: readonly [string, RegExp][];
  stay: { checkIn: string; checkOut: string; adults: number; children?: readonly number[]; type: string; rooms?: number };
  /** What they want afterwards, and how the stay is then. */
  later?: readonly {
    says: string;
    tells?: readonly string[];
    status?: 'cancelled';
    checkIn?: string;
    checkOut?: string;
    lateUntil?: string;
  }[];
}

const ana = { name: 'Ana Gómez', contact: 'ana@example.com' };
const ann = { name: "I'm Ann Lee", contact: 'ann@example.com' };
const stay = (checkIn: string, checkOut: string, adults: number, type: string, more: Partial<Goal['stay']> = {}) => ({
  stay: { checkIn, checkOut, adults, type, ...more },
});

export const goals: readonly Goal[] = [
  // Everything at once.
  {
    says: 'quiero una doble del 10 al 12 de abril para 2, soy Laura Gómez, laura@example.com',
    ...stay('2027-04-10', '2027-04-12', 2, 'Doble'),
  },
  {
    says: 'Hola! reservame una suite del 5 al 8 de mayo para dos personas. Marta Ruiz, 223 555 1234',
    ...stay('2027-05-05', '2027-05-08', 2, 'Suite'),
  },
  {
    says: 'necesito una single para mí del 3 al 5 de marzo, soy Pedro Paz, pedro@example.com',
    ...stay('2027-03-03', '2027-03-05', 1, 'Single'),
  },
  {
    says: 'somos 3 adultos, queremos la triple del 12/04 al 15/04, a nombre de Juan Sosa, 11 5555 7777',
    ...stay('2027-04-12', '2027-04-15', 3, 'Triple'),
  },
  {
    says: "I'd like a double room from April 10 to 12 for 2, I'm Ann Lee, ann@example.com",
    ...stay('2027-04-10', '2027-04-12', 2, 'Doble'),
  },
  {
    says: 'Please book a suite for two, May 5 to May 8. Name: Tom Reed, tom@example.com',
    ...stay('2027-05-05', '2027-05-08', 2, 'Suite'),
  },
  // Dates and guests, and the rest when asked.
  {
    says: '¿tienen lugar del 10 al 12 de marzo para 2 adultos?',
    picks: 'Doble',
    ...ana,
    ...stay('2027-03-10', '2027-03-12', 2, 'Doble'),
  },
  {
    says: 'busco una doble superior del 6 al 9 de abril, dos personas',
    ...ana,
    ...stay('2027-04-06', '2027-04-09', 2, 'Doble Superior'),
  },
  { says: 'precio de una doble para 2 del 20 al 22 de mayo', ...ana, ...stay('2027-05-20', '2027-05-22', 2, 'Doble') },
  {
    says: 'llego el viernes y me voy el domingo, somos 2',
    picks: 'Doble',
    ...ana,
    ...stay('2026-12-04', '2026-12-06', 2, 'Doble'),
  },
  { says: '3 noches desde el 12/04 para 2 en la doble', ...ana, ...stay('2027-04-12', '2027-04-15', 2, 'Doble') },
  {
    says: 'habitación familiar para 2 adultos y 2 chicos de 4 y 9, del 10 al 12 de mayo',
    ...ana,
    ...stay('2027-05-10', '2027-05-12', 2, 'Familiar', { children: [4, 9] }),
  },
  { says: 'finde largo de marzo, dos personas, la doble', ...ana, ...stay('2027-03-26', '2027-03-28', 2, 'Doble') },
  { says: 'dos dobles del 3 al 5 de mayo para 4 adultos', ...ana, ...stay('2027-05-03', '2027-05-05', 4, 'Doble', { rooms: 2 }) },
  { says: 'reservá una doble mañana, una noche, 2 personas', ...ana, ...stay('2026-12-01', '2026-12-02', 2, 'Doble') },
  { says: 'Do you have a double room from Friday to Sunday for two?', ...ann, ...stay('2026-12-04', '2026-12-06', 2, 'Doble') },
  { says: 'A triple for three adults, April 12 to 15 please', ...ann, ...stay('2027-04-12', '2027-04-15', 3, 'Triple') },
  {
    says: 'two adults and two kids aged 4 and 9 in the family room from May 10 to 12',
    ...ann,
    ...stay('2027-05-10', '2027-05-12', 2, 'Familiar', { children: [4, 9] }),
  },
  { says: 'how much is a suite for 2 from May 20 to 22?', ...ann, ...stay('2027-05-20', '2027-05-22', 2, 'Suite') },
  { says: 'I need 2 nights from March 12th for two people in a double', ...ann, ...stay('2027-03-12', '2027-03-14', 2, 'Doble') },
  { says: 'single room for one, 3 nights from 2 March', ...ann, ...stay('2027-03-02', '2027-03-05', 1, 'Single') },
  // Something is missing.
  { says: 'quiero una doble del 5 al 8 de abril', tells: ['2 adultos'], ...ana, ...stay('2027-04-05', '2027-04-08', 2, 'Doble') },
  { says: 'una suite para dos', tells: ['del 14 al 16 de abril'], ...ana, ...stay('2027-04-14', '2027-04-16', 2, 'Suite') },
  {
    says: '¿tienen una doble para el 15 de marzo para 2?',
    tells: ['3 noches'],
    ...ana,
    ...stay('2027-03-15', '2027-03-18', 2, 'Doble'),
  },
  {
    says: 'quiero reservar',
    tells: ['del 5 al 8 de abril', '2 adultos'],
    picks: 'Doble',
    ...ana,
    ...stay('2027-04-05', '2027-04-08', 2, 'Doble'),
  },
  {
    says: 'hola, quería consultar disponibilidad',
    tells: ['del 18 al 20 de marzo para 2'],
    picks: 'Doble',
    ...ana,
    ...stay('2027-03-18', '2027-03-20', 2, 'Doble'),
  },
  {
    says: 'una triple del 7 al 9 de mayo, 2 adultos y un nene',
    tells: ['7'],
    ...ana,
    ...stay('2027-05-07', '2027-05-09', 2, 'Triple', { children: [7] }),
  },
  { says: 'double room for two please', tells: ['April 14 to 16'], ...ann, ...stay('2027-04-14', '2027-04-16', 2, 'Doble') },
  {
    says: 'I want to book a room',
    tells: ['March 15 to 18', 'just me'],
    picks: 'Single',
    ...ann,
    ...stay('2027-03-15', '2027-03-18', 1, 'Single'),
  },
  {
    says: 'a room from April 21 to 23',
    tells: ['two adults'],
    picks: 'Doble',
    ...ann,
    ...stay('2027-04-21', '2027-04-23', 2, 'Doble'),
  },
  // Questions, corrections and mistakes in between.
  {
    says: 'una doble del 10 al 12 de abril para 2',
    asides: [['¿tienen pileta?', /pileta/]],
    ...ana,
    ...stay('2027-04-10', '2027-04-12', 2, 'Doble'),
  },
  {
    says: 'una doble del 11 al 13 de abril para 2',
    asides: [
      ['¿a qué hora es el check-in?', /15:00/],
      ['¿aceptan mascotas?', /8 kg/],
    ],
    ...ana,
    ...stay('2027-04-11', '2027-04-13', 2, 'Doble'),
  },
  { says: 'una triple del 10 al 12 de marzo para 2, perdón, somos 3', ...ana, ...stay('2027-03-10', '2027-03-12', 3, 'Triple') },
  {
    says: 'la doble del 20 al 18 de abril para 2',
    tells: ['del 18 al 20 de abril'],
    ...ana,
    ...stay('2027-04-18', '2027-04-20', 2, 'Doble'),
  },
  {
    says: 'una doble para 2, del 31 de junio al 2 de julio',
    tells: ['del 1 al 3 de julio'],
    ...ana,
    ...stay('2027-07-01', '2027-07-03', 2, 'Doble'),
  },
  {
    says: 'double for two, April 10 to 12',
    asides: [['is breakfast included?', /breakfast/i]],
    ...ann,
    ...stay('2027-04-10', '2027-04-12', 2, 'Doble'),
  },
  {
    says: 'double for two from April 20 to April 18',
    tells: ['from April 18 to 20'],
    ...ann,
    ...stay('2027-04-18', '2027-04-20', 2, 'Doble'),
  },
  // And then something else.
  {
    says: 'una doble del 24 al 26 de abril para 2, soy Rita Sosa, rita@example.com',
    ...stay('2027-04-24', '2027-04-26', 2, 'Doble'),
    later: [
      { says: 'quiero cambiar las fechas: del 26 al 28 de abril', checkIn: '2027-04-26', checkOut: '2027-04-28' },
      { says: 'al final cancelá mi reserva', status: 'cancelled' },
    ],
  },
  {
    says: 'una suite del 12 al 14 de mayo para 2, soy Rita Sosa, rita@example.com',
    ...stay('2027-05-12', '2027-05-14', 2, 'Suite'),
    later: [{ says: '¿puedo salir más tarde, a las 13?', lateUntil: '13:00' }],
  },
  {
    says: 'una doble del 2 al 4 de marzo para 2, soy Rita Sosa, rita@example.com',
    ...stay('2027-03-02', '2027-03-04', 2, 'Doble'),
    later: [{ says: 'quiero quedarme una noche más, hasta el 5 de marzo', checkOut: '2027-03-05' }],
  },
  {
    says: "a double from May 24 to 26 for two, I'm Ann Lee, ann@example.com",
    ...stay('2027-05-24', '2027-05-26', 2, 'Doble'),
    later: [
      { says: 'please change it to May 26 to 28', checkIn: '2027-05-26', checkOut: '2027-05-28' },
      { says: 'I need to cancel my booking', status: 'cancelled' },
    ],
  },
  {
    says: "a suite from April 28 to 30 for two, I'm Ann Lee, ann@example.com",
    ...stay('2027-04-28', '2027-04-30', 2, 'Suite'),
    later: [{ says: 'can I check out late, at 1 pm?', lateUntil: '13:00' }],
  },
  // Soon: cancelling costs the first night.
  {
    says: 'una doble mañana por una noche para 2, soy Rita Sosa, rita@example.com',
    ...stay('2026-12-01', '2026-12-02', 2, 'Doble'),
    later: [{ says: 'cancelá la reserva', status: 'cancelled' }],
  },
];

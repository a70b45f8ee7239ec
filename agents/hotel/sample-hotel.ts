/** The sample hotel that a fresh workspace is filled with: something to sell on the first day. What tells a guest where to go says that it is made up. */

export const sampleHotel = {
  name: 'Hotel Timonel (ejemplo / sample)',
  aliases: ['Hotel Timonel', 'Timonel'],
  currency: 'ARS',
  address: 'Av. Costanera 742, Mar del Plata (dirección de ejemplo / sample address)',
  phone: '+54 223 555-0142',
  email: 'reservas@hotel-timonel.example',
  latitude: -38.0055,
  longitude: -57.5426,
  depositPercent: 30,
  depositTextEs: 'Por transferencia; la recepción te pasa los datos de la cuenta y confirma cuando llega.',
  depositTextEn: 'By bank transfer; the front desk sends you the account and confirms when it arrives.',
  lateFreeUntil: '12:00',
  lateUntil: '14:00',
} as const;

/** People at the desk every day. */
export const sampleDesk = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '08:00', to: '22:00' }));

export interface SampleType {
  code: string;
  name: string;
  aliases: string[];
  description: string;
  sleeps: number;
  adults: number;
  beds: string;
  features: string[];
  rooms: string[];
  /** Argentine pesos a night, out of season and in it, and what another guest costs. */
  price: number;
  high: number;
  extraAdult: number;
  extraChild: number;
  included: number;
}

export const sampleTypes: SampleType[] = [
  {
    code: 'SGL',
    name: 'Single',
    aliases: ['individual', 'simple', 'habitación simple', 'single room', 'para una persona'],
    description: 'Cama individual, escritorio y baño privado.',
    sleeps: 1,
    adults: 1,
    beds: '1 cama individual',
    features: ['wifi', 'aire acondicionado', 'TV'],
    rooms: ['101', '102', '103', '104'],
    price: 48000,
    high: 72000,
    extraAdult: 0,
    extraChild: 0,
    included: 1,
  },
  {
    code: 'DBL',
    name: 'Doble',
    aliases: ['doble estándar', 'habitación doble', 'matrimonial', 'double', 'double room', 'standard double', 'twin'],
    description: 'Cama matrimonial o dos camas individuales, frigobar y baño privado.',
    sleeps: 3,
    adults: 2,
    beds: '1 cama matrimonial o 2 individuales',
    features: ['wifi', 'aire acondicionado', 'TV', 'frigobar'],
    rooms: ['105', '106', '107', '108', '201', '202', '203', '204'],
    price: 76000,
    high: 115000,
    extraAdult: 0,
    extraChild: 14000,
    included: 2,
  },
  {
    code: 'SUP',
    name: 'Doble Superior',
    aliases: ['doble con vista', 'superior', 'vista al mar', 'doble vista al mar', 'superior double', 'sea view', 'ocean view'],
    description: 'Doble con balcón y vista al mar, cama matrimonial grande.',
    sleeps: 3,
    adults: 2,
    beds: '1 cama matrimonial grande',
    features: ['wifi', 'aire acondicionado', 'TV', 'frigobar', 'balcón', 'vista al mar'],
    rooms: ['205', '206', '207', '208'],
    price: 98000,
    high: 149000,
    extraAdult: 0,
    extraChild: 14000,
    included: 2,
  },
  {
    code: 'TPL',
    name: 'Triple',
    aliases: ['habitación triple', 'triple room', 'para tres'],
    description: 'Una cama matrimonial y una individual.',
    sleeps: 4,
    adults: 3,
    beds: '1 matrimonial y 1 individual',
    features: ['wifi', 'aire acondicionado', 'TV', 'frigobar'],
    rooms: ['301', '302', '303'],
    price: 99000,
    high: 148000,
    extraAdult: 0,
    extraChild: 14000,
    included: 3,
  },
  {
    code: 'FAM',
    name: 'Familiar',
    aliases: ['cuádruple', 'family', 'family room', 'familiar para cuatro', 'quad', 'quadruple'],
    description: 'Dos ambientes comunicados: cama matrimonial y dos individuales.',
    sleeps: 5,
    adults: 4,
    beds: '1 matrimonial y 2 individuales',
    features: ['wifi', 'aire acondicionado', 'TV', 'frigobar', 'dos ambientes'],
    rooms: ['304', '305'],
    price: 128000,
    high: 192000,
    extraAdult: 24000,
    extraChild: 14000,
    included: 4,
  },
  {
    code: 'STE',
    name: 'Suite',
    aliases: ['suite con hidromasaje', 'junior suite', 'suite room'],
    description: 'Sala de estar, hidromasaje, balcón y vista al mar.',
    sleeps: 3,
    adults: 2,
    beds: '1 cama king',
    features: ['wifi', 'aire acondicionado', 'TV', 'frigobar', 'balcón', 'vista al mar', 'hidromasaje'],
    rooms: ['401'],
    price: 165000,
    high: 248000,
    extraAdult: 0,
    extraChild: 18000,
    included: 2,
  },
];

/** Months and days of the high seasons; minimum nights in them. */
export const sampleSeasons = [
  { name: 'Verano', from: '12-15', to: '03-01', minNights: 2 },
  { name: 'Vacaciones de invierno', from: '07-10', to: '07-31', minNights: 2 },
] as const;

export interface SampleText {
  topic: 'services' | 'hours' | 'location' | 'policies' | 'house-rules' | 'payment' | 'contact';
  title: string;
  es: string;
  en: string;
  words: string[];
}

export const sampleTexts: SampleText[] = [
  {
    topic: 'services',
    title: 'Desayuno',
    es: 'El desayuno bufé está incluido, de 7:00 a 10:30.',
    en: 'The breakfast buffet is included, from 7:00 to 10:30.',
    words: ['breakfast', 'desayuna', 'comida', 'media pensión'],
  },
  {
    topic: 'services',
    title: 'Wifi',
    es: 'Hay wifi sin cargo en todo el hotel.',
    en: 'There is free wifi in the whole hotel.',
    words: ['internet', 'wi-fi', 'conexión'],
  },
  {
    topic: 'services',
    title: 'Pileta',
    es: 'La pileta climatizada abre de 9:00 a 21:00 y es para huéspedes.',
    en: 'The heated pool is open from 9:00 to 21:00, for guests.',
    words: ['piscina', 'pool', 'swimming pool', 'natación', 'spa'],
  },
  {
    topic: 'services',
    title: 'Estacionamiento',
    es: 'El estacionamiento cubierto no tiene cargo; hay 20 lugares y no se reservan.',
    en: 'Covered parking is free of charge; there are 20 places, which cannot be reserved.',
    words: ['cochera', 'parking', 'auto', 'garage', 'car'],
  },
  {
    topic: 'services',
    title: 'Cunas',
    es: 'Hay cunas sin cargo; pedila al reservar.',
    en: 'Cots are free; ask for one when you book.',
    words: ['cuna', 'practicuna', 'crib', 'cot', 'bebé', 'baby'],
  },
  {
    topic: 'location',
    title: 'Cómo llegar',
    es: 'Estamos sobre la costanera, frente a la playa, a 15 minutos de la terminal y a 25 del aeropuerto.',
    en: 'We are on the waterfront, opposite the beach, 15 minutes from the bus terminal and 25 from the airport.',
    words: ['ubicación', 'dirección', 'dónde', 'address', 'airport', 'aeropuerto', 'playa', 'beach', 'terminal'],
  },
  {
    topic: 'policies',
    title: 'Mascotas',
    es: 'Aceptamos una mascota chica, de hasta 8 kg, avisando antes.',
    en: 'We accept one small pet, up to 8 kg, if you tell us before.',
    words: ['perro', 'gato', 'pet', 'pets', 'dog', 'cat'],
  },
  {
    topic: 'policies',
    title: 'Menores',
    es: 'Los menores de 3 años no pagan; de 3 a 12 pagan tarifa de niño.',
    en: 'Children under 3 stay for free; from 3 to 12 they pay a child rate.',
    words: ['niños', 'chicos', 'children', 'kids', 'bebés'],
  },
  {
    topic: 'policies',
    title: 'Cancelación',
    es: 'Se cancela sin cargo hasta 48 horas antes del check-in; después se cobra la primera noche.',
    en: 'You can cancel for free up to 48 hours before check-in; after that the first night is charged.',
    words: ['cancelar', 'cancellation', 'cancel', 'reembolso', 'refund'],
  },
  {
    topic: 'house-rules',
    title: 'Fumar',
    es: 'No se puede fumar en las habitaciones; sí en los balcones y la terraza.',
    en: 'No smoking in the rooms; you can smoke on balconies and the terrace.',
    words: ['fumadores', 'smoking', 'smoke', 'cigarrillo'],
  },
  {
    topic: 'house-rules',
    title: 'Silencio',
    es: 'Entre las 23:00 y las 8:00 pedimos silencio en los pasillos.',
    en: 'Between 23:00 and 8:00 we ask for quiet in the corridors.',
    words: ['ruido', 'fiestas', 'noise', 'party', 'visitas'],
  },
  {
    topic: 'payment',
    title: 'Medios de pago',
    es: 'Efectivo, transferencia, débito y crédito. La seña es por transferencia.',
    en: 'Cash, bank transfer, debit and credit cards. The deposit is by transfer.',
    words: ['pagar', 'tarjeta', 'card', 'cash', 'efectivo', 'cuotas', 'transferencia'],
  },
];

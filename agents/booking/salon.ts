/** The sample salon that a fresh workspace is filled with: something to talk about on the first day. */

export interface SampleService {
  /** Stable within the sample; rows get ids of their own. */
  id: string;
  name: string;
  aliases: string[];
  description: string;
  category: string;
  /** Argentine pesos. */
  price: number;
  durationMinutes: number;
  bufferAfterMinutes?: number;
}

export interface SampleStaff {
  id: string;
  name: string;
  aliases: string[];
  services: string[];
  /** Weekdays (Monday = 1) and their periods, where they differ from the house's. */
  hours: { weekdays: number[]; periods: [from: string, to: string][] }[];
}

/** What tells a customer where to go says that it is made up, in both languages. */
export const salon = {
  name: 'Salón Timonel (ejemplo / sample)',
  address: 'Av. Siempreviva 742, Córdoba (dirección de ejemplo / sample address)',
  phone: '+54 351 555-0142',
  email: 'hola@salon-timonel.example',
  currency: 'ARS',
} as const;

export const salonHours: { weekdays: number[]; periods: [from: string, to: string][] }[] = [
  { weekdays: [1, 2, 3, 4, 5, 6], periods: [['09:00', '20:00']] },
];

export const salonServices: SampleService[] = [
  {
    id: 'haircut',
    name: 'Corte de pelo',
    aliases: [
      'corte',
      'corte de cabello',
      'cortarme el pelo',
      'cortarme',
      'pelo',
      'peluquería',
      'haircut',
      'hair cut',
      'cut',
      'trim',
    ],
    description: 'Lavado, corte y secado, para todo tipo de pelo.',
    category: 'Cabello',
    price: 14000,
    durationMinutes: 45,
  },
  {
    id: 'haircut-and-beard',
    name: 'Corte y barba',
    aliases: [
      'corte con barba',
      'pelo y barba',
      'combo corte y barba',
      'haircut and beard',
      'cut and beard',
      'haircut with beard trim',
    ],
    description: 'Corte de pelo y perfilado de barba con toalla caliente.',
    category: 'Barbería',
    price: 19500,
    durationMinutes: 60,
  },
  {
    id: 'beard',
    name: 'Arreglo de barba',
    aliases: ['barba', 'perfilado de barba', 'afeitado', 'afeitada', 'recorte de barba', 'beard', 'beard trim', 'shave', 'shaving'],
    description: 'Perfilado y recorte de barba, con toalla caliente.',
    category: 'Barbería',
    price: 8500,
    durationMinutes: 30,
  },
  {
    id: 'kids-haircut',
    name: 'Corte infantil',
    aliases: [
      'corte para niños',
      'corte de nene',
      'corte de nena',
      'corte para chicos',
      'corte niño',
      'kids haircut',
      'childrens haircut',
      'kid cut',
    ],
    description: 'Para menores de doce años.',
    category: 'Cabello',
    price: 10500,
    durationMinutes: 30,
  },
  {
    id: 'brushing',
    name: 'Brushing',
    aliases: [
      'brushin',
      'secado',
      'alisado con brushing',
      'lavado y brushing',
      'lavado y secado',
      'blow dry',
      'blowout',
      'blow out',
    ],
    description: 'Lavado y modelado con secador.',
    category: 'Cabello',
    price: 11000,
    durationMinutes: 45,
  },
  {
    id: 'colouring',
    name: 'Coloración',
    aliases: [
      'color',
      'tintura',
      'teñido',
      'tinte',
      'teñirme',
      'teñirme el pelo',
      'retoque de raíces',
      'coloring',
      'colouring',
      'hair color',
      'hair colour',
      'hair dye',
      'dye',
    ],
    description: 'Color completo o retoque de raíces, con lavado.',
    category: 'Color',
    price: 32000,
    durationMinutes: 90,
    bufferAfterMinutes: 15,
  },
  {
    id: 'highlights',
    name: 'Mechas',
    aliases: ['reflejos', 'claritos', 'balayage', 'iluminación', 'mechitas', 'babylights', 'highlights', 'highlight', 'streaks'],
    description: 'Mechas, reflejos o balayage, con matizado y brushing.',
    category: 'Color',
    price: 58000,
    durationMinutes: 150,
    bufferAfterMinutes: 15,
  },
  {
    id: 'treatment',
    name: 'Tratamiento capilar',
    aliases: [
      'tratamiento',
      'hidratación',
      'nutrición',
      'baño de crema',
      'keratina',
      'botox capilar',
      'shock de keratina',
      'hair treatment',
      'treatment',
      'keratin',
    ],
    description: 'Hidratación y nutrición según el diagnóstico del pelo.',
    category: 'Cabello',
    price: 24000,
    durationMinutes: 60,
  },
  {
    id: 'hairdo',
    name: 'Peinado',
    aliases: [
      'peinado de fiesta',
      'recogido',
      'peinado para evento',
      'peinarme',
      'hairdo',
      'updo',
      'hairstyling',
      'hair styling',
      'styling',
    ],
    description: 'Peinado o recogido para fiestas y eventos.',
    category: 'Cabello',
    price: 26000,
    durationMinutes: 60,
  },
  {
    id: 'manicure',
    name: 'Manicura',
    aliases: ['manicuría', 'manos', 'uñas', 'uñas de las manos', 'hacerme las uñas', 'manicure', 'nails', 'nail service'],
    description: 'Limado, cutículas y esmaltado tradicional.',
    category: 'Uñas',
    price: 9500,
    durationMinutes: 45,
  },
  {
    id: 'gel-manicure',
    name: 'Esmaltado semipermanente',
    aliases: [
      'semipermanente',
      'semi permanente',
      'semi',
      'uñas semipermanentes',
      'kapping',
      'gel manicure',
      'gel nails',
      'gel polish',
      'shellac',
    ],
    description: 'Manicura con esmalte semipermanente, dura hasta tres semanas.',
    category: 'Uñas',
    price: 14500,
    durationMinutes: 60,
  },
  {
    id: 'pedicure',
    name: 'Pedicura',
    aliases: ['pies', 'pedicuría', 'belleza de pies', 'uñas de los pies', 'pedicure', 'feet', 'foot care'],
    description: 'Cuidado y belleza de pies, con esmaltado.',
    category: 'Uñas',
    price: 13000,
    durationMinutes: 60,
    bufferAfterMinutes: 15,
  },
  {
    id: 'waxing',
    name: 'Depilación',
    aliases: [
      'depilarme',
      'cera',
      'depilación con cera',
      'depilación de piernas',
      'piernas',
      'waxing',
      'wax',
      'leg wax',
      'hair removal',
    ],
    description: 'Depilación con cera descartable.',
    category: 'Estética',
    price: 15500,
    durationMinutes: 45,
    bufferAfterMinutes: 15,
  },
  {
    id: 'eyebrows',
    name: 'Perfilado de cejas',
    aliases: [
      'cejas',
      'diseño de cejas',
      'depilación de cejas',
      'laminado de cejas',
      'eyebrows',
      'eyebrow',
      'brows',
      'brow shaping',
    ],
    description: 'Diseño y perfilado según el rostro.',
    category: 'Estética',
    price: 7000,
    durationMinutes: 30,
  },
  {
    id: 'lashes',
    name: 'Lifting de pestañas',
    aliases: ['pestañas', 'lifting', 'arqueado de pestañas', 'permanente de pestañas', 'lash lift', 'lashes', 'eyelashes'],
    description: 'Arqueado y tinte de las pestañas naturales.',
    category: 'Estética',
    price: 18000,
    durationMinutes: 60,
  },
  {
    id: 'makeup',
    name: 'Maquillaje',
    aliases: ['maquillaje social', 'make up', 'maquillarme', 'maquillaje de noche', 'makeup', 'makeup session'],
    description: 'Maquillaje social, de día o de noche.',
    category: 'Estética',
    price: 27000,
    durationMinutes: 60,
  },
];

const hair = ['haircut', 'kids-haircut', 'brushing', 'treatment', 'hairdo'];
const barber = ['haircut', 'kids-haircut', 'haircut-and-beard', 'beard'];
const nails = ['manicure', 'gel-manicure', 'pedicure'];
const beauty = ['waxing', 'eyebrows', 'lashes', 'makeup'];

/** Two people for every service, and lunch breaks that do not meet: some of them are there whenever the salon is open. */
export const salonStaff: SampleStaff[] = [
  {
    id: 'carlos',
    name: 'Carlos Medina',
    aliases: ['Charly'],
    services: [...barber, 'brushing', 'colouring', 'highlights', 'treatment'],
    hours: [
      {
        weekdays: [1, 2, 3, 4, 5],
        periods: [
          ['09:00', '13:00'],
          ['14:00', '20:00'],
        ],
      },
      { weekdays: [6], periods: [['09:00', '20:00']] },
    ],
  },
  {
    id: 'maria',
    name: 'María Quiroga',
    aliases: ['Mari', 'Mary'],
    services: [...hair, 'colouring', 'highlights', ...nails, ...beauty],
    hours: [
      {
        weekdays: [1, 2, 3, 4, 5],
        periods: [
          ['09:00', '14:00'],
          ['15:00', '20:00'],
        ],
      },
      { weekdays: [6], periods: [['09:00', '18:00']] },
    ],
  },
  {
    id: 'juan',
    name: 'Juan Ibarra',
    aliases: ['Juancho'],
    services: [...barber, 'hairdo', 'brushing'],
    hours: [
      {
        weekdays: [1, 2, 3, 4, 5, 6],
        periods: [
          ['09:00', '12:00'],
          ['13:00', '20:00'],
        ],
      },
    ],
  },
  {
    id: 'lucia',
    name: 'Lucía Ponce',
    aliases: ['Lu', 'Luci'],
    services: [...nails, ...beauty, 'brushing'],
    hours: [],
  },
];

export interface SamplePromotion {
  name: string;
  description: string;
  discountPercent: number;
  services: string[];
  weekdays: number[];
  /** Days from the day of seeding; absent: without end. */
  days?: number;
}

export const salonPromotions: SamplePromotion[] = [
  {
    name: 'Martes de color',
    description: '20 % de descuento en coloración y mechas, los martes.',
    discountPercent: 20,
    services: ['colouring', 'highlights'],
    weekdays: [2],
    days: 90,
  },
  {
    name: 'Manos y pies',
    description: '15 % de descuento en manicura y pedicura, de lunes a miércoles.',
    discountPercent: 15,
    services: ['manicure', 'pedicure'],
    weekdays: [1, 2, 3],
    days: 60,
  },
  {
    name: 'Miércoles de barba',
    description: '10 % de descuento en corte y barba, los miércoles.',
    discountPercent: 10,
    services: ['haircut-and-beard'],
    weekdays: [3],
  },
];

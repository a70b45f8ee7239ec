import type { ReservationVocabulary } from '../../src/dialogue/reservations/contract.ts';

/** A hairdresser's, as a workspace would enter it. */
export const vocabulary: ReservationVocabulary = {
  services: [
    {
      id: 'cut',
      name: 'Corte de cabello',
      aliases: ['corte', 'corte de pelo', 'cortar el pelo', 'corte de caballero', 'haircut', 'cut', 'trim'],
    },
    { id: 'cut-beard', name: 'Corte y barba', aliases: ['haircut and beard'] },
    { id: 'beard', name: 'Barba', aliases: ['afeitado', 'afeitado de barba', 'arreglo de barba', 'beard trim', 'beard', 'shave'] },
    { id: 'colour', name: 'Coloración', aliases: ['color', 'tintura', 'teñido', 'tinte', 'hair color', 'colour', 'hair dye'] },
    { id: 'highlights', name: 'Mechas', aliases: ['reflejos', 'balayage', 'highlights'] },
    { id: 'brushing', name: 'Brushing', aliases: ['brushing', 'cepillado', 'secado', 'blow dry', 'blowout'] },
    { id: 'manicure', name: 'Manicura', aliases: ['manos', 'uñas', 'manicure', 'nails'] },
    { id: 'pedicure', name: 'Pedicura', aliases: ['pies', 'pedicure'] },
    {
      id: 'treatment',
      name: 'Tratamiento capilar',
      aliases: ['hidratación', 'baño capilar', 'keratina', 'hair treatment', 'keratin'],
    },
    { id: 'hairdo', name: 'Peinado', aliases: ['recogido', 'updo', 'hairstyle'] },
    { id: 'waxing', name: 'Depilación', aliases: ['cera', 'waxing'] },
  ],
  staff: [
    { id: 'carlos', name: 'Carlos Ramírez' },
    { id: 'juan', name: 'Juan Pérez' },
    { id: 'maria', name: 'María García' },
  ],
};

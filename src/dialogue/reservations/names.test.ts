/** Names of people as the registers of Spanish-speaking countries have them: each is heard whole wherever it is given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from './understand.ts';

const given = (
  'Ana María José Juan Luis Carlos Lucía Sofía Martín Mía Emma Noa Ian Eva Zoe Leo Gael Iker Unai Aitor Ainhoa Nerea Itziar Begoña Montserrat Jordi Oriol Núria Laia Pau ' +
  'Xoán Uxía Antía Brais Iria Santiago Matías Nicolás Benjamín Joaquín Agustín Valentín Ramón Simón Germán Hernán Adrián Damián Fabián Julián Sebastián Cristián ' +
  'Facundo Lautaro Thiago Bautista Ciro Bruno Dante Milo Franco Renzo Valentino Gino Lorenzo Vicente Clemente Inocencio Modesto Justo Fausto Ernesto Augusto Arturo ' +
  'Rosa Flor Alba Luz Paz Sol Mar Cielo Estrella Luna Aurora Consuelo Remedios Milagros Dolores Mercedes Pilar Rocío Nieves Esperanza Caridad Soledad Concepción ' +
  'Xóchitl Citlali Itzel Nayeli Yaretzi Ximena Jimena Guadalupe Araceli Maribel Marisol Yolanda Yesenia Yuridia Wendy Wilson Washington Walter Wálter Yamila Zulema ' +
  'Abril Julio Augusto Octavio Segundo Primitivo Domingo Sabino Ángel Ángela Ángeles Íñigo Óscar Úrsula Ítalo Élida Inés Andrés Tomás Moisés Jesús Belén Rubén Iván'
)
  .split(/\s+/)
  .filter((name) => name !== '');
const plainSurnames = (
  'Gil Bobadilla Calvo Tonto García Martínez López Sánchez Pérez González Rodríguez Fernández Gómez Díaz Álvarez Romero Sosa Torres Ruiz Ramírez Flores Acosta Benítez ' +
  'Medina Suárez Herrera Aguirre Giménez Gutiérrez Molina Silva Castro Rojas Ortiz Núñez Luna Juárez Cabrera Ríos Ferreyra Godoy Morales Domínguez Moreno Peralta Vega ' +
  'Carrizo Quiroga Castillo Ledesma Muñoz Ojeda Ponce Vera Vázquez Villalba Cardozo Navarro Ramos Arias Coronel Córdoba Figueroa Correa Cáceres Vargas Maldonado Mansilla ' +
  'Paz Rivero Miranda Roldán Méndez Guzmán Agüero Lucero Blanco Rubio Delgado Bravo Bueno Leal Casado Cuesta Calle Prado Iglesias Fuentes Mesa Parra Lobo Cordero Vaca ' +
  'Toro Gallo León Guerra Marqués Conde Duque Barbero Barba Cortés Corte Herrero Zapatero Pastor Sierra Costa Peña Roca Espejo Cabeza Hermoso Feo Alegre Crespo Cano Pardo ' +
  'Negro Bermejo Verde Redondo Grande Chico Mayor Nieto Sobrino Primo Hijo Abad Rey Reyes Santos Cruz Rosa Campos Montes Ventura Sordo Mora Moro Olmo Pino Robles Naranjo ' +
  'Manzano Cerezo Perales Viernes Domingo Enero Abril Segura Franco Fino Rico Pobre Viejo Mozo Amor Amigo Bello Alonso Caballero Escudero Guerrero Carpintero Pintor ' +
  'Sastre Tejedor Molinero Hidalgo Infante Alcalde Sacristán Ladrón Mata Soto Valle Barrios Puente Torre Plaza Villa Ávila Zárate Ibáñez Yáñez Ñíguez Ñanco Ocaña Piñeiro ' +
  'Etcheverry Goñi Zubizarreta Echeverría Oyarzábal Puig Ferrer Vila Roig Pujol Batlle Castells Cebrián Quispe Mamani Condori Huanca Choque Colque Bianchi Rossi'
)
  .split(/\s+/)
  .filter((name) => name !== '');
const compound = [
  ...[
    'de la Cruz',
    'del Valle',
    'de los Santos',
    'San Martín',
    'de la Fuente',
    'del Río',
    'de la Torre',
    'de León',
    'del Campo',
    'Santa Cruz',
  ],
  ...[
    'Pérez de la Cruz',
    'Sáenz de Tejada',
    'Ponce de León',
    'Ladrón de Guevara',
    'García-López',
    'Ruiz-Tagle',
    "O'Higgins",
    'Ortega y Gasset',
  ],
];
const givenName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...given) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Juan Pablo',
      'María José',
      'José María',
      'Ana Lucía',
      'Luis Miguel',
      'María del Carmen',
      'Juan de Dios',
    ),
  },
);
const plain = fc.constantFrom(...plainSurnames);
const surname = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 2, arbitrary: fc.constantFrom(...compound) },
  { weight: 2, arbitrary: fc.tuple(plain, plain).map(([father, mother]) => `${father} ${mother}`) },
);
/** "Corte Barba" is two services, "Segundo Abril" a day: what is that as a whole is not counted. */
const other =
  /\b(Barba|Corte|Cortés) (Barba|Corte|Cortés)\b|\b(Segundo|Domingo|Abril|Julio|Augusto|Octavio|Viernes|Enero) (Segundo|Domingo|Abril|Enero|Viernes)\b/;
const name = fc
  .tuple(givenName, surname)
  .map(([first, last]) => `${first} ${last}`)
  .filter((whole) => !other.test(whole));

const now = { date: '2026-11-20', time: '12:00' };
const vocabulary = {
  services: [
    { id: 'cut', name: 'Corte de pelo', aliases: ['corte'] },
    { id: 'beard', name: 'Barba' },
    { id: 'both', name: 'Corte y barba' },
  ],
  staff: [
    { id: 'lucia', name: 'Lucía Ponce' },
    { id: 'juan', name: 'Juan Ibarra', aliases: ['Juancho'] },
  ],
};

const forms = [
  ...[
    'soy {}',
    'Hola, soy {}',
    'Soy {}.',
    'me llamo {}',
    'mi nombre es {}',
    'a nombre de {}',
    'Buenas! Me llamo {}, quería un turno',
  ],
  ...[
    'hola, soy {} y quiero un turno para mañana',
    'soy {}, mi teléfono es 351 555 1234',
    'my name is {}',
    "Hi, I'm {} and I'd like a haircut",
  ],
];

describe('a name of a person', () => {
  it.each(forms)('is heard whole in "%s"', (form) => {
    fc.assert(
      fc.property(name, (whole) => {
        expect(understand(form.replace('{}', whole), { now, vocabulary }).slots.name).toBe(whole);
      }),
      { numRuns: 400 },
    );
  });

  it('is heard whole in answer to the question for it', () => {
    fc.assert(
      fc.property(name, (whole) => {
        expect(understand(whole, { now, vocabulary, awaiting: 'name' }).slots.name).toBe(whole);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a name', () => {
  it.each([
    ['soy la Sra. Del Río', 'Del Río'],
    ['Sra. Del Río', 'Del Río'],
    ["Soy el Dr. Juan Carlos D'Angelo", "Juan Carlos D'Angelo"],
    ['Soy la Dra. Paz Calvo de la Fuente, un gusto', 'Paz Calvo de la Fuente'],
    ['Doña Pilar Ruiz-Tagle', 'Pilar Ruiz-Tagle'],
    ['señora María Jesús Calvo de la Fuente', 'María Jesús Calvo de la Fuente'],
    ["my name is Dr. John O'Neil", "John O'Neil"],
    ['Juan C. Pérez', 'Juan C. Pérez'],
    ['me llamo Gil', 'Gil'],
    ['me llamo gil', 'Gil'],
    ['Calvo', 'Calvo'],
    ['soy Ana, Ana Gil', 'Ana Gil'],
    ['mi nombre es Ana y mi apellido Gil', 'Ana Gil'],
    ["mi apellido es O'Higgins y mi nombre Bernardo", "Bernardo O'Higgins"],
    ['nombre: Ana, apellido: Calvo', 'Ana Calvo'],
    ['Gil, Ana', 'Ana Gil'],
    ['maria jesus calvo de la fuente', 'Maria Jesus Calvo de la Fuente'],
    ['ME LLAMO MARIA JESUS CALVO DE LA FUENTE', 'Maria Jesus Calvo de la Fuente'],
  ])('is whole, without its title, in "%s"', (text, whole) => {
    expect(understand(text, { now, vocabulary, awaiting: 'name' })).toMatchObject({ slots: { name: whole }, ambiguous: {} });
  });

  it.each([
    'soy clienta nueva',
    'soy alérgica',
    'soy la de siempre',
    'soy rubio',
    'bueno',
    'sí, señor',
    'sr',
    'no, gracias, señorita',
  ])('is not heard in "%s"', (text) => {
    expect(understand(text, { now, vocabulary, awaiting: 'name' }).slots.name).toBeUndefined();
  });
});

describe('an insult', () => {
  it.each(['sos un gil', 'gil', 'qué boludo'])('is still one: %s', (text) => {
    expect(understand(text, { now, vocabulary })).toMatchObject({ intent: 'other' });
  });

  it('is none in a name', () => {
    const { intent, slots } = understand('soy Ana Gil y quiero un corte mañana a las 10', { now, vocabulary });
    expect({ intent, slots }).toMatchObject({
      intent: 'book',
      slots: { name: 'Ana Gil', service: 'Corte de pelo', time: '10:00' },
    });
    expect(understand('me llamo ana gil', { now, vocabulary }).slots.name).toBe('Ana Gil');
  });

  it('nor is a service in a name one that is asked for', () => {
    expect(understand('soy Ana Barba, quiero un corte', { now, vocabulary }).slots).toMatchObject({
      name: 'Ana Barba',
      service: 'Corte de pelo',
    });
  });
});

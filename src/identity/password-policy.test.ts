import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { passwordFaults, requireGoodPassword } from './password-policy.ts';

const english = (...of: Parameters<typeof passwordFaults>) => passwordFaults(...of).map(({ en }) => en);

describe('a password', () => {
  it.each([
    'password',
    'Password1!',
    'P@ssw0rd2024',
    'contraseña123',
    'Contraseña2026!',
    'qwertyuiop',
    '1q2w3e4r5t',
    'asdfghjklñ',
    '12345678',
    '987654321',
    'abcdefgh',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'letmein123',
    'iloveyou2',
    'teamomucho',
    'Sofia1990',
    'RealMadrid10',
    'Bocajuniors12',
    'Bienvenido1',
    'trustno1trustno1',
    'admin1234admin',
    'Verano2026!!',
    'hijodeputa1',
    '  password  ',
    'ｐａｓｓｗｏｒｄ１',
  ])('such as "%s" is what attackers try', (password) => {
    expect(english(password)).toEqual([expect.stringMatching(/easy to guess \(.+\)\. Take four words/)]);
  });

  it.each([
    'correcto caballo batería grapa',
    'tortuga lámpara viernes ocho',
    'Xk9#mQ2v',
    'g7Tq!zRp0w',
    'mi abuela vendía sifones en Lanús',
    'the rain in my kettle sings',
    '密码不是这个地方的',
    '🐢🦊🐙🦉🐝🐳🦔🦜',
    'x'.repeat(3) + 'Zr8!pLq2vN'.repeat(12),
  ])('such as "%s" is taken', (password) => {
    expect(english(password)).toEqual([]);
  });

  it.each([
    ...['marlboro', 'Cowboy12', 'merlin12', 'HAMMER12', '11223344', 'blink182', 'ncc1701d', 'rush2112', 'midnight1', 'cocacola1'],
    ...['playboy1', 'hardcore1', 'gateway1', 'trustno1', '1qaz2wsx', '741852kk'],
  ])('such as "%s", which leaked, is refused', (password) => {
    expect(english(password)).toEqual([expect.stringContaining('easy to guess')]);
  });

  it('is none of a list of ten thousand', () => {
    const list = readFileSync(new URL('./leaked-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# '));
    expect(list.length).toBeGreaterThan(10_000);
    for (const password of list.filter((_password, nth) => nth % 20 === 0))
      expect([password, english(password).length]).toEqual([password, 1]);
  });

  it('is counted in characters, not in bytes or UTF-16 units', () => {
    expect(english('Xk9#mQ2')).toEqual([expect.stringContaining('has 7 characters; it takes 8')]);
    expect(english('🐢🦊🐙🦉🐝🐳🦔')).toEqual([expect.stringContaining('has 7 characters')]);
    expect(english(`${'Zr8!pLq2vN'.repeat(12)}Zr8!pLq2`)).toEqual([]);
    expect(english(`${'Zr8!pLq2vN'.repeat(12)}Zr8!pLq2v`)).toEqual([expect.stringContaining('has 129 characters; up to 128')]);
  });

  it('is not made of what is known of the person or the house', () => {
    const context = { email: 'ines.oyarzun@peluqueria-nube.com.ar', name: 'Inés Oyarzún', workspace: ['Peluquería Nube', 'nube'] };
    for (const password of [
      'oyarzun2026',
      'InesOyarzun1',
      'peluqueria-nube',
      '0y4rzun99!',
      'Timonel2026!',
      'nubenubenube',
      'ines.oyarzun@peluqueria-nube.com.ar',
    ])
      expect([password, english(password, context)]).toEqual([password, [expect.stringContaining('your name, your address')]]);
    expect(english('oyarzun2026kX9q')).toEqual([]);
    expect(english('Oyarzun vende 7 nubes verdes', context)).toEqual([]);
  });

  it('has upper case, lower case and a digit where a workspace asks for it', () => {
    expect(english('correcto caballo batería grapa', { classicRule: true })).toEqual([
      'The password lacks an upper-case letter and a digit.',
    ]);
    expect(english('Correcto caballo 7 baterías', { classicRule: true })).toEqual([]);
    expect(english('correcto caballo 7 baterías')).toEqual([]);
  });

  it('is refused with everything that is wrong, in both languages', () => {
    expect(() => requireGoodPassword('contraseña', { classicRule: true })).toThrow(
      expect.objectContaining({
        code: 'password_refused',
        details: {
          faults: [
            { es: expect.stringContaining('se adivina fácilmente (palabras'), en: expect.stringContaining('easy to guess') },
            { es: 'A la contraseña le falta una letra mayúscula y un número.', en: expect.any(String) },
          ],
        },
      }),
    );
  });
});

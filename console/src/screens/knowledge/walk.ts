import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const house = `# Casa Aurora

## Horarios

Atendemos de lunes a sábado de 9 a 19. Los domingos el local está cerrado.

## Pagos

Se puede pagar en efectivo, con tarjeta de débito o por transferencia.
`;

export const walk: ScreenWalk = {
  title: 'makes a collection, uploads, asks and sees the scores, hides, reindexes and deletes',
  async prepare(api) {
    await api.call('POST', '/api/v1/knowledge/collections', { name: 'casa', description: 'Lo que preguntan los clientes' });
    await api.timonel.app.inject({
      method: 'PUT',
      url: '/api/v1/knowledge/collections/casa/documents?key=casa.md',
      payload: house,
      headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'text/markdown' },
    });
    return {};
  },
  addresses: () => [
    '/knowledge',
    '/knowledge/casa',
    '/knowledge/casa?key=casa.md',
    '/knowledge/casa?view=try&q=pagar+con+tarjeta&by=mmr',
    '/knowledge/casa?view=pages',
  ],
  acts: [{ button: 'Crear una colección', permission: 'knowledge:manage' }],
  async walk({ page, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/knowledge');
    await page.getByRole('row', { name: /casa.*Lo que preguntan/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Crear una colección' }).click();
    await dialog.getByRole('textbox', { name: /^Nombre/ }).fill('walk-house');
    await dialog.getByLabel('De qué trata').fill('Normas');
    await dialog.getByRole('button', { name: 'Crear una colección' }).click();
    await page.getByText('Esta colección está vacía.').waitFor(patient);

    // Two files, one of which cannot be read, and a text.
    await page.getByRole('button', { name: 'Agregar documentos' }).click();
    await dialog.getByLabel(/^Archivos/).setInputFiles([
      { name: 'casa.md', mimeType: 'text/markdown', buffer: Buffer.from(house) },
      { name: 'roto.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 no es un PDF') },
    ]);
    await dialog.getByRole('textbox', { name: /^Carpeta/ }).fill('subidos/');
    await dialog.getByRole('button', { name: 'Agregar', exact: true }).click();
    await dialog.getByText(/1 no se pudieron leer: roto\.pdf/).waitFor(patient);
    await dialog.getByRole('button', { name: 'Texto', exact: true }).click();
    await dialog.getByRole('textbox', { name: /^Clave/ }).fill('mascotas.md');
    await dialog
      .getByRole('textbox', { name: /^Texto/ })
      .fill('# Mascotas\n\nLos perros chicos pueden esperar en la recepción, con correa.');
    await dialog.getByRole('button', { name: 'Agregar', exact: true }).click();
    await page.getByRole('row', { name: /subidos\/casa\.md/ }).waitFor(patient);
    await page.getByRole('row', { name: /mascotas\.md/ }).waitFor(patient);

    // A question, with the place and the score of each passage in each list.
    await page.getByRole('button', { name: 'Probar una pregunta' }).click();
    await page.getByLabel('Pregunta').fill('¿puedo pagar con tarjeta de débito?');
    await page.getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByText('El primer pasaje la responde').waitFor(patient);
    const first = page.getByRole('row', { name: /subidos\/casa\.md · Casa Aurora › Pagos/ });
    await first.waitFor(patient);
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(
      expect.arrayContaining(['Puesto', 'Pasaje', 'Palabras', 'Fusión']),
    );
    await shot('knowledge-question');

    // Hidden, it is not found; shown again, it is. Its passages are those of its text.
    await page.getByRole('button', { name: 'Documentos', exact: true }).click();
    await page.getByRole('row', { name: /subidos\/casa\.md/ }).click();
    await page.getByText('Se puede pagar en efectivo').waitFor(patient);
    await page.getByRole('button', { name: 'Ocultar de las búsquedas' }).click();
    await page.getByRole('button', { name: 'Mostrar en las búsquedas' }).waitFor(patient);
    await page.getByText('oculto', { exact: true }).waitFor(patient);
    await page.getByRole('button', { name: 'Borrar el documento' }).click();
    await dialog.getByLabel('Escribí «subidos/casa.md» para confirmar').fill('subidos/casa.md');
    await dialog.getByRole('button', { name: 'Borrar el documento' }).click();
    await page.getByRole('row', { name: /mascotas\.md/ }).waitFor(patient);
    await page.getByRole('row', { name: /subidos\/casa\.md/ }).waitFor({ state: 'detached', ...patient });

    await page.getByRole('button', { name: 'Reindexar' }).click();
    await dialog.getByRole('button', { name: 'Reindexar' }).click();
    await page.getByText('1 documentos revisados, 0 cambiaron.').waitFor(patient);
    await page.getByRole('button', { name: 'Cambiar' }).click();
    await dialog.getByLabel('De qué trata').fill('Normas de la casa');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByText('Normas de la casa').waitFor(patient);
    await page.getByRole('button', { name: 'Borrar la colección' }).click();
    await dialog.getByLabel('Escribí «walk-house» para confirmar').fill('walk-house');
    await dialog.getByRole('button', { name: 'Borrar la colección' }).click();
    await page.getByRole('row', { name: /casa.*Lo que preguntan/ }).waitFor(patient);
    await page.getByRole('row', { name: /walk-house/ }).waitFor({ state: 'detached', ...patient });
  },
};

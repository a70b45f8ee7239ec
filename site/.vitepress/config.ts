/** The site of the documents: `npm run docs:build` writes it to `site/.vitepress/dist`. */
import { posix } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { diagramOf } from '../diagrams.ts';
import { english, type PageGroup, spanish, titleOf, types } from '../pages.ts';
import { slugOf } from '../slug.ts';

function sidebar(groups: readonly PageGroup[]): DefaultTheme.SidebarItem[] {
  return groups.map(({ title, pages }) => ({
    text: title,
    collapsed: title === 'Decisions' || title === types.title,
    items: pages.map((page) => ({ text: titleOf(page), link: `/${page}` })),
  }));
}

export default defineConfig({
  title: 'Timonel',
  description: 'Runs LLM agents in production',
  srcDir: '../docs',
  cleanUrls: true,
  // The build fails at a link that leads nowhere.
  ignoreDeadLinks: false,
  vite: { build: { chunkSizeWarningLimit: 5_000, reportCompressedSize: false } },
  markdown: {
    anchor: { slugify: slugOf },
    // What stands in braces or in angle brackets is text, neither a template nor an element.
    html: false,
    attrs: { disable: true },
    config(markdown) {
      const { text: textBefore } = markdown.renderer.rules;
      markdown.renderer.rules['text'] = (...parameters) => (textBefore?.(...parameters) ?? '').replaceAll('{{', '&#123;&#123;');
      const { fence } = markdown.renderer.rules;
      markdown.renderer.rules['fence'] = (tokens, index, ...rest) => {
        const { info, content } = tokens[index] ?? { info: '', content: '' };
        return info.trim() === 'mermaid' ? diagramOf(content) : (fence?.(tokens, index, ...rest) ?? '');
      };
      // Sources and examples are in the repository, and not on the site: their names stay, without a link.
      const { link_open: before } = markdown.renderer.rules;
      markdown.renderer.rules['link_open'] = (tokens, index, options, environment, renderer) => {
        const token = tokens[index];
        const [path = ''] = (token?.attrGet('href') ?? '').split('#');
        const { relativePath } = environment as { relativePath: string };
        const target = posix.normalize(posix.join(posix.dirname(relativePath), path));
        if (token !== undefined && !/^[a-z]+:/.test(path) && target.startsWith('..')) {
          token.tag = 'span';
          token.attrs = [['title', 'in the repository']];
          const end = tokens.slice(index).find(({ type }) => type === 'link_close');
          if (end !== undefined) end.tag = 'span';
          return renderer.renderToken(tokens, index, options);
        }
        return before === undefined
          ? renderer.renderToken(tokens, index, options)
          : before(tokens, index, options, environment, renderer);
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
  },
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { sidebar: sidebar([...english, types]) } },
    es: { label: 'Español', lang: 'es', link: '/es/get-started', themeConfig: { sidebar: sidebar(spanish) } },
  },
});

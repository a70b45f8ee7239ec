/** Mermaid blocks as pictures, drawn while the site is built: readers load neither Mermaid nor anything of another host. */
import { renderMermaidSVG } from 'beautiful-mermaid';

/** On paper in both themes, as the pictures of `docs/pictures`. */
const colors = { bg: '#ffffff', fg: '#1f2937', line: '#4b5563', muted: '#374151', surface: '#eef3fb', border: '#4a6fa5' };

/** An image of the diagram, as HTML. @throws Error where the text is no diagram that can be drawn: the build fails. */
export function diagramOf(mermaid: string): string {
  // The font comes from another host otherwise.
  const svg = renderMermaidSVG(mermaid, colors).replace(/@import url\([^)]*\);/, '');
  const bytes = Buffer.from(svg).toString('base64');
  return `<img alt="Diagram of what is described here" src="data:image/svg+xml;base64,${bytes}">\n`;
}

/** Where the sections of a text begin, and which headings they are under. Places are in UTF-16 units. */

export interface TextSpan {
  start: number;
  end: number;
}

export interface Section extends TextSpan {
  heading: readonly string[];
  /** What is not to be taken apart, in order; paragraphs where absent. */
  units?: readonly TextSpan[];
}

/** Longer headings are paragraphs that look like one. */
const longestHeading = 200;

/** By headings of both kinds that Markdown has; what is in a fence of code is no heading. */
export function markdownSections(text: string): Section[] {
  const sections: Section[] = [];
  const path: { level: number; title: string }[] = [];
  let current = { start: 0, bodyAt: 0 };
  let fence: string | undefined;
  let previous: { start: number; line: string } | undefined;
  const begin = (start: number, bodyAt: number, level: number, title: string) => {
    // Headings that follow each other without a text between them begin one section.
    if (text.slice(current.bodyAt, start).trim() !== '') {
      sections.push({ start: current.start, end: start, heading: path.map((each) => each.title) });
      current = { start, bodyAt };
    } else {
      current.bodyAt = bodyAt;
    }
    while ((path.at(-1)?.level ?? 0) >= level) path.pop();
    path.push({ level, title: title.slice(0, longestHeading).toWellFormed() });
  };
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const next = found === -1 ? text.length : found + 1;
    const line = text.slice(at, next).trimEnd();
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) === true && line.trim() === marks) fence = undefined;
      previous = undefined;
    } else if (marks !== undefined) {
      fence = marks;
      previous = undefined;
    } else {
      const title = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?$/.exec(line);
      const rule = /^ {0,3}(=+|-{2,})$/.exec(line)?.[1];
      if (title !== null) begin(at, next, title[1]?.length ?? 1, title[2] ?? '');
      else if (rule !== undefined && previous !== undefined && /^\s{0,3}[^\s>|*+-]/.test(previous.line))
        begin(previous.start, next, rule.startsWith('=') ? 1 : 2, previous.line.trim());
      previous = line.trim() === '' || title !== null || line.length > longestHeading ? undefined : { start: at, line };
    }
    at = next;
  }
  sections.push({ start: current.start, end: text.length, heading: path.map((each) => each.title) });
  return sections;
}

/** Pages, which a form feed ends. */
export function pageSections(text: string): Section[] {
  const sections: Section[] = [];
  for (let start = 0, page = 1; start < text.length; page++) {
    const found = text.indexOf('\f', start);
    const end = found === -1 ? text.length : found + 1;
    sections.push({ start, end, heading: [`p. ${page}`] });
    start = end;
  }
  return sections;
}

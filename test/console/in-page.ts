/** Scripts that run in the browser: as text, since tests know no DOM. */

/** Adds up how far what is shown moves while a page loads, in `globalThis.moved`. */
export const countShifts = `
  globalThis.moved = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.moved += value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

/** What has the focus: where it is in the page, its markup, and whether one sees that it has it. */
export const focusedElement = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const marked = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  const place = [...document.querySelectorAll('*')].indexOf(element);
  return { place, html: element.outerHTML.slice(0, 120), seen: marked && box.width > 0 && box.height > 0 };
})()`;

// What scrolls can be scrolled by the keyboard.
const WIDE = '.table-wrapper, div.highlight > pre, p:has(> img)';
addEventListener('load', () => {
  for (const wide of document.querySelectorAll(WIDE)) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
});

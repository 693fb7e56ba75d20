// What scrolls can be scrolled by the keyboard.
for (const wide of document.querySelectorAll('.table-wrapper, div.highlight > pre'))
  if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;

(() => {
  'use strict';
  const all = () => document.querySelectorAll('details');
  for (const el of document.querySelectorAll('[data-script]')) el.hidden = false;
  const q = document.getElementById('q');
  if (q) {
    const items = [...document.querySelectorAll('li.p')].map((li) => [li, li.textContent.toLowerCase()]);
    const hits = document.getElementById('hits');
    q.addEventListener('input', () => {
      const want = q.value.trim().toLowerCase();
      // "person 2" is not "person 20": a number that is looked for ends where it ends.
      const parts = want.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const sought = new RegExp((/^\d/.test(want) ? '(?<!\\d)' : '') + parts + (/\d$/.test(want) ? '(?!\\d)' : ''));
      let n = 0;
      for (const [li, text] of items) {
        const hit = sought.test(text);
        li.hidden = !hit;
        if (hit) n++;
      }
      for (const d of all()) {
        d.hidden = want !== '' && !d.querySelector('li.p:not([hidden])');
        if (want !== '' && !d.hidden) d.open = true;
      }
      hits.textContent = want === '' ? '' : hits.dataset.text.replace('%d', n);
    });
  }
  const set = (id, open) => document.getElementById(id)?.addEventListener('click', () => all().forEach((d) => { d.open = open; }));
  set('open', true);
  set('close', false);
  addEventListener('beforeprint', () => all().forEach((d) => { d.open = true; }));
  const reveal = () => {
    const d = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (d && d.tagName === 'DETAILS') d.open = true;
  };
  addEventListener('hashchange', reveal);
  reveal();
})();

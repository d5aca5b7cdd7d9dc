// Small conveniences; every page works without them.
(function () {
  'use strict';
  var d = document;

  function each(root, sel, f) { Array.prototype.forEach.call(root.querySelectorAll(sel), f); }

  // Tick all rows of a list, and say how many are ticked.
  function count(form) {
    var n = form.querySelectorAll('input[name=id]:checked').length;
    var out = form.querySelector('[data-count]');
    if (out) {
      out.textContent = n ? out.getAttribute('data-some').replace('0', n) : out.getAttribute('data-none');
    }
    each(form, 'input[name=id]', function (box) {
      var row = box.closest('tr');
      if (row) { row.classList.toggle('sel', box.checked); }
    });
  }
  d.addEventListener('change', function (e) {
    var form = e.target.form;
    if (!form) { return; }
    if (e.target.hasAttribute('data-all')) {
      each(form, 'input[name=id]', function (box) { box.checked = e.target.checked; });
    }
    if (e.target.name === 'id' || e.target.hasAttribute('data-all')) { count(form); }
  });

  d.addEventListener('click', function (e) {
    each(d, 'details.menu[open]', function (m) { if (!m.contains(e.target)) { m.open = false; } });
    var b = e.target.closest('[data-print],[data-speak]');
    if (!b) { return; }
    if (b.hasAttribute('data-print')) { window.print(); return; }
    var s = window.speechSynthesis;
    if (s.speaking) { s.cancel(); return; }
    var u = new SpeechSynthesisUtterance(d.querySelector(b.getAttribute('data-speak')).innerText);
    u.lang = d.documentElement.lang;
    s.speak(u);
  });
  d.addEventListener('keydown', function (e) {
    if (e.key !== 'Escape') { return; }
    each(d, 'details.menu[open]', function (m) { m.open = false; m.querySelector('summary').focus(); });
  });

  // Buttons that need a script stay hidden until there is one.
  function ready(root) {
    each(root, '[data-print],[data-all]', function (b) { b.hidden = false; });
    each(root, 'label[data-all-label]', function (b) { b.hidden = false; });
    if (window.speechSynthesis) { each(root, '[data-speak]', function (b) { b.hidden = false; }); }
  }
  ready(d);
  d.addEventListener('htmx:load', function (e) { ready(e.target); });

  // The code of a printed slip stands behind the #, where no server sees it; it does not stay in the address.
  var code = d.getElementById('f-code');
  if (code && location.hash.indexOf('#account=') === 0) {
    var slip = new URLSearchParams(location.hash.slice(1));
    d.getElementById('f-account').value = slip.get('account');
    code.value = slip.get('code');
    history.replaceState(null, '', location.pathname);
  }

  // htmx comes when a page moves by itself, or when somebody begins to use one that can do with it: a first visit is
  // half as heavy. Until then forms and links do their work as everywhere.
  var data = d.currentScript.dataset, source = data.htmx, live = data.live, asked = false;
  function catchUp() { // with what was opened or typed before htmx was there
    each(d, 'details[open] > ul[hx-get]:not(.htmx-request)', function (u) {
      window.htmx.ajax('GET', u.getAttribute('hx-get'), { target: u, swap: 'outerHTML' });
    });
    var typed = d.activeElement;
    if (typed && typed.matches('input[hx-get]') && typed.value) {
      window.htmx.ajax('GET', typed.getAttribute('hx-get'), { source: typed, target: typed.getAttribute('hx-target'), swap: 'innerHTML' });
    }
  }
  function fetchScript(name, then) {
    var s = d.createElement('script');
    s.src = name;
    s.onload = then;
    d.head.appendChild(s);
  }
  function fetchHtmx() {
    if (asked) { return; }
    asked = true;
    fetchScript(source, function () { window.setTimeout(catchUp, 100); });
  }
  window.addEventListener('load', function () {
    if (window.EventSource && d.querySelector('body [data-live]')) { fetchScript(live); }
    if (d.querySelector('[hx-trigger^=every]')) { fetchHtmx(); return; }
    if (!d.querySelector('[hx-get],[hx-post]')) { return; }
    ['pointerover', 'touchstart', 'focusin', 'keydown'].forEach(function (e) { d.addEventListener(e, fetchHtmx, { once: true, passive: true }); });
  });

  // After a mistake the summary is read first.
  var bad = d.querySelector('[data-focus]');
  if (bad) { bad.focus(); }
}());

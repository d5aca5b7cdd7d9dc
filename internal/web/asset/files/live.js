// What others do meanwhile; every page works without it.
(function () {
  'use strict';
  var d = document;

  // Parts of a page show by themselves what others have done meanwhile: the page is asked for once more, quietly, and
  // its marked parts are put in the place of the old ones. What somebody is in, or has typed into, stays as it is.
  function busy(part) {
    var a = d.activeElement;
    return part.contains(a) && a !== d.body || part.querySelector('details[open],input:checked') !== null;
  }
  var waits = 0;
  function renew() {
    waits = 0;
    if (d.hidden) { d.addEventListener('visibilitychange', later, { once: true }); return; }
    fetch(location.href, { headers: { 'Zhibu-Live': '1' }, credentials: 'same-origin', redirect: 'error' }).then(function (r) {
      return r.ok ? r.text() : '';
    }).then(function (text) {
      if (!text) { return; }
      var fresh = new DOMParser().parseFromString(text, 'text/html');
      Array.prototype.forEach.call(d.querySelectorAll('body [data-live]'), function (part) {
        var by = fresh.getElementById(part.id);
        if (by && !busy(part) && by.innerHTML !== part.innerHTML) { part.innerHTML = by.innerHTML; part.dispatchEvent(new Event('htmx:load', { bubbles: true })); }
      });
    }, function () {});
  }
  function later() { if (!waits) { waits = window.setTimeout(renew, 300 + Math.random() * 1200); } }
  var events = new EventSource('/events');
  events.addEventListener('change', function (e) {
    var kind = JSON.parse(e.data).kind;
    var any = Array.prototype.some.call(d.querySelectorAll('body [data-live]'), function (part) {
      return part.getAttribute('data-live').split(' ').some(function (w) { return w === '*' || kind === w || kind.indexOf(w + '.') === 0; });
    });
    if (any) { later(); }
  });
  events.addEventListener('reset', later);
  events.addEventListener('end', function () { events.close(); });
  window.addEventListener('pagehide', function () { events.close(); });
}());

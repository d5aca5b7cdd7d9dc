// Asks the browser's authenticator for a passkey and sends its answer with the form. The page says what to do without.
(function () {
  'use strict';
  var d = document, form = d.querySelector('form[data-passkey]');
  if (!form) { return; }
  var problem = d.querySelector('[data-passkey-problem]'), go = form.querySelector('[data-passkey-go]');

  function show(name, yes) { d.querySelector('[data-passkey-' + name + ']').hidden = !yes; }
  function bytes(text) {
    var raw = atob(text.replace(/-/g, '+').replace(/_/g, '/')), out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) { out[i] = raw.charCodeAt(i); }
    return out;
  }
  function text(buffer) {
    var out = '', b = new Uint8Array(buffer);
    for (var i = 0; i < b.length; i++) { out += String.fromCharCode(b[i]); }
    return btoa(out).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
  function complain(sentence) {
    problem.textContent = sentence;
    problem.hidden = false;
    go.disabled = false;
  }

  if (window.location.origin !== form.getAttribute('data-origin')) {
    show('none', false);
    show('elsewhere', true);
    return;
  }
  if (!window.PublicKeyCredential || !window.fetch) { return; }
  show('none', false);
  go.hidden = false;

  // The texts of the question become bytes, the bytes of the answer texts.
  function question(k) {
    k.challenge = bytes(k.challenge);
    if (k.user) { k.user.id = bytes(k.user.id); }
    [k.excludeCredentials, k.allowCredentials].forEach(function (list) {
      (list || []).forEach(function (c) { c.id = bytes(c.id); });
    });
    return k;
  }
  function answer(c) {
    var out = {}, r = c.response;
    ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach(function (name) {
      if (r[name]) { out[name] = text(r[name]); }
    });
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: out, clientExtensionResults: {} });
  }

  form.addEventListener('submit', function (e) {
    e.preventDefault();
    if (go.disabled) { return; }
    go.disabled = true;
    problem.hidden = true;
    window.fetch(form.getAttribute('data-ask'), {
      method: 'POST', credentials: 'same-origin', headers: { 'X-Form-Token': form.elements['form-token'].value }
    }).then(function (res) {
      if (!res.ok) { return res.text().then(complain); }
      return res.json().then(function (options) {
        var k = { publicKey: question(options.publicKey) };
        return form.getAttribute('data-passkey') === 'create' ? navigator.credentials.create(k) : navigator.credentials.get(k);
      }).then(function (c) {
        form.elements.answer.value = answer(c);
        form.submit();
      });
    }).catch(function () { complain(problem.getAttribute('data-cancelled')); });
  });
}());

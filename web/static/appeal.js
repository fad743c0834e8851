// Objecting: pictures go up one by one, then the words with their names. After app.js.
(function () {
  'use strict';

  const app = window.HealthApp;
  const forms = window.HealthForm;
  const form = document.getElementById('appeal');
  const input = document.getElementById('photos');
  const list = document.getElementById('chosen');
  const problem = document.getElementById('photos-problem');
  const said = document.getElementById('said');
  const most = Number(form.dataset.most);
  const WAIT = 60000; // milliseconds that one picture may take
  const SIDE = 1600; // pixels of the longer side of what goes up: no more is kept
  let chosen = []; // {file, key, id, item, bar, url}

  // small makes a picture no larger than what is kept of it, where the browser can:
  // a phone's own take a while on a bad line.
  function small(file) {
    if (!window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) return Promise.resolve(file);
    return window.createImageBitmap(file).then(function (bitmap) {
      const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const paper = canvas.getContext('2d');
      paper.fillStyle = '#fff'; // behind what is transparent
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) { canvas.toBlob(resolve, 'image/jpeg', 0.9); });
    }).then(function (blob) { return blob || file; }).catch(function () { return file; });
  }

  function add(file) {
    const one = { file: file, key: app.newKey(), id: '', url: URL.createObjectURL(file), item: document.createElement('li'), bar: document.createElement('progress') };
    const image = document.createElement('img');
    const remove = document.createElement('button');
    image.src = one.url;
    image.alt = file.name;
    image.addEventListener('error', function () { image.replaceWith(file.name); });
    one.bar.max = 1;
    one.bar.hidden = true;
    one.bar.setAttribute('aria-label', file.name);
    remove.type = 'button';
    remove.className = 'weui-btn weui-btn_default';
    remove.textContent = app.texts.remove;
    remove.setAttribute('aria-label', app.texts.remove + ' ' + file.name);
    remove.addEventListener('click', function () { take(one); });
    one.item.append(image, one.bar, remove);
    list.appendChild(one.item);
    chosen.push(one);
  }

  function take(one) {
    chosen = chosen.filter(function (other) { return other !== one; });
    one.item.remove();
    URL.revokeObjectURL(one.url);
    problem.textContent = '';
    input.focus();
  }

  input.addEventListener('change', function () {
    const files = Array.prototype.slice.call(input.files);
    problem.textContent = '';
    files.forEach(function (file) {
      if (chosen.length < most) add(file);
      else problem.textContent = app.texts.many;
    });
    input.value = ''; // so that the same one can be chosen again
  });

  // up sends one picture, unless it is there already.
  function up(one) {
    if (one.id) return Promise.resolve(null);
    one.bar.hidden = false;
    one.bar.removeAttribute('value');
    return small(one.file).then(function (blob) {
      return new Promise(function (resolve) {
        const request = new XMLHttpRequest();
        request.open('POST', '/v1/photos');
        request.timeout = WAIT;
        request.setRequestHeader('Content-Type', blob.type || 'application/octet-stream');
        request.setRequestHeader('Idempotency-Key', one.key);
        request.upload.addEventListener('progress', function (event) {
          if (event.lengthComputable) one.bar.value = event.loaded / event.total;
        });
        request.addEventListener('loadend', function () {
          let body = null;
          try { body = JSON.parse(request.responseText); } catch (error) { body = null; }
          one.bar.hidden = true;
          if (request.status === 201 && body) { one.id = body.id; resolve(null); return; }
          const told = app.problem({ status: request.status, body: body });
          resolve({ reason: told.reason, field: 'photos', text: one.file.name + '：' + told.text });
        });
        request.send(blob);
      });
    });
  }

  // upAll sends those that are missing, one after the other, up to the first problem.
  function upAll() {
    return chosen.reduce(function (before, one, i) {
      return before.then(function (trouble) {
        if (trouble) return trouble;
        said.textContent = app.texts.uploading.replace('{n}', i + 1).replace('{of}', chosen.length);
        return up(one);
      });
    }, Promise.resolve(null));
  }

  function send() {
    const body = { target: { kind: form.dataset.kind, id: form.dataset.id }, words: form.elements.words.value.trim(),
      photos: chosen.map(function (one) { return one.id; }) };
    const now = JSON.stringify(body);
    if (form.lastSaid !== now) { form.lastSaid = now; form.key = app.newKey(); }
    return app.send('POST', '/v1/appeals', body, form.key);
  }

  // forget has every picture sent anew: the service has none of them any more.
  function forget() {
    chosen.forEach(function (one) { one.id = ''; one.key = app.newKey(); });
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    const button = form.querySelector('[type=submit]');
    if (button.disabled) return;
    forms.clear(form);
    if (!form.elements.words.value.trim()) {
      forms.explain(form, { field: 'words', text: app.texts.words });
      return;
    }
    button.disabled = true;
    upAll().then(function (trouble) {
      if (trouble) return trouble;
      said.textContent = app.texts.sending;
      return send().then(function (answer) {
        if (answer.ok) { app.leave('/appeals', app.texts.sent); return null; }
        const told = app.problem(answer);
        if (told.reason === 'photo.unknown') forget();
        return told;
      });
    }).then(function (trouble) {
      if (!trouble) return;
      button.disabled = false;
      said.textContent = '';
      forms.explain(form, trouble);
    });
  });
})();

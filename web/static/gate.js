// The guard's page: choose the venue, read codes one after the other, enter people
// by hand. After scanner.js, staff.js, offline.js and kept.js.
(function (staff, scanner, offline, kept) {
  'use strict';

  const WAIT = 3000; // milliseconds that one try may take
  const SHORT = 1500; // the same when the last one had no answer
  const page = document.getElementById('gate');
  const at = (id) => document.getElementById(id);
  const text = staff.text;
  const memory = scanner.memory();
  let camera = null;
  let opening = false;
  let wanted = false; // whether the camera is to be open
  let busy = false; // a reading is on its way
  let unsent = null; // a reading that did not get through, to be tried again
  let reading = null; // of whom the answer on the screen is: {visit, whom, document, name, from, shown, guest}

  const read = (key, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key)) || otherwise; } catch (error) { return otherwise; }
  };
  const write = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* a private window keeps nothing */ }
  };

  // Sound. A browser is silent until somebody has touched the page: choosing does that.
  let audio = null;
  let muted = read('gate.muted', false) === true;
  const TONES = { ok: [[880, 0.09], [1320, 0.16]], attention: [[620, 0.16], [0, 0.06], [620, 0.16]], refused: [[220, 0.45]] };
  const SHAKES = { ok: [60], attention: [120, 80, 120], refused: [400] };

  // touched says whether the browser lets the page sound and shake yet.
  const touched = () => !navigator.userActivation || navigator.userActivation.hasBeenActive;

  function wake() {
    if (!touched()) return;
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!audio && Context) audio = new Context();
    if (audio && audio.state === 'suspended') audio.resume().catch(() => {});
  }

  function signal(kind) {
    if (navigator.vibrate && touched()) navigator.vibrate(SHAKES[kind]);
    if (muted || !audio || audio.state !== 'running') return;
    let start = audio.currentTime;
    TONES[kind].forEach(([hertz, seconds]) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = kind === 'refused' ? 'square' : 'sine';
      tone.frequency.value = hertz || 1;
      volume.gain.setValueAtTime(hertz ? 0.25 : 0, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + seconds);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start += seconds);
    });
  }

  function showMuted() {
    at('sound').setAttribute('aria-pressed', String(!muted));
    at('sound').textContent = text(muted ? 'sound.off' : 'sound.on');
  }

  // Counts, of this device and this day.
  const today = () => new Date().toDateString();
  function counts() {
    const kept = read('gate.counts', {});
    return kept.day === today() ? kept : { day: today(), of: {} };
  }
  function count(what) {
    const kept = counts();
    kept.of[what] = (kept.of[what] || 0) + 1;
    write('gate.counts', kept);
    showCounts();
  }
  function showCounts() {
    const kept = counts().of;
    document.querySelectorAll('[data-count]').forEach((place) => {
      place.textContent = String(kept[place.dataset.count] || 0);
    });
  }

  const when = new Intl.DateTimeFormat(document.documentElement.lang, {
    month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: page.dataset.zone || undefined,
  });

  function fill(id, value) {
    const place = at(id);
    place.textContent = value || '';
    const row = place.closest('[data-row]') || place;
    row.hidden = !value;
  }

  const ready = () => text(page.dataset.camera === 'off' ? 'ready.photo' : 'ready');

  // show puts an answer on the screen, where it stays until the next.
  //   card: {tone, advice, huge, say, colour, word, name, document, until, phone}
  // At a gateway it has travel, arrival and turn besides, of a printed card print; what
  // comes before all that, as of a card or without a network, is first and its say.
  function show(card) {
    const result = at('result');
    result.dataset.advice = card.advice;
    if (card.colour) result.dataset.colour = card.colour;
    else delete result.dataset.colour;
    const first = card.first || (card.print && { huge: text('print'), say: card.print.say });
    result.toggleAttribute('data-print', Boolean(first));
    fill('paper', first && first.huge);
    fill('paper-say', first && first.say);
    at('huge').textContent = card.huge;
    fill('say', card.say);
    fill('word', card.word);
    fill('name', card.name);
    fill('document', card.document);
    fill('until', card.until && when.format(new Date(card.until)));
    at('shape').setAttribute('href', card.colour ? '#shape-' + card.colour : '#shape-none');
    travelled(card.travel);
    arrives(card.arrival);
    at('compare').hidden = !card.name || Boolean(card.print);
    const call = at('call');
    call.hidden = !card.phone;
    call.href = card.phone ? 'tel:' + card.phone.replace(/[^\d+]/g, '') : '';
    call.textContent = card.phone ? text('call', { phone: card.phone }) : '';
    at('again').hidden = !card.again;
    at('to-take').hidden = !card.take;
    at('who').hidden = card.advice !== 'paper' || !card.ask || card.take; // where they go asks for that too
    result.hidden = false;
    result.scrollTop = 0;
    page.dataset.shown = 'yes';
    at('status').textContent = ready();
    at('announce').textContent = '';
    requestAnimationFrame(() => {
      at('announce').textContent = [first && first.huge, card.huge, card.word, card.name, card.say, card.first && first.say].filter(Boolean).join('。');
    });
    signal(card.tone);
  }

  // travelled shows the travel card: its colour and the cities, those first that are
  // marked.
  function travelled(travel) {
    fill('card-word', travel && travel.word);
    at('card-shape').setAttribute('href', travel ? '#shape-' + travel.colour : '#shape-none');
    const cities = travel ? travel.cities.slice().sort((a, b) => Number(b.starred) - Number(a.starred)) : [];
    at('cities').hidden = !cities.length;
    at('cities').replaceChildren(...cities.map((city) => {
      const item = document.createElement('li');
      item.textContent = city.name + (city.starred ? '*' : '');
      if (city.starred) item.className = 'starred';
      return item;
    }));
  }

  // arrives says from where to where, with how many and in which car.
  function arrives(arrival) {
    const way = (a) => [a.from, a.destination].filter(Boolean).join(' → ') + (a.party > 1 ? text('party', { n: a.party }) : '');
    const said = arrival && (arrival.declared ? way(arrival) : text('arrival.none'));
    at('plate-seen').textContent = (arrival && arrival.plate) || '';
    fill('way', said);
  }

  // takes reports whether a guard takes down where they go: at a gateway, of whoever
  // has no phone or no code here, and has not said it yet.
  const takes = (body) => Boolean(at('take') && reading && body.arrival && !body.arrival.declared
    && (reading.document || body.print || (body.recognised && !body.card)));

  function answered(body, ask) {
    const pass = body.advice === 'pass';
    const waits = body.turn && !body.turn.outcome;
    show(Object.assign({}, body, {
      tone: pass && !body.print ? 'ok' : 'attention', take: takes(body), ask: ask && !body.recognised, travel: body.card,
      huge: waits ? text('number', { n: body.turn.number }) + ' ' + text('advice.' + body.advice) : text('advice.' + body.advice),
      phone: pass && !body.print ? '' : body.phone, word: body.name || body.recognised ? body.word : '',
      colour: body.name || body.recognised ? body.colour : '',
    }));
  }

  function refused(problem) {
    show({ tone: 'refused', advice: 'refused', huge: text('refused.' + problem.reason) || text('refused'), say: problem.text });
  }

  const hour = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: page.dataset.zone || undefined,
  });

  // granted shows what the pass itself says, where nobody could be asked, and keeps the
  // visit until it can be delivered.
  function granted(sent, opened) {
    const { id, pass } = sent.body;
    reading = null;
    if (opened.reason) {
      memory.refused(pass, Date.now());
      count('refused');
      refused({ reason: opened.reason, text: offline.words[opened.reason] });
      return;
    }
    memory.accepted(pass, Date.now());
    const advice = { green: 'pass', grey: 'declare' }[opened.colour] || 'call';
    count(advice);
    const saved = text(kept.add(id, pass) ? 'away.kept' : 'kept.full');
    show({ tone: 'attention', advice, huge: text('advice.' + advice), colour: opened.colour,
      word: offline.words[opened.colour], say: offline.words[advice] + ' ' + saved,
      first: { huge: text('away.granted', { from: hour.format(opened.granted), until: hour.format(opened.until) }), say: text('away.compare') } });
  }

  // unanswered goes by the pass alone, where this page can open it, or asks to send again.
  async function unanswered(sent) {
    const code = sent.body.pass || '';
    const opened = code && !scanner.printed(code) && await offline.look(code, sent.then);
    if (opened) {
      granted(sent, opened);
      return;
    }
    unsent = sent;
    show({ tone: 'refused', advice: 'unsent', huge: text('unsent'), again: true,
      say: text(scanner.printed(code) ? 'print.unsent' : 'unsent.say') });
  }

  // send delivers and shows what came back.
  async function send(sent) {
    if (busy) return null;
    busy = true;
    unsent = null;
    at('status').textContent = text('checking');
    const once = (body) => staff.send('POST', sent.path, body, offline.away() ? SHORT : WAIT);
    const answer = offline.reached(await (offline.away() ? once(sent.body) : scanner.deliver(sent.body, once, staff.now)));
    if (!answer.status || answer.status >= 500) await unanswered(sent);
    busy = false;
    const code = sent.body.pass;
    if (code && answer.ok) memory.accepted(code, Date.now());
    else if (code && answer.status && answer.status < 500) memory.refused(code, Date.now());
    if (answer.ok) {
      if (!sent.more) count(answer.body.advice);
      const seen = answer.body;
      reading = { visit: sent.body.id, whom: seen.whom, document: sent.body.document, guest: !seen.card,
        name: seen.name, from: seen.recognised && seen.recognised.from, shown: seen.document || (sent.body.document ? '…' + sent.body.document.number.slice(-4) : '') };
      answered(seen, !sent.more);
    } else if (answer.status && answer.status < 500) {
      if (answer.problem.reason === 'gate.venue_required') view('choose', choose && choose.elements.venue);
      else if (!staff.signedOut(answer) && !sent.form) {
        count('refused');
        refused(answer.problem);
      }
    }
    return answer;
  }

  // scanned takes what the camera or a picture said.
  function scanned(code, chosen) {
    if (busy) return;
    if (!memory.isNew(code, Date.now())) {
      if (chosen) at('status').textContent = text('same');
      return;
    }
    // A reading that may have arrived without its answer goes again under its own id.
    const again = unsent && unsent.body.pass && scanner.grantOf(unsent.body.pass) === scanner.grantOf(code);
    const then = staff.now();
    send({ path: '/v1/scans', body: { id: again ? unsent.body.id : scanner.ulid(then), pass: code }, then });
  }

  async function open() {
    wanted = true;
    if (camera || opening) return;
    opening = true;
    try {
      camera = await scanner.camera(at('video'), (code) => scanned(code, false));
      page.dataset.camera = 'on';
    } catch (error) {
      page.dataset.camera = 'off';
    }
    opening = false;
    if (!wanted) close();
    else if (!busy) at('status').textContent = ready();
  }

  function close() {
    wanted = false;
    if (camera) camera.stop();
    camera = null;
  }

  function view(name, focus) {
    page.dataset.view = name;
    ['choose', 'scan', 'hand', 'queue', 'take'].forEach((id) => { if (at(id)) at(id).hidden = id !== name; });
    if (name === 'scan') {
      open();
      offline.stands();
    } else {
      close();
    }
    kept.draw();
    if (focus) focus.focus();
  }

  // Choosing the venue. It is asked once: the service remembers where a guard stands.
  // Without a venue to choose there is no form.
  const choose = at('choose-form');
  if (choose) staff.form(choose, () => {
    wake();
    const venue = choose.elements.venue.value;
    return kept.goes(choose, venue) && { venue };
  }, (body) => {
    at('venue-name').textContent = body.name;
    page.dataset.venue = choose.elements.venue.value;
    const gateway = body.kind !== 'door';
    if (gateway && (!at('take') || at('take').dataset.jurisdiction !== body.jurisdiction)) {
      location.assign('/gate'); // with what arrivals are taken down on there
      return;
    }
    at('to-queue').hidden = !gateway;
    at('to-queue').parentElement.toggleAttribute('data-three', gateway);
    document.querySelectorAll('[data-at-gateway]').forEach((one) => { one.hidden = !gateway; });
    view('scan', at('venue-name'));
    kept.deliver();
  });

  at('photo').addEventListener('change', async () => {
    const file = at('photo').files[0];
    at('photo').value = ''; // so that the same picture can be chosen again
    if (!file) return;
    wake();
    at('status').textContent = text('checking');
    const code = await scanner.photo(file).catch(() => '');
    if (code) scanned(code, true);
    else show({ tone: 'refused', advice: 'refused', huge: text('unread'), say: text('unread.say') });
  });

  at('again').addEventListener('click', () => { if (unsent) send(unsent); });
  at('sound').addEventListener('click', () => {
    muted = !muted;
    write('gate.muted', muted);
    showMuted();
    wake();
    if (!muted) signal('ok');
  });
  at('to-hand').addEventListener('click', () => {
    wake();
    view('hand', at('hand-form').elements.number);
  });
  at('from-hand').addEventListener('click', () => view('scan', at('to-hand')));
  at('to-choose').addEventListener('click', () => view('choose', choose && choose.elements.venue));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else if (page.dataset.view === 'scan') open();
  });

  // By hand. The type follows from the number until the guard says otherwise. A
  // permit of Taiwan has eight digits, as half a resident's number has: that one is
  // chosen.
  const hand = at('hand-form');
  const number = hand.elements.number;
  const GUESSES = [
    [/^8[123]0000/, 'hmt_residence_permit'],
    [/^(9|[A-Z]{3}\d{12}$)/, 'permanent_residence'],
    [/^[HM]\d{8}(\d\d)?$/, 'hk_macao_permit'],
    [/^\d*X?$/, 'resident_id'],
    [/^/, 'passport'],
  ];
  let typeChosen = false;

  function typed() {
    const value = number.value.toUpperCase().replace(/[\s-]/g, '');
    if (value !== number.value) number.value = value;
    if (!typeChosen) hand.elements.type.value = GUESSES.find((guess) => guess[0].test(value))[1];
    at('length').textContent = hand.elements.type.value === 'resident_id'
      ? text(/^\d{17}[\dX]$/.test(value) ? 'length.full' : 'length', { n: value.length }) : '';
  }
  number.addEventListener('input', typed);
  hand.elements.type.addEventListener('change', () => { typeChosen = true; typed(); });
  at('keys').addEventListener('click', (event) => {
    const key = event.target.closest('[data-key]');
    if (!key) return;
    const value = number.value;
    const keys = { back: () => value.slice(0, -1), clear: () => '' };
    if (key.dataset.key === 'letters') {
      number.inputMode = 'text';
      number.focus();
      return;
    }
    number.value = (keys[key.dataset.key] || (() => value + key.dataset.key))();
    typed();
  });

  function forget() {
    hand.reset();
    number.inputMode = 'none';
    typeChosen = false;
    typed();
  }

  // enter sends the document; said is what a paper form would also ask.
  async function enter(form, person, said) {
    staff.clear(form);
    form.setAttribute('aria-busy', 'true');
    const body = Object.assign({ id: scanner.ulid(staff.now()), document: person }, said);
    const answer = await send({ path: '/v1/entries', body, form, more: Boolean(said) });
    form.removeAttribute('aria-busy');
    if (!answer) return;
    const words = !answer.ok && answer.status && answer.status < 500;
    if (words) {
      staff.explain(form, answer.problem);
      signal('refused');
      return;
    }
    at('who').dataset.type = person.type;
    at('who').dataset.number = person.number;
    forget();
    at('who').reset();
    view('scan', at('result'));
  }

  hand.addEventListener('submit', (event) => {
    event.preventDefault();
    if (number.value) enter(hand, { type: hand.elements.type.value, number: number.value });
    else number.focus();
  });

  at('who').addEventListener('submit', (event) => {
    event.preventDefault();
    const who = at('who');
    const said = { name: who.elements.name.value.trim(), phone: who.elements.phone.value.trim() };
    if (!said.name && !said.phone) return;
    enter(who, { type: who.dataset.type, number: who.dataset.number }, said);
  });

  number.inputMode = 'none'; // the keys on the page are larger than the phone's
  window.HealthGate.view = view;
  window.HealthGate.answered = answered;
  window.HealthGate.reading = () => reading;
  showMuted();
  showCounts();
  if (page.dataset.view === 'scan') view('scan');
  kept.deliver();
})(window.HealthStaff, window.HealthGate.scanner, window.HealthGate.offline, window.HealthGate.kept);

'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const groups = JSON.parse($('groups').textContent);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const ramps = {
    plain: [[255, 255, 255], [198, 219, 239], [66, 146, 198], [8, 48, 107]],
    plainDark: [[24, 29, 39], [28, 66, 122], [58, 152, 190], [250, 240, 170]],
    signed: [[178, 24, 43], [244, 165, 130], [255, 255, 255], [146, 197, 222], [33, 102, 172]],
    signedDark: [[255, 160, 120], [150, 52, 42], [24, 29, 39], [32, 84, 150], [135, 205, 255]],
  };
  const state = { group: 0, layer: 0, head: 0, row: -1, column: -1 };
  let loaded = { key: '', values: null };
  let shown = null;

  // Weights are half floats; all 65,536 of them are tabulated once.
  const halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    halves[bits] = sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  }

  // The weights of the current layer, [heads, rows, columns]; decoded when they are first wanted.
  function layerValues() {
    const key = `${state.group}-${state.layer}`;
    if (loaded.key !== key) {
      const bytes = atob($('values-' + key).textContent);
      const values = new Float32Array(bytes.length / 2);
      for (let i = 0; i < values.length; i++) values[i] = halves[bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8)];
      loaded = { key, values };
    }
    return loaded.values;
  }

  // The matrix of a head, or, for head = heads, of their mean.
  function matrix(head) {
    const { rows, columns, heads } = groups[state.group];
    const size = rows.length * columns.length, values = layerValues();
    if (head < heads) return values.subarray(head * size, (head + 1) * size);
    const mean = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let h = 0; h < heads; h++) sum += values[h * size + i];
      mean[i] = sum / heads;
    }
    return mean;
  }

  function largest(values) {
    let top = 0;
    for (const value of values) top = Math.max(top, Math.abs(value));
    return top || 1;
  }

  function ramp() {
    const stops = ramps[(groups[state.group].signed ? 'signed' : 'plain') + (dark.matches ? 'Dark' : '')];
    const colours = new Uint8ClampedArray(256 * 4);
    for (let i = 0; i < 256; i++) {
      const at = i / 255 * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
      for (let c = 0; c < 3; c++) colours[4 * i + c] = Math.round(stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]));
      colours[4 * i + 3] = 255;
    }
    return colours;
  }

  // One pixel per cell, at most `limit` along each axis: then a pixel has the largest magnitude of its cells.
  function draw(canvas, values, rows, columns, top, colours, limit) {
    const height = Math.min(rows, limit), width = Math.min(columns, limit);
    canvas.width = width;
    canvas.height = height;
    const pooled = width === columns && height === rows ? values : new Float32Array(width * height);
    if (pooled !== values) {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const at = Math.floor(r * height / rows) * width + Math.floor(c * width / columns), value = values[r * columns + c];
          if (Math.abs(value) > Math.abs(pooled[at])) pooled[at] = value;
        }
      }
    }
    const signed = groups[state.group].signed, lifted = $('range').value === 'root', image = new ImageData(width, height);
    for (let i = 0; i < pooled.length; i++) {
      const value = pooled[i] / top, part = signed ? 0.5 + value / 2 : lifted ? Math.sqrt(value) : value;
      const colour = 4 * Math.max(0, Math.min(255, Math.round(255 * part)));
      for (let c = 0; c < 4; c++) image.data[4 * i + c] = colours[colour + c];
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
  }

  // Text in which white space and control characters can be seen.
  function visible(text) {
    if (text === '') return '\u2205';
    return text.replace(/[\0- \x7f]/g, c => c === ' ' ? '\u2423' : c === '\n' ? '\u21b5' : c === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0)));
  }

  function formatted(value) {
    return value === 0 ? '0' : Math.abs(value) < 0.0001 ? value.toExponential(2) : value.toFixed(4);
  }

  function fillSelect(select, texts, chosen) {
    select.replaceChildren(...texts.map((text, index) => new Option(text, index, false, index === chosen)));
    select.closest('label').hidden = texts.length < 2;
  }

  // The tokens of an axis; where cells are smaller than text, every n-th.
  function fillAxis(axis, tokens, cell, isColumns) {
    const step = Math.ceil(11 / cell), labels = [];
    for (let i = 0; i < tokens.length; i += step) {
      const label = document.createElement('span'), text = visible(tokens[i]);
      const length = Math.min(step, tokens.length - i) * cell + 'px';
      label.className = isColumns && [...text].length === 1 ? 'token short' : 'token';
      label.textContent = text;
      label.title = text;
      label.dataset.first = i;
      label.style[isColumns ? 'width' : 'height'] = length;
      labels.push(label);
    }
    axis.replaceChildren(...labels);
  }

  function mark(axis, index) {
    for (const label of axis.querySelectorAll('.marked')) label.classList.remove('marked');
    if (index < 0 || !axis.children.length) return;
    const step = axis.children.length > 1 ? Number(axis.children[1].dataset.first) : Infinity;
    axis.children[Math.floor(index / step)].classList.add('marked');
  }

  function point(row, column) {
    const group = groups[state.group], inside = row >= 0 && column >= 0 && row < group.rows.length && column < group.columns.length;
    state.row = inside ? row : -1;
    state.column = inside ? column : -1;
    mark($('rows'), state.row);
    mark($('columns'), state.column);
    const cursor = $('cursor'), cell = Number($('size').value);
    cursor.hidden = !inside;
    if (!inside) {
      $('value').textContent = 'Point at a cell, or focus the picture and use the arrow keys.';
      return;
    }
    const outline = Math.max(cell, 6), shift = (outline - cell) / 2;
    cursor.style.left = column * cell - shift + 'px';
    cursor.style.top = row * cell - shift + 'px';
    cursor.style.width = cursor.style.height = outline + 'px';
    $('value').textContent = `${group.rowName} ${row} \u201c${visible(group.rows[row])}\u201d \u2192 ${group.columnName} ${column} \u201c${visible(group.columns[column])}\u201d: ${formatted(shown[row * group.columns.length + column])}`;
  }

  function show() {
    const group = groups[state.group], rows = group.rows.length, columns = group.columns.length, cell = Number($('size').value);
    shown = matrix(state.head);
    const top = group.signed || $('range').value !== 'one' ? largest(shown) : 1, colours = ramp(), map = $('map');
    draw(map, shown, rows, columns, top, colours, Infinity);
    map.style.width = columns * cell + 'px';
    map.style.height = rows * cell + 'px';
    const name = state.head < group.heads ? `head ${state.head}` : 'average of heads';
    map.setAttribute('aria-label', `${group.label}, layer ${state.layer}, ${name}: ${rows} rows, ${columns} columns`);
    $('high').textContent = top === 1 ? '1' : formatted(top);
    $('low').textContent = group.signed ? '\u2212' + $('high').textContent : '0';
    const key = $('ramp');
    key.width = 256;
    key.height = 1;
    key.getContext('2d').putImageData(new ImageData(colours, 256, 1), 0, 0);
    for (const button of $('overview').children) button.setAttribute('aria-pressed', String(Number(button.value) === state.head));
    point(state.row, state.column);
  }

  function showOverview() {
    const group = groups[state.group], overview = $('overview'), colours = ramp(), buttons = [];
    overview.hidden = group.heads < 2;
    for (let head = 0; head <= group.heads && !overview.hidden; head++) {
      const button = document.createElement('button'), canvas = document.createElement('canvas'), values = matrix(head);
      button.type = 'button';
      button.value = head;
      draw(canvas, values, group.rows.length, group.columns.length, largest(values), colours, 144);
      button.append(canvas, head < group.heads ? `head ${head}` : 'average');
      button.addEventListener('click', () => { state.head = head; $('head').value = head; show(); });
      buttons.push(button);
    }
    overview.replaceChildren(...buttons);
  }

  function showLayer() {
    showOverview();
    show();
  }

  function showSize() {
    const group = groups[state.group], cell = Number($('size').value);
    fillAxis($('rows'), group.rows, cell, false);
    fillAxis($('columns'), group.columns, cell, true);
  }

  function showGroup() {
    const group = groups[state.group];
    state.layer = Math.min(state.layer, group.layers - 1);
    state.head = Math.min(state.head, group.heads - 1);
    state.row = state.column = -1;
    const layers = Array.from({ length: group.layers }, (_, i) => String(i)), heads = Array.from({ length: group.heads }, (_, i) => String(i));
    fillSelect($('layer'), layers, state.layer);
    fillSelect($('head'), group.heads > 1 ? [...heads, 'average of heads'] : heads, state.head);
    $('range').closest('label').hidden = group.signed;
    $('row-title').textContent = '\u2193 ' + group.rowTitle;
    $('column-title').textContent = '\u2192 ' + group.columnTitle;
    const longest = Math.max(group.rows.length, group.columns.length);
    $('size').value = Math.max(longest > 400 ? 2 : 12, Math.min(32, Math.floor(800 / longest)));
    $('range').value = longest > 32 ? 'root' : 'largest';
    showSize();
    showLayer();
  }

  function whenChanged(id, action) {
    $(id).addEventListener('change', () => action(Number($(id).value)));
  }

  function pointAt(event) {
    const box = $('map').getBoundingClientRect(), cell = Number($('size').value);
    point(Math.floor((event.clientY - box.top) / cell), Math.floor((event.clientX - box.left) / cell));
  }

  const moves = {
    ArrowUp: (r, c) => [r - 1, c], ArrowDown: (r, c) => [r + 1, c], ArrowLeft: (r, c) => [r, c - 1], ArrowRight: (r, c) => [r, c + 1],
    Home: r => [r, 0], End: (r, c, rows, columns) => [r, columns - 1], PageUp: (r, c) => [0, c], PageDown: (r, c, rows) => [rows - 1, c],
  };

  $('scroll').addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') point(-1, -1);
    const move = moves[event.key], { rows, columns } = groups[state.group];
    if (!move) return;
    event.preventDefault();
    const [row, column] = state.row < 0 ? [0, 0] : move(state.row, state.column, rows.length, columns.length);
    point(Math.max(0, Math.min(rows.length - 1, row)), Math.max(0, Math.min(columns.length - 1, column)));
    $('cursor').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  $('map').addEventListener('pointermove', pointAt);
  $('map').addEventListener('pointerdown', pointAt);
  $('map').addEventListener('pointerleave', () => point(-1, -1));
  $('controls').addEventListener('submit', event => event.preventDefault());
  whenChanged('group', value => { state.group = value; showGroup(); });
  whenChanged('layer', value => { state.layer = value; showLayer(); });
  whenChanged('head', value => { state.head = value; show(); });
  whenChanged('range', showLayer);
  $('size').addEventListener('input', () => { showSize(); show(); });
  dark.addEventListener('change', showLayer);
  fillSelect($('group'), groups.map(group => group.label), 0);
  showGroup();
})();

// The explorer of the management API: one list of operations, made from the API's own description. Text is only ever set as text.
'use strict';

const source = '/api/v2.0/openapi.json';
const csrfHeader = 'X-Harbor-CSRF-Token';
const safe = ['get', 'head'];
let csrf = null;
let api = null;

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

// Every answer to a browser with a session carries a token; any of them serves for the next change.
async function call(path, options = {}) {
  const answer = await fetch(path, options);
  csrf = answer.headers.get(csrfHeader) ?? csrf;
  return answer;
}

function resolve(schema) {
  return schema?.$ref ? resolve(schema.$ref.slice(2).split('/').reduce((node, key) => node[key], api)) : schema;
}

function nameOf(schema) {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.type === 'array') return `${nameOf(schema.items)}[]`;
  if (schema.additionalProperties) return `map of ${nameOf(schema.additionalProperties)}`;
  return schema.format ? `${schema.type} (${schema.format})` : schema.type ?? 'any';
}

// A value of the right shape, to begin from.
function example(schema, above = []) {
  if (schema?.$ref) {
    if (above.includes(schema.$ref)) return {};
    above = [...above, schema.$ref];
  }
  const real = resolve(schema) ?? {};
  switch (real.type) {
    case 'array': return [example(real.items, above)];
    case 'object':
      return real.additionalProperties
        ? { name: example(real.additionalProperties, above) }
        : Object.fromEntries(Object.entries(real.properties ?? {}).map(([name, property]) => [name, example(property, above)]));
    case 'integer': case 'number': return 0;
    case 'boolean': return false;
    case 'string': return real.format === 'date-time' ? '2026-01-01T00:00:00.000Z' : '';
    default: return {};
  }
}

function parametersOf(operation) {
  const inputs = [];
  const rows = (operation.parameters ?? []).map(parameter => {
    const { schema } = parameter;
    const input = element('input', {
      placeholder: schema.default === undefined ? '' : String(schema.default),
      ariaLabel: parameter.name,
      autocomplete: 'off',
      spellcheck: false,
    });
    inputs.push({ parameter, input });
    const limits = [nameOf(schema), schema.maximum === undefined ? '' : `at most ${schema.maximum}`].filter(text => text).join(', ');
    return element('tr', {},
      element('td', {}, element('code', { textContent: parameter.name, className: parameter.required ? 'must' : '' }), element('div', { className: 'dim', textContent: parameter.in })),
      element('td', {}, limits, element('div', { className: 'dim', textContent: parameter.description ?? '' })),
      element('td', {}, input));
  });
  const head = element('tr', {}, ...['Parameter', 'Meaning', 'Value'].map(textContent => element('th', { textContent })));
  return { inputs, table: rows.length ? element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)) : null };
}

function answersOf(operation) {
  const rows = Object.entries(operation.responses).map(([status, response]) => {
    const real = resolve(response);
    const schema = Object.values(real.content ?? {})[0]?.schema;
    const cell = element('td', {}, real.description, ' ', element('code', { textContent: nameOf(schema) }));
    if (schema && status < '300') {
      cell.append(element('pre', { textContent: JSON.stringify(example(schema), null, 2) }));
    }
    return element('tr', {}, element('td', {}, element('code', { textContent: status })), cell);
  });
  return element('table', {}, element('tbody', {}, ...rows));
}

function request(method, path, inputs, body) {
  const headers = { Accept: 'application/json, text/plain;q=0.9, */*;q=0.1' };
  const query = new URLSearchParams();
  let address = `${api.servers[0].url}${path}`;
  for (const { parameter, input } of inputs) {
    const value = input.value;
    if (parameter.in === 'path') address = address.replace(`{${parameter.name}}`, () => encodeURIComponent(value));
    else if (value !== '' && parameter.in === 'query') query.append(parameter.name, value);
    else if (value !== '' && parameter.in === 'header') headers[parameter.name] = value;
  }
  const options = { method: method.toUpperCase(), headers, credentials: 'same-origin' };
  if (body && body.value.trim() !== '') {
    headers['Content-Type'] = 'application/json';
    options.body = body.value;
  }
  const name = document.getElementById('username').value;
  if (name !== '') {
    const bytes = new TextEncoder().encode(`${name}:${document.getElementById('password').value}`);
    headers.Authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
    options.credentials = 'omit';
  } else if (csrf !== null && !safe.includes(method)) {
    headers[csrfHeader] = csrf;
  }
  return [query.size ? `${address}?${query}` : address, options];
}

async function show(output, method, path, inputs, body) {
  const missing = inputs.find(({ parameter, input }) => parameter.required && input.value === '');
  if (missing) {
    missing.input.focus();
    output.replaceChildren(element('p', { textContent: `${missing.parameter.name} is needed.` }));
    return;
  }
  try {
    const [address, options] = request(method, path, inputs, body);
    const answer = await call(address, options);
    const text = await answer.text();
    const head = [`${answer.status} ${answer.statusText}`, ...[...answer.headers].filter(([name]) => name !== csrfHeader.toLowerCase()).map(([name, value]) => `${name}: ${value}`)];
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ }
    output.replaceChildren(
      element('h3', { textContent: `${options.method} ${address}` }),
      element('pre', { textContent: head.join('\n') }),
      ...(shown ? [element('pre', { textContent: shown })] : []));
  } catch (failure) {
    output.replaceChildren(element('p', { textContent: `No answer: ${failure.message}` }));
  }
}

function fill(place, method, path, operation) {
  const { inputs, table } = parametersOf(operation);
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = schema ? element('textarea', { value: JSON.stringify(example(schema), null, 2), ariaLabel: 'Body', spellcheck: false }) : null;
  const output = element('div', { ariaLive: 'polite' });
  const send = element('button', { type: 'button', textContent: 'Send' });
  send.addEventListener('click', () => show(output, method, path, inputs, body));
  if (operation.description) place.append(element('p', { textContent: operation.description.replaceAll('`', '') }));
  if (table) place.append(table);
  if (body) place.append(element('h3', { textContent: `Body: ${nameOf(schema)}`, className: operation.requestBody.required ? 'must' : '' }), body);
  place.append(send, output, element('h3', { textContent: 'Answers' }), answersOf(operation));
}

function card(method, path, operation) {
  const place = element('div', { className: 'body' });
  const made = element('details', { id: operation.operationId },
    element('summary', {},
      element('span', { className: `verb ${method}`, textContent: method.toUpperCase() }),
      element('code', { textContent: path }),
      element('span', { className: 'about', textContent: operation.summary })),
    place);
  made.dataset.words = `${method} ${path} ${operation.operationId} ${operation.summary} ${operation.tags[0]}`.toLowerCase();
  made.addEventListener('toggle', () => {
    if (made.open && !place.hasChildNodes()) fill(place, method, path, operation);
  });
  return made;
}

function draw() {
  const sections = api.tags.map(({ name }) => {
    const cards = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
      .filter(([, operation]) => operation.tags[0] === name)
      .map(([method, operation]) => card(method, path, operation)));
    const id = `tag-${name.replaceAll(' ', '-')}`;
    return { name, id, section: element('section', { }, element('h2', { id, textContent: name }), ...cards) };
  });
  document.getElementById('tags').replaceChildren(...sections.map(({ name, id }) => element('a', { href: `#${id}`, textContent: name })));
  document.getElementById('operations').replaceChildren(...sections.map(({ section }) => section));
  const chosen = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (chosen) {
    chosen.open = true;
    chosen.scrollIntoView();
  }
}

function filter(event) {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const section of document.querySelectorAll('#operations section')) {
    for (const each of section.querySelectorAll('details')) each.hidden = !words.every(word => each.dataset.words.includes(word));
    section.hidden = !section.querySelector('details:not([hidden])');
  }
}

async function start() {
  try {
    api = await (await call(source)).json();
    draw();
    document.getElementById('filter').addEventListener('input', filter);
  } catch (failure) {
    document.getElementById('status').textContent = `The description could not be read: ${failure.message}`;
  }
}

start();

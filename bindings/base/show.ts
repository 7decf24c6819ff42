const longest = 80; // characters of a value in a message

/**
 * Shows a value inside a message: text in quotes, plain objects and lists as JSON, everything else by its kind, long values cut.
 * It never throws: circles, depth, getters that fail and revoked proxies included.
 */
export function show(value: unknown): string {
  const text = written(value, longest + 1);
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}

/** `nothing` for what is missing, everything else as `show` does. */
export const got = (value: unknown): string => (value === undefined || value === null ? 'nothing' : show(value));

/** What an error says, whatever was thrown. */
export function reasonOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.message === 'string' && error.message !== '') return error.message;
  } catch {
    // an error that cannot be read is shown as any value
  }
  return show(error);
}

/** What `Object.prototype.toString` calls a value: `Object`, `Map`, `Date`. Throws for a revoked proxy. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

// at most about `room` characters are written: every level writes one at least, so neither depth nor circles run away
function written(value: unknown, room: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > room ? value.slice(0, room) : value);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      try {
        return writtenObject(value, room);
      } catch {
        return 'an object that cannot be read';
      }
    default:
      return String(value);
  }
}

function writtenObject(value: object, room: number): string {
  if (Array.isArray(value)) return inBrackets('[', ']', items(value), room);
  if (ArrayBuffer.isView(value)) return withArticle(tagOf(value));
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    const plain: unknown = toJSON.call(value, '');
    if (plain === null && tagOf(value) === 'Date') return 'an invalid date';
    if (plain !== value && (typeof plain !== 'object' || plain === null)) return written(plain, room);
  }
  const tag = tagOf(value);
  if (tag !== 'Object' && tag !== 'Module') return withArticle(tag);
  return inBrackets('{', '}', entries(value), room);
}

function* items(list: readonly unknown[]): Generator<(room: number) => string> {
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    yield (room) => (item === undefined ? 'null' : written(item, room));
  }
}

function* entries(object: object): Generator<(room: number) => string> {
  for (const name of Object.keys(object)) {
    const item = (object as Record<string, unknown>)[name];
    if (item !== undefined) yield (room) => `${written(name, room)}:${written(item, room)}`;
  }
}

function inBrackets(opened: string, closed: string, parts: Iterable<(room: number) => string>, room: number): string {
  let text = opened;
  for (const part of parts) {
    if (text.length > room) break;
    if (text.length > 1) text += ',';
    text += part(room - text.length);
  }
  return text + closed;
}

/** `a Map`, `an Error`. */
export const withArticle = (tag: string) => `${/^[AEIOU]/i.test(tag) && !/^Uint/.test(tag) ? 'an' : 'a'} ${tag}`;

/** A list or an object inside itself, so many levels deep. */
function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'core';
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
}

const boom = () => {
  throw new TypeError('boom');
};

/** One value of every kind that an argument may wrongly be, made anew each time. */
export const kinds: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  'a number': () => 5.5,
  'a negative number': () => -3,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  'a big integer': () => 5n,
  'empty text': () => '',
  text: () => 'text',
  'long text': () => 'x'.repeat(100_000),
  'half a character': () => '\ud800',
  'a symbol': () => Symbol('mine'),
  'a function': () => () => undefined,
  'a class': () => class Mine {},
  'an empty list': () => [],
  'a list of numbers': () => [1, 2],
  'a list of texts': () => ['a', 'b'],
  'a list of nothing': () => [null, undefined],
  'a list of holes': () => new Array(3),
  'a list of lists': () => [[1], ['a']],
  'an empty object': () => ({}),
  'an object of unknown names': () => ({ strange: 1, other: 'x' }),
  'an object without prototype': () => Object.create(null),
  'a frozen object': () => Object.freeze({ frozen: true }),
  'a list-like object of no length': () => ({ length: Number.NaN, 0: 1 }),
  'a list-like object of negative length': () => ({ length: -1 }),
  'a list-like object of endless length': () => ({ length: Number.POSITIVE_INFINITY }),
  'a dictionary without parts': () => ({ codes: null, values: undefined }),
  'a dictionary whose codes lead nowhere': () => ({ codes: [-1, 7, Number.NaN], values: ['a'] }),
  'a Date': () => new Date(0),
  'an invalid Date': () => new Date(Number.NaN),
  'a Map': () => new Map([['a', 1]]),
  'a Set': () => new Set(['a']),
  'a RegExp': () => /x/,
  'an Error': () => new Error('mine'),
  'a Promise': () => Promise.resolve({}),
  'a typed array': () => Float64Array.of(1, 2),
  'an array buffer': () => new ArrayBuffer(8),
  'a DataView': () => new DataView(new ArrayBuffer(8)),
  'an AbortController': () => new AbortController(),
  'a generator': () => (function* () {})(),
  'a number object': () => Object(5),
  'an Arrow-like without a schema': () => ({ getChild: () => null, numRows: 3 }),
  'an Arrow-like of no fields': () => ({ getChild: boom, schema: { fields: [null, 5, { name: 'week' }] } }),
  'a vector that throws': () => ({ length: 3, get: boom, type: { toString: boom } }),
  'an object in a circle': () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    return circle;
  },
  'a list in a circle': () => {
    const circle: unknown[] = [];
    circle.push(circle);
    return circle;
  },
  'a very deep object': () => nested(50_000, (inner) => ({ inner })),
  'a very deep list': () => nested(50_000, (inner) => [inner]),
  'an object that doubles at each level': () => nested(60, (inner) => ({ left: inner, right: inner })),
  'a getter that throws': () => Object.defineProperty({}, 'totals', { get: boom, enumerable: true }),
  'an object that cannot be written': () => ({ toJSON: boom, toString: boom, [Symbol.toPrimitive]: boom }),
  'a proxy that throws': () =>
    new Proxy({}, { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom, getPrototypeOf: boom }),
  'a proxied list that throws': () => new Proxy([1, 2], { get: boom }),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

import { describe, expect, it } from 'vitest';
import {
  type CsvDialect,
  csvBytes,
  csvChunks,
  type ResultColumn,
  type ResultTable,
  toCsv,
} from '../../bindings/index.js';
import { randomOf } from '../support/kernels.js';
import { parseCsv } from '../support/parseCsv.js';

const table = (columns: Record<string, ResultColumn>): ResultTable => {
  const [first] = Object.values(columns);
  const rows = 'codes' in first ? first.codes.length : first.length;
  return { rows, names: Object.keys(columns), columns: Object.assign(Object.create(null), columns) };
};
const dictionary = (texts: readonly string[]) => {
  const values = [...new Set(texts)];
  return { codes: Uint32Array.from(texts, (text) => values.indexOf(text)), values };
};

describe('a table as CSV', () => {
  it('has a header, one line a row, a line feed after each, and quotes only where they must be', () => {
    const text = toCsv(
      table({
        'a "b"': dictionary(['x', 'y,z', '"', 'line\nend']),
        'c,d': ['', ' ', '=1+1', 'car\rriage'],
        n: Float64Array.of(1, 0.1, -2.5e-300, 1e21),
      }),
    );
    expect(text).toBe(
      '"a ""b""","c,d",n\n' + 'x,,1\n' + '"y,z", ,0.1\n' + '"""",=1+1,-2.5e-300\n' + '"line\nend","car\rriage",1e+21\n',
    );
  });

  it('writes the shortest digits that read back as the same number', () => {
    const numbers = [0.1, 1 / 3, 2 ** 53, 5e-324, 1.7976931348623157e308, 123456789012345680000, 1e-7, 100, -0.5];
    const text = toCsv(table({ a: Float64Array.from(numbers), b: Float64Array.from(numbers) }));
    expect(text).toBe(`a,b\n${numbers.map((x) => `${x},${x}\n`).join('')}`);
  });

  it('leaves what is not a number empty, and writes minus zero as zero', () => {
    const odd = Float64Array.of(Number.NaN, -0, 0, Number.NaN);
    expect(toCsv(table({ a: odd, b: odd, c: ['p', 'q', 'r', 's'] }))).toBe('a,b,c\n,,p\n0,0,q\n0,0,r\n,,s\n');
  });

  it('quotes a lone empty field, which would be an empty line', () => {
    expect(toCsv(table({ a: ['', 'x', ''] }))).toBe('a\n""\nx\n""\n');
    expect(toCsv(table({ a: dictionary(['x', '']) }))).toBe('a\nx\n""\n');
    expect(toCsv(table({ a: Float64Array.of(1, Number.NaN) }))).toBe('a\n1\n""\n');
    expect(toCsv(table({ '': ['x'] }))).toBe('""\nx\n');
  });

  it('puts an apostrophe before texts that a spreadsheet would run as a formula, when asked to', () => {
    const running = [
      '=1+1',
      '+1+cmd',
      '-2+3',
      '@SUM(A1)',
      '\tx',
      '\rx',
      '\nx',
      '＝1',
      '＋1',
      '－1',
      '＠x',
      "'=1",
      "''=1",
      '-x',
    ];
    const others = ['', 'x', 'a=1', ' =1', "'", "'x", "'1", '-5', '+49', '-1.5', '-1,5', '+.5', '-1e-5', '1', '😀=1'];
    const texts = [...running, ...others];
    const numbers = Float64Array.from(texts, (_, t) => (t % 2 ? -t : t / 3));
    const odd = table({ '=name': texts, '+codes': dictionary(texts), n: numbers });
    const [header, ...rows] = parseCsv(toCsv(odd, { escapeFormulas: true }));
    const escaped = [...running.map((text) => `'${text}`), ...others];
    expect(header).toEqual(["'=name", "'+codes", 'n']);
    expect(rows).toEqual(escaped.map((text, t) => [text, text, String(numbers[t])]));
    expect(new Set(escaped).size).toBe(texts.length); // no two texts become one
    // one apostrophe less gives the text that was there
    expect(escaped.map((text) => (/^'+[=+\-@\t\r\n＝＋－＠]/.test(text) ? text.slice(1) : text))).toEqual(texts);
    expect(parseCsv(toCsv(odd)).map(([text]) => text)).toEqual(['=name', ...texts]);
  });

  it('without rows is its header', () => {
    expect(toCsv(table({ a: [], b: new Float64Array(0), c: dictionary([]) }))).toBe('a,b,c\n');
  });

  it('takes a decimal comma, quoted where it is the delimiter too', () => {
    const two = table({ a: Float64Array.of(1.5, -2), b: Float64Array.of(1e-7, Number.NaN), c: ['x;y', 'x,y'] });
    expect(toCsv(two, { delimiter: ';', decimal: ',' })).toBe('a;b;c\n1,5;1e-7;"x;y"\n-2;;x,y\n');
    expect(toCsv(two, { decimal: ',' })).toBe('a,b,c\n"1,5",1e-7,x;y\n-2,,"x,y"\n');
    expect(toCsv(two, { delimiter: '\t' })).toBe('a\tb\tc\n1.5\t1e-7\tx;y\n-2\t\tx,y\n');
  });

  it('quotes numbers where the delimiter is one of their own marks', () => {
    const two = table({ a: Float64Array.of(1.5, -2e-7), b: Float64Array.of(51, 3) });
    expect(toCsv(two, { delimiter: '.' })).toBe('a.b\n"1.5".51\n-2e-7.3\n');
    expect(toCsv(two, { delimiter: '5' })).toBe('a5b\n"1.5"5"51"\n-2e-753\n');
    expect(toCsv(two, { delimiter: 'e' })).toBe('aeb\n1.5e51\n"-2e-7"e3\n');
    expect(toCsv(two, { delimiter: '-' })).toBe('a-b\n1.5-51\n"-2e-7"-3\n');
  });

  it('takes any delimiter that regular expressions reserve', () => {
    for (const delimiter of ['|', '^', ']', '\\', '[', '$', '*', ' ', '§', '🍕']) {
      const texts = [`a${delimiter}b`, 'plain', '"', ''];
      const text = toCsv(table({ a: texts, n: Float64Array.of(1, 2.5, 3, 4), b: dictionary(texts) }), { delimiter });
      expect(parseCsv(text, delimiter), delimiter).toEqual([
        ['a', 'n', 'b'],
        ...texts.map((one, i) => [one, ['1', '2.5', '3', '4'][i], one]),
      ]);
    }
  });
});

describe('the pieces of a long table', () => {
  const random = randomOf(5);
  const pieces = ['a', 'b c', ',', ';', '"', '\n', '\r\n', '=', 'é', '🍕', '__proto__', ''];
  const word = () =>
    Array.from({ length: Math.floor(random() * 4) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
  const rows = 40_000;
  const some = Array.from({ length: 500 }, word);
  const texts = Array.from({ length: rows }, () => some[Math.floor(random() ** 2 * some.length)]);
  const figures = Float64Array.from({ length: rows }, () =>
    random() < 0.01 ? Number.NaN : random() * 10 ** (random() * 20 - 10),
  );
  const whole = Float64Array.from({ length: rows }, () => Math.floor(random() * 1000));
  // neighbours of one kind and kinds by themselves, as a result has them and otherwise
  const long = table({
    medium: dictionary(texts.map((_, r) => (r < 30_000 ? 'tv' : 'radio, "new"'))),
    week: dictionary(texts.map((_, r) => `w${Math.floor(r / 300)}`)),
    campaign: dictionary(texts),
    exposure: whole,
    share: figures,
    flags: texts.slice().reverse(),
    note: texts,
    allocation: figures.slice().reverse(),
    last: dictionary(texts.slice().reverse()),
  });
  const dialects: CsvDialect[] = [{}, { delimiter: ';', decimal: ',' }, { decimal: ',' }, { delimiter: '.' }];

  const written = new Map<CsvDialect, string>();
  const textIn = (dialect: CsvDialect): string => {
    const text = written.get(dialect) ?? [...csvChunks(long, dialect)].join('');
    written.set(dialect, text);
    return text;
  };

  for (const dialect of dialects) {
    it(`read back as the table they are (${JSON.stringify(dialect)})`, () => {
      const { delimiter = ',', decimal = '.' } = dialect;
      const [header, ...records] = parseCsv(textIn(dialect), delimiter);
      expect(header).toEqual(Object.keys(long.columns));
      expect(records).toHaveLength(rows);
      const columns = header.map((name) => {
        const column = long.columns[name];
        if (column instanceof Float64Array) {
          return Array.from(column, (x) => (Number.isNaN(x) ? '' : String(x).replace('.', decimal)));
        }
        return 'codes' in column ? Array.from(column.codes, (code) => column.values[code]) : column;
      });
      // compared as a whole: forty thousand expectations a column would take longer than the writing
      header.forEach((name, c) => {
        const wrong = records.findIndex((record, r) => record.length !== header.length || record[c] !== columns[c][r]);
        expect(wrong < 0 ? null : [name, wrong, records[wrong], columns[c][wrong]]).toBeNull();
      });
    });
  }

  it('are the same in UTF-8', () => {
    for (const dialect of dialects) {
      const bytes = Buffer.concat([...csvBytes(long, dialect)]);
      expect(bytes.equals(Buffer.from(textIn(dialect)))).toBe(true);
    }
  });

  it('keep half a character in text, which UTF-8 cannot say', () => {
    const half = table({ a: dictionary(['\ud800', 'x']), '\udc00': Float64Array.of(1e-7, 2) });
    expect(toCsv(half)).toBe('a,\udc00\n\ud800,1e-7\nx,2\n');
    expect(Buffer.concat([...csvBytes(half)]).toString()).toBe('a,\ufffd\n\ufffd,1e-7\nx,2\n');
  });

  it('are of about a megabyte, and cut at line ends', () => {
    const chunks = [...csvChunks(long)];
    expect(chunks.length).toBeGreaterThan(2);
    for (const [i, chunk] of chunks.entries()) {
      expect(chunk.endsWith('\n')).toBe(true);
      if (i + 1 < chunks.length) expect(chunk.length).toBeGreaterThanOrEqual(1 << 20);
      expect(chunk.length).toBeLessThan(1.5 * (1 << 20));
    }
    expect(chunks.join('')).toBe(toCsv(long));
  });
});

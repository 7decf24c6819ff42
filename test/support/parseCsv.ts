const ends = (code: number) => code === 0x22 || code === 0x0a || code === 0x0d; // a quote or a line end

/** Reads CSV as RFC 4180 has it, character by character: records of fields. Shares nothing with the writer under test. */
export function parseCsv(text: string, delimiter = ','): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (at++; ; at++) {
          if (at >= text.length) throw new Error('a quote is left open');
          if (text[at] !== '"') field += text[at];
          else if (text[at + 1] === '"') field += text[at++];
          else break;
        }
        at++;
      } else {
        const from = at;
        while (at < text.length && !ends(text.charCodeAt(at)) && !text.startsWith(delimiter, at)) at++;
        field = text.slice(from, at);
      }
      record.push(field);
      if (text.startsWith(delimiter, at)) {
        at += delimiter.length;
        continue;
      }
      if (text[at] !== '\n')
        throw new Error(`expected a delimiter or a line end at ${at}, got ${JSON.stringify(text[at])}`);
      at++;
      break;
    }
    records.push(record);
  }
  return records;
}

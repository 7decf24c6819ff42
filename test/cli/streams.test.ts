import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, files, folderWith, list, model, read, run } from './run.js';

const full = existsSync('/dev/full');

/** Runs the command with stdout and stderr where they are said to go; what is not said is a pipe, read to its end. */
function runInto(folder: string, args: readonly string[], where: { stdout?: string; stderr?: string }) {
  const fds = [where.stdout, where.stderr].map((path) => (path === undefined ? 'pipe' : openSync(path, 'w')));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done, fail) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ['ignore', ...fds] });
    const texts = ['', ''];
    [child.stdout, child.stderr].forEach((stream, s) => {
      stream?.setEncoding('utf8').on('data', (text) => {
        texts[s] += text;
      });
    });
    child.on('error', fail).on('close', (code) => {
      for (const fd of fds) if (typeof fd === 'number') closeSync(fd);
      done({ code, stdout: texts[0], stderr: texts[1] });
    });
  });
}

const curved = {
  ...model,
  effectiveExposure: { time: 'week', curves: { adstock: { kind: 'none' }, saturation: { kind: 'none' } } },
};
const commands = [
  ['--help'],
  ['--version'],
  ['schema'],
  ['check', 'model.json'],
  ['check', 'model.json', '--json'],
  ['fit', 'model.json', '--out', 'r', '--json'],
  ['exposure', 'model.json', '--out', 'e.csv'],
  ['convert', 'model.json', '--to', 'plain'],
  ['simulate', 'hcp', '--hcps', '20', '--bricks', '5', '--out', 's'],
];

describe.concurrent('the command', () => {
  it.skipIf(!full).each(commands)(
    'exits with 4 when stdout is a full disk: %s %s %s (needs /dev/full)',
    async (...args) => {
      const folder = folderWith(files({}, curved));
      const { code, stderr } = await runInto(folder, args.filter(Boolean), { stdout: '/dev/full' });
      expect([code, stderr.split('\n').slice(-2)]).toEqual([
        4,
        ['stdout: expected to write to it, got: no space left on the disk', ''],
      ]);
      if (args[0] === 'fit') expect(list(folder, 'r')).toContain('fit.json');
    },
  );

  it('ends as it would have when its reader goes away', async () => {
    const folder = folderWith(files());
    const child = spawn(process.execPath, [cli, 'fit', 'model.json', '--out', 'r', '--json'], { cwd: folder });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr, list(folder, 'r').length]).toEqual([0, '', 4]);
  });

  it.skipIf(!full)('keeps its exit code when nobody can be told what is wrong (needs /dev/full)', async () => {
    const folder = folderWith(files());
    const told = await runInto(folder, ['check', 'nope.json'], { stdout: '/dev/full' });
    expect([told.code, told.stderr]).toEqual([2, 'config: expected a readable file, got "nope.json" (no such file)\n']);
    expect((await runInto(folder, ['check', 'nope.json'], { stderr: '/dev/full' })).code).toBe(2);
    expect((await runInto(folder, ['check', 'model.json'], { stderr: '/dev/full' })).code).toBe(0);
  });

  it('writes all of a long text into a file', async () => {
    const folder = folderWith({});
    const { stdout } = await run(folder, 'schema');
    const { code } = await runInto(folder, ['schema'], { stdout: join(folder, 'schema.json') });
    expect([code, list(folder).length]).toEqual([0, 1]);
    expect(readFileSync(join(folder, 'schema.json'), 'utf8')).toBe(stdout);
  });
});

const empty = (option: string) => `error: option '${option}' argument '' is invalid. Expected a path, got nothing.`;
const importing = ['import', 'meridian', 'c.csv', '--delivery', 'd.csv', '--out', 'r'];

describe.concurrent('an empty path', () => {
  it.each([
    [['fit', 'model.json', '--out', ''], empty('-o, --out <dir>')],
    [['exposure', 'model.json', '--out', ''], empty('-o, --out <file>')],
    [['exposure', 'model.json', '--out', 'e.csv', '--html', ''], empty('--html <file>')],
    [['convert', 'model.json', '--to', 'plain', '--out', ''], empty('-o, --out <file>')],
    [['simulate', 'mta', '--out', ''], empty('-o, --out <dir>')],
    [[...importing, '--delivery', ''], empty('--delivery <file>')],
    [[...importing, '--curves', ''], empty('--curves <file>')],
    [[...importing, '--population', ''], empty('--population <file>')],
    [
      ['check', ''],
      "error: command-argument value '' is invalid for argument 'model.json'. Expected a path, got nothing.",
    ],
  ])('is refused with exit code 2: %j', async (args, message) => {
    const folder = folderWith(files());
    const { code, stdout, stderr } = await run(folder, ...args);
    expect([code, stdout, list(folder)]).toEqual([2, '', ['delivery.csv', 'model.json', 'totals.csv']]);
    expect(stderr.split('\n', 1)[0]).toBe(message);
  });
});

describe.concurrent('a configuration that nobody means', () => {
  const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
  it.each([
    ['lists 100,000 deep', deep(100_000, '[', ']'), 'm.json: expected JSON of at most 100 levels, got more'],
    [
      'objects 100,000 deep',
      deep(100_000, '{"a":', '}').replace(':}', ':1}'),
      'm.json: expected JSON of at most 100 levels, got more',
    ],
    ['lists 101 deep', deep(101, '[', ']'), 'm.json: expected JSON of at most 100 levels, got more'],
    ['an empty file', '', 'm.json: expected JSON, got an empty file'],
    [
      'a NUL in the name of a table',
      JSON.stringify({ ...model, totals: { ...model.totals, file: 'a\0b' } }),
      'totals.file: expected a readable file, got "a\\u0000b" (a name with a NUL character in it)',
    ],
  ])('is refused with exit code 2: %s', async (_, text, message) => {
    const folder = folderWith(files());
    writeFileSync(join(folder, 'm.json'), text);
    expect(await run(folder, 'fit', 'm.json', '--out', 'a/r')).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    expect(list(folder)).toEqual(['delivery.csv', 'm.json', 'model.json', 'totals.csv']);
  });
});

describe.concurrent('texts that a spreadsheet would run', () => {
  const running = files({
    'totals.csv': 'week,geo,sales\n1,north,100\n',
    'delivery.csv': 'week,geo,campaign,impressions\n1,north,=1+1,1\n1,north,@x,2\n1,north,-5,3\n',
  });

  it('are as they were, unless asked otherwise', async () => {
    const folder = folderWith(running);
    await run(folder, 'fit', 'model.json', '--out', 'r');
    expect(namesIn(folder, 'r/entities.csv')).toEqual(['campaign', '=1+1', '@x', '-5']);
    await run(folder, 'fit', 'model.json', '--out', 'r', '--escape-formulas');
    expect(namesIn(folder, 'r/entities.csv')).toEqual(['campaign', "'=1+1", "'@x", '-5']);
  });

  it('have an apostrophe before them when the configuration asks for it', async () => {
    const folder = folderWith(running);
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...model, output: { escapeFormulas: true } }));
    expect((await run(folder, 'exposure', 'model.json', '--out', 'e.csv')).code).toBe(0);
    expect(namesIn(folder, 'e.csv', 2)).toEqual(['campaign', "'=1+1", "'@x", '-5']);
  });

  const namesIn = (folder: string, file: string, column = 0) =>
    read(folder, file)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',')[column]);
});

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs, {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MachineError } from '../../cli/outcome.js';
import { openOutputs } from '../../cli/output/files.js';
import { openFolder } from '../../cli/output/folder.js';
import { checkInPlace, putInPlace } from '../../cli/output/inPlace.js';
import { lockName } from '../../cli/output/lock.js';
import { thisOwner } from '../../cli/output/owner.js';
import { cli, folderWith, list, read, run } from './run.js';

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('an output folder', () => {
  it('shows nothing before it is committed, and everything after', async () => {
    const at = folderWith({ 'mine.txt': 'mine', 'fit.json': 'old', 'a.csv': 'old' });
    const folder = await openFolder(at);
    const sha256 = await folder.write('a.csv', ['x', 'yé']);
    await folder.write('fit.json', ['new']);
    expect([read(at, 'a.csv'), read(at, 'fit.json')]).toEqual(['old', 'old']);
    await folder.commit('fit.json');
    expect(list(at)).toEqual(['a.csv', 'fit.json', 'mine.txt']);
    expect([read(at, 'a.csv'), read(at, 'fit.json'), read(at, 'mine.txt')]).toEqual(['xyé', 'new', 'mine']);
    expect(sha256).toBe(digest(join(at, 'a.csv')));
  });

  it('takes its temporary files away when the work is given up', async () => {
    const at = folderWith({ 'a.csv': 'old' });
    const folder = await openFolder(at);
    await folder.write('a.csv', ['new']);
    folder.discard();
    expect([list(at), read(at, 'a.csv')]).toEqual([['a.csv'], 'old']);
  });

  it('stays as it was when a name is taken by a folder', async () => {
    const at = folderWith({ 'fit.json': 'old', 'a.csv': 'old' });
    mkdirSync(join(at, 'b.csv/x'), { recursive: true });
    const folder = await openFolder(at);
    for (const name of ['a.csv', 'b.csv', 'fit.json']) await folder.write(name, ['new']);
    await expect(folder.commit('fit.json')).rejects.toThrow(
      new MachineError(
        `${join(at, 'b.csv')}: expected a place for a file, got a folder. Move it away or choose another --out.`,
      ),
    );
    folder.discard();
    expect([list(at), read(at, 'a.csv'), read(at, 'fit.json')]).toEqual([['a.csv', 'b.csv', 'fit.json'], 'old', 'old']);
  });

  it.each([
    [
      'one of an earlier run',
      'old',
      ['a.csv'],
      ' Some files in AT are of this run, others of an earlier one, and fit.json is gone. Run again.',
    ],
    ['none of an earlier run', null, [], ''],
  ])(
    'is without its last file, and without new ones, when a file cannot be put in place after %s',
    async (_, old, left, state) => {
      const at = folderWith(old === null ? {} : { 'a.csv': old, 'fit.json': old });
      const folder = await openFolder(at);
      for (const name of ['fit.json', 'a.csv', 'n.csv', 'b.csv']) await folder.write(name, ['new']);
      const { renameSync } = fs;
      fs.renameSync = (from, to) => {
        if (String(to).endsWith('b.csv')) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' });
        renameSync(from, to);
      };
      syncBuiltinESMExports();
      try {
        await expect(folder.commit('fit.json')).rejects.toThrow(
          new MachineError(
            `${join(at, 'b.csv')}: expected to put the file in place, got: input/output error.${state.replace('AT', at)}`,
          ),
        );
      } finally {
        fs.renameSync = renameSync;
        syncBuiltinESMExports();
      }
      folder.discard();
      expect([list(at), left.map((name) => read(at, name))]).toEqual([left, left.map(() => 'new')]);
    },
  );

  it('clears what killed runs left, and nothing else', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => dead.on('close', done));
    const { machine, pid, started } = thisOwner();
    const name = (owner: string, p: number | undefined, since: number) =>
      `.apportion-${owner}-${p}-${since}-0123456789abcdef.tmp`;
    const kept = {
      'of this process': name(machine, pid, started),
      'of its parent': name(machine, process.ppid, 0),
      'of a process elsewhere': name('0123456789ab', 1, 77),
      'of a user': `${name(machine, dead.pid, 0)}.txt`,
      'of another kind': '.a.csv.apportion-1.tmp',
    };
    const left = {
      'of a dead process': name(machine, dead.pid, 0),
      'of an earlier process of the same number': name(machine, pid, started - 1),
      'of a process elsewhere, a day old': name('0123456789ab', 1, 78),
      'of one that died taking a lock away': `${lockName}-0123456789abcdef`,
    };
    const at = folderWith(
      Object.fromEntries([...Object.values(kept), ...Object.values(left)].map((file) => [file, 'x'])),
    );
    const yesterday = Date.now() / 1000 - 86_500;
    utimesSync(join(at, left['of a process elsewhere, a day old']), yesterday, yesterday);
    const holder = { id: 'x', machine, pid: dead.pid, started: 0, host: 'h', since: 's' };
    writeFileSync(join(at, left['of one that died taking a lock away']), JSON.stringify(holder));
    (await openFolder(at)).discard();
    expect(list(at)).toEqual(Object.values(kept).sort());
  });

  it('takes the folders away that it made, and no others, when the work is given up', async () => {
    const at = folderWith({ 'a/mine.txt': 'mine' });
    const folder = await openFolder(join(at, 'a/b/c/d'));
    await folder.write('a.csv', ['new']);
    folder.discard();
    expect([list(at), list(at, 'a')]).toEqual([['a'], ['mine.txt']]);
  });

  it('takes a folder away in which another was made', async () => {
    const at = folderWith({});
    const outputs = await openOutputs([join(at, 'a/x.csv'), join(at, 'a/b/y.html')]);
    outputs.discard();
    expect(list(at)).toEqual([]);
    const name = 'x'.repeat(300);
    await expect(openOutputs([join(at, 'a/x.csv'), join(at, `a/b/${name}/y.html`)])).rejects.toThrow(
      new MachineError(`${join(at, 'a/b', name)}: expected to make the folder, got: name too long`),
    );
    expect(list(at)).toEqual([]);
  });

  it('comes back when a run that made it gave up', async () => {
    const at = folderWith({});
    const [first, second] = [await openFolder(join(at, 'r')), await openFolder(join(at, 'r'))];
    first.discard();
    await second.write('a.csv', ['new']);
    await second.commit('a.csv');
    second.discard();
    expect(list(at, 'r')).toEqual(['a.csv']);
  });

  it('takes names of any length that the file system takes', async () => {
    const at = folderWith({});
    const folder = await openFolder(at);
    const name = `${'x'.repeat(251)}.csv`;
    await folder.write(name, ['new']);
    await folder.commit(name);
    expect(list(at)).toEqual([name]);
  });

  it('holds the files of one run, then those of the other, when two write at a time', async () => {
    const at = folderWith({});
    const folders = [await openFolder(at), await openFolder(at)];
    for (const name of ['a.csv', 'b.csv', 'fit.json']) {
      await Promise.all(folders.map((folder, f) => folder.write(name, [`${f}`])));
    }
    await folders[1].commit('fit.json');
    expect(['a.csv', 'b.csv', 'fit.json'].map((name) => read(at, name))).toEqual(['1', '1', '1']);
    await folders[0].commit('fit.json');
    expect(['a.csv', 'b.csv', 'fit.json'].map((name) => read(at, name))).toEqual(['0', '0', '0']);
    for (const folder of folders) folder.discard();
    expect(list(at)).toEqual(['a.csv', 'b.csv', 'fit.json']);
  });
});

describe('files that were put in place', () => {
  const place = async (at: string) => {
    const written = ['a.csv', 'fit.json'].map((name) => {
      const path = join(at, `.${name}`);
      writeFileSync(path, `new ${name}`);
      return { name, path, sha256: digest(path) };
    });
    return putInPlace(at, 'r', written, 'fit.json');
  };

  it('are told from files of another run, and the list of files goes', async () => {
    const at = folderWith({});
    const placed = await place(at);
    await checkInPlace(at, 'r', placed, 'fit.json');
    writeFileSync(join(at, 'other'), 'old a.csv');
    renameSync(join(at, 'other'), join(at, 'a.csv'));
    await expect(checkInPlace(at, 'r', placed, 'fit.json')).rejects.toThrow(
      new MachineError(
        'r: expected the files that this run has put there, got others (a.csv). Another run wrote into the folder at the same time. Run again.',
      ),
    );
    expect(list(at)).toEqual(['a.csv']);
  });

  it('are right when others have the same content', async () => {
    const at = folderWith({});
    const placed = await place(at);
    copyFileSync(join(at, 'a.csv'), join(at, 'other'));
    renameSync(join(at, 'other'), join(at, 'a.csv'));
    await checkInPlace(at, 'r', placed, 'fit.json');
    expect(list(at)).toEqual(['a.csv', 'fit.json']);
  });

  it('leave the list of files of another run where it is', async () => {
    const at = folderWith({});
    const placed = await place(at);
    writeFileSync(join(at, 'other'), 'theirs');
    renameSync(join(at, 'other'), join(at, 'fit.json'));
    await expect(checkInPlace(at, 'r', placed, 'fit.json')).rejects.toThrow('got others (fit.json)');
    expect(read(at, 'fit.json')).toBe('theirs');
  });
});

/** Starts a fit and stops it with a signal so many milliseconds after the first file appears in a folder. */
function stopped(
  folder: string,
  config: string,
  signal: NodeJS.Signals,
  delay: number,
): Promise<NodeJS.Signals | number | null> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [cli, 'fit', config, '--out', 'r'], { cwd: folder, stdio: 'ignore' });
    const watcher = watch(join(folder, 'r'), () => {
      watcher.close();
      setTimeout(() => child.kill(signal), delay);
    });
    child.on('close', (code, ended) => {
      watcher.close();
      done(ended ?? code);
    });
  });
}

/** What is in a result folder: whole where fit.json is there and what it lists is as it says. */
function stateOf(folder: string): 'none' | 'whole' | 'broken' {
  if (!existsSync(join(folder, 'r/fit.json'))) return 'none';
  const { files } = JSON.parse(read(folder, 'r/fit.json')).run;
  const right = Object.entries(files).every(([name, sha256]) => digest(join(folder, 'r', name)) === sha256);
  return right ? 'whole' : 'broken';
}

describe('a fit that is stopped', () => {
  it('leaves no half file and no half set when killed while it writes', async () => {
    const folder = folderWith({});
    await run(folder, 'simulate', 'mta', '--weeks', '104', '--geos', '4', '--campaigns', '40', '--out', '.');
    const config = JSON.parse(read(folder, 'model.json'));
    writeFileSync(
      join(folder, 'old.json'),
      JSON.stringify({ ...config, model: { pooling: { kind: 'gamma', spread: 2 } } }),
    );
    const tables = ['allocation.csv', 'entities.csv', 'unallocated.csv'];
    const digests = () => tables.map((name) => digest(join(folder, 'r', name)));
    await run(folder, 'fit', 'model.json', '--out', 'r');
    const after = digests();
    await run(folder, 'fit', 'old.json', '--out', 'r');
    const before = digests();
    expect(before[0]).not.toBe(after[0]);
    let killed = 0;
    for (const delay of [0, 40, 100, 200, 350]) {
      if ((await stopped(folder, 'model.json', 'SIGKILL', delay)) === 'SIGKILL') killed++;
      expect(stateOf(folder)).not.toBe('broken');
      digests().forEach((now, t) => {
        expect([before[t], after[t]]).toContain(now);
      });
    }
    expect(killed).toBeGreaterThan(0);
    // the next run clears up and completes
    expect((await run(folder, 'fit', 'model.json', '--out', 'r')).code).toBe(0);
    expect([stateOf(folder), list(folder, 'r')]).toEqual(['whole', [...tables, 'fit.json'].sort()]);
  }, 60_000);

  it('exits with 130 and leaves nothing when interrupted', async () => {
    const folder = folderWith({});
    await run(folder, 'simulate', 'mta', '--weeks', '104', '--geos', '4', '--campaigns', '40', '--out', '.');
    const config = JSON.parse(read(folder, 'model.json'));
    const slow = {
      ...config,
      model: { pooling: { kind: 'none' } },
      fit: { solver: 'em', tolerance: 1e-15, maxPasses: 1e9 },
    };
    const at = folderWith({ 'model.json': JSON.stringify(slow) });
    for (const name of list(folder).filter((file) => file.endsWith('.csv'))) {
      copyFileSync(join(folder, name), join(at, name));
    }
    const child = spawn(
      process.execPath,
      ['--require', resolve('test/cli/interruptAfter.cjs'), cli, 'fit', 'model.json', '--out', 'a/r'],
      { cwd: at, env: { ...process.env, INTERRUPT_AFTER: '700' } },
    );
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr, existsSync(join(at, 'a'))]).toEqual([130, 'interrupted: nothing was written\n', false]);
  }, 60_000);
});

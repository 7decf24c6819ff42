import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFolder } from '../../cli/output/folder.js';
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

  it('is without its last file as soon as any other has changed', async () => {
    const at = folderWith({ 'fit.json': 'old' });
    mkdirSync(join(at, 'b.csv/x'), { recursive: true }); // cannot be replaced by a file
    const folder = await openFolder(at);
    for (const name of ['a.csv', 'b.csv', 'fit.json']) await folder.write(name, ['new']);
    await expect(folder.commit('fit.json')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    folder.discard();
    expect(list(at)).toEqual(['a.csv', 'b.csv']);
  });

  it('clears what killed runs left, and nothing else', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => dead.on('close', done));
    const kept = ['.a.csv.apportion-x.tmp', `.a.csv.apportion-${process.ppid}.tmp`, 'a.csv.apportion-1.tmp.txt'];
    const left = [`.a.csv.apportion-${dead.pid}.tmp`, `.fit.json.apportion-${dead.pid}.tmp`];
    const at = folderWith(Object.fromEntries([...kept, ...left].map((name) => [name, 'x'])));
    await openFolder(at);
    expect(list(at)).toEqual(kept.sort());
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
    await run(folder, 'simulate', 'mta', '--weeks', '104', '--geos', '12', '--campaigns', '60', '--out', '.');
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
    await run(folder, 'simulate', 'mta', '--weeks', '104', '--geos', '12', '--campaigns', '60', '--out', '.');
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
    const child = spawn(process.execPath, [cli, 'fit', 'model.json', '--out', 'r'], { cwd: at });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    setTimeout(() => child.kill('SIGINT'), 2000);
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr, existsSync(join(at, 'r'))]).toEqual([130, 'interrupted: nothing was written\n', false]);
  }, 60_000);
});

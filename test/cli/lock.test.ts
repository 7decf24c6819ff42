import { type ChildProcess, spawn } from 'node:child_process';
import fs, { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MachineError } from '../../cli/outcome.js';
import { lockName, takeLock } from '../../cli/output/lock.js';
import { type Owner, stateOf, thisOwner } from '../../cli/output/owner.js';
import { folderWith, list, read } from './run.js';

const children: ChildProcess[] = [];
afterAll(() => children.map((child) => child.kill()));

const dead = spawn(process.execPath, ['-e', '']);
const ended = new Promise((done) => dead.on('close', done));
const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
children.push(living);

const { machine, pid, started } = thisOwner();
const holder = (changes: Partial<Owner> & { id?: string }) =>
  JSON.stringify({
    id: 'aaaaaaaaaaaaaaaa',
    machine,
    pid,
    started,
    host: 'web-1',
    since: '2026-11-01T10:00:00.000Z',
    ...changes,
  });

describe('the state of a process', () => {
  it.each<[string, () => Partial<Owner>, string]>([
    ['running when it is this one', () => ({}), 'running'],
    ['running when it is another that runs', () => ({ pid: living.pid!, started: 0 }), 'running'],
    ['dead when none has the number', () => ({ pid: dead.pid!, started: 0 }), 'dead'],
    ['elsewhere on another machine, whatever runs here', () => ({ machine: '0123456789ab' }), 'elsewhere'],
  ])('is %s', async (_, changes, state) => {
    await ended;
    expect(stateOf({ machine, pid, started, ...changes() })).toBe(state);
  });

  it.skipIf(started === 0)('is dead when its number belongs to a later one (needs /proc)', () => {
    expect(stateOf({ machine, pid, started: started - 1 })).toBe('dead');
  });

  it.skipIf(started === 0)('is dead when it was killed and nobody asked how it ended (needs /proc)', async () => {
    // the shell becomes a process that never asks for the end of its child
    const script = 'sleep 0.01 & echo $!; exec sleep 60';
    const shell = spawn('sh', ['-c', script]);
    children.push(shell);
    const child = await new Promise<number>((done) => shell.stdout.on('data', (text) => done(Number(text))));
    await expect.poll(() => stateOf({ machine, pid: child, started: 0 })).toBe('dead');
  });
});

describe('the lock of a folder', () => {
  it('is a file that says who holds it, and is gone when it is given back', async () => {
    const at = folderWith({});
    const lock = await takeLock(at, 'r');
    expect(list(at)).toEqual([lockName]);
    expect(JSON.parse(read(at, lockName))).toMatchObject({ machine, pid, started });
    lock.release();
    lock.release();
    expect(list(at)).toEqual([]);
  });

  it('is held by one at a time', async () => {
    const at = folderWith({});
    let holders = 0;
    const most: number[] = [];
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await takeLock(at, 'r');
        most.push(++holders);
        await new Promise((done) => setTimeout(done, 3));
        holders--;
        lock.release();
      }),
    );
    expect([most.length, Math.max(...most), list(at)]).toEqual([12, 1, []]);
  });

  it('is taken away from the dead, by one of many that come at once', async () => {
    await ended;
    for (let round = 0; round < 5; round++) {
      const at = folderWith({ [lockName]: holder({ pid: dead.pid!, started: 0 }) });
      let holders = 0;
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          const lock = await takeLock(at, 'r');
          expect(++holders).toBe(1);
          await new Promise((done) => setTimeout(done, 1));
          holders--;
          lock.release();
        }),
      );
      expect(list(at)).toEqual([]);
    }
  });

  it('is taken away from the dead although the first who tried died too', async () => {
    await ended;
    const gone = { pid: dead.pid!, started: 0 };
    const at = folderWith({
      [lockName]: holder(gone),
      [`${lockName}-aaaaaaaaaaaaaaaa`]: holder({ ...gone, id: 'bbbbbbbbbbbbbbbb' }),
    });
    (await takeLock(at, 'r')).release();
    expect(list(at)).toEqual([]);
  });

  it('is left with a process of another machine, and the message has the cure', async () => {
    const text = holder({ machine: '0123456789ab', pid: 1 });
    const at = folderWith({ [lockName]: text });
    await expect(takeLock(at, 'r', { most: 60 })).rejects.toThrow(
      new MachineError(
        `r: expected a folder that no other run is putting files into, got ".apportion.lock" (process 1 on web-1 since 2026-11-01T10:00:00.000Z). If that run is over, delete ${join('r', lockName)} and run again.`,
      ),
    );
    expect([list(at), read(at, lockName)]).toEqual([[lockName], text]);
  });

  it('is left with a process that runs, and with one that does not say who it is', async () => {
    const at = folderWith({ [lockName]: holder({ pid: living.pid!, started: 0 }) });
    await expect(takeLock(at, 'r', { most: 60 })).rejects.toThrow(
      /\(process \d+ on web-1 since .+\)\. Run again when it is done\.$/,
    );
    writeFileSync(join(at, lockName), '');
    await expect(takeLock(at, 'r', { most: 60 })).rejects.toThrow(/\(process unknown\)\. If that run is over, delete /);
    expect(list(at)).toEqual([lockName]);
  });

  it('waits longer when it changes hands meanwhile', async () => {
    const at = folderWith({ [lockName]: holder({ machine: '0123456789ab' }) });
    const taken = takeLock(at, 'r', { most: 1500 });
    for (const id of ['b', 'c']) {
      await new Promise((done) => setTimeout(done, 600));
      writeFileSync(join(at, lockName), holder({ machine: '0123456789ab', id }));
    }
    await new Promise((done) => setTimeout(done, 600));
    fs.unlinkSync(join(at, lockName));
    (await taken).release();
  });

  it('lets an interrupt in while it waits', async () => {
    const at = folderWith({ [lockName]: holder({ machine: '0123456789ab' }) });
    const controller = new AbortController();
    const taken = takeLock(at, 'r', { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(taken).rejects.toThrow(/aborted/);
    expect(list(at)).toEqual([lockName]);
  });

  it('is not given back by one that has lost it', async () => {
    const at = folderWith({});
    const lock = await takeLock(at, 'r');
    const text = holder({ machine: '0123456789ab' });
    writeFileSync(join(at, lockName), text);
    lock.release();
    expect(read(at, lockName)).toBe(text);
  });

  it('does without hard links where the file system has none', async () => {
    const at = folderWith({});
    const { linkSync } = fs;
    fs.linkSync = () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' });
    };
    syncBuiltinESMExports();
    try {
      const lock = await takeLock(at, 'r');
      expect(list(at)).toEqual([lockName]);
      await expect(takeLock(at, 'r', { most: 60 })).rejects.toThrow(MachineError);
      lock.release();
      expect(list(at)).toEqual([]);
    } finally {
      fs.linkSync = linkSync;
      syncBuiltinESMExports();
    }
  });
});

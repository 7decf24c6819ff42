import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files, folderWith, list, model, read, run } from './run.js';

const robyn = { preset: 'robyn', theta: 0.5, alpha: 2, gamma: 0.4 };
const pymc = { preset: 'pymc-marketing', adstock: 'no_adstock', saturation: 'root', saturation_alpha: 0.5 };
const withCurves = (curves: object, by: string[] = ['campaign']) => ({
  ...model,
  effectiveExposure: { time: 'week', by, curves },
});

describe('apportion convert', () => {
  it('writes the new model on stdout, and what became of each curve on stderr', async () => {
    const folder = folderWith(files({}, withCurves({ a: robyn, b: pymc, c: { saturation: { kind: 'log' } } })));
    const { code, stdout, stderr } = await run(
      folder,
      'convert',
      'model.json',
      '--to',
      'lightweight-mmm',
      '--scales',
      'a=300,100',
      'b=4,1',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      withCurves({
        a: {
          preset: 'lightweight-mmm',
          model_name: 'hill_adstock',
          lag_weight: 0.5,
          normalise: false,
          half_max_effective_concentration: 0.4 * 3,
          slope: 2,
        },
        b: { preset: 'lightweight-mmm', model_name: 'adstock', lag_weight: 0, normalise: true, exponent: 0.5 },
        c: { saturation: { kind: 'log' } },
      }),
    );
    expect(stderr.split('\n')).toEqual([
      'a: robyn is now lightweight-mmm, effective exposure as it was.',
      'b: pymc-marketing is now lightweight-mmm, effective exposure times 2.',
      'c: stays as it is. lightweight-mmm has no saturation of the kind "log". Its kernel alone is {"model_name":"adstock","lag_weight":0,"normalise":true}, with the same weights.',
      'Curves now have different factors: where bricks or entities have several curves the split changes.',
      '',
    ]);
  });

  it('writes a file that fit accepts beside other tables, paths and all, with the same split', async () => {
    const curves = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.5, l_max: 2, saturation: 'log' };
    const folder = folderWith(files({}, withCurves(curves, [])));
    const { code, stdout, stderr } = await run(folder, 'convert', 'model.json', '--to', 'plain', '--out', 'a/b.json');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('curves: pymc-marketing is now plain, effective exposure as it was.\nWritten to a/b.json\n');
    expect(list(folder, 'a')).toEqual(['b.json']);
    const written = JSON.parse(read(folder, 'a/b.json'));
    expect(written.totals.file).toBe(join('..', model.totals.file));
    expect(written.effectiveExposure.curves.adstock).toEqual({
      kind: 'geometricWindow',
      decay: 0.5,
      window: 2,
      normalize: true,
    });
    const fits = await Promise.all([
      run(folder, 'fit', 'model.json', '--out', 'one'),
      run(folder, 'fit', 'a/b.json', '--out', 'two'),
    ]);
    expect(fits.map((fit) => fit.code)).toEqual([0, 0]);
    expect(read(folder, 'two/allocation.csv')).toBe(read(folder, 'one/allocation.csv'));
  });

  it('says why a curve stays, and what comes near', async () => {
    const folder = folderWith(files({}, withCurves(robyn, [])));
    const { code, stdout, stderr } = await run(folder, 'convert', 'model.json', '--to', 'meridian');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(withCurves(robyn, []));
    expect(stderr).toBe(
      'curves: stays as it is. meridian has no kernel in proportion to this one ("geometric"). On a calendar of known length there may be: give periods. Near: {"alpha":0.5,"max_lag":8}, weights at most 0.000978 apart.\n',
    );
  });

  it('says which parameters give the kernel where the curve stays, and times what', async () => {
    const kernel = { preset: 'pymc-marketing', adstock: 'geometric', adstock_alpha: 0.4, l_max: 8 };
    const curves = {
      a: { ...kernel, saturation: 'logistic', saturation_lam: 2 },
      b: { ...kernel, saturation: 'log', normalize: false },
    };
    const folder = folderWith(files({}, withCurves(curves)));
    const tell = async (...args: string[]) => {
      const { code, stderr } = await run(folder, 'convert', 'model.json', '--to', 'meridian', ...args);
      expect(code).toBe(0);
      return stderr.split('\n');
    };
    const alone = 'Its kernel alone is {"alpha":0.4,"max_lag":7}, with';
    // 0.6 / (1 - 0.4^8) makes a sum of 1
    expect(await tell('--periods', '50')).toEqual([
      `a: stays as it is. meridian has no saturation of the kind "logistic". ${alone} the same weights.`,
      `b: stays as it is. meridian has no saturation of the kind "log". ${alone} weights times 0.600393.`,
      '',
    ]);
    // Meridian cuts its window to a short calendar before it normalises
    expect((await tell())[1]).toBe(
      `b: stays as it is. meridian has no saturation of the kind "log". ${alone} weights times a factor that depends on the length of the calendar.`,
    );
  });

  it('refuses what it cannot read, use or write, all at once, and writes nothing', async () => {
    const folder = folderWith(files({}, withCurves({ tv: robyn })));
    const refusal = (...args: string[]) => run(folder, 'convert', 'model.json', ...args);
    const scales = await refusal('--to', 'meridian', '--scales', 'tv=3', 'tw=3,4', '--out', './model.json');
    expect([scales.code, scales.stdout]).toEqual([2, '']);
    expect(scales.stderr.split('\n')).toEqual([
      '--out: expected another file than those that are read, got "./model.json"',
      '--scales: expected CURVE=FROM,TO with two numbers above 0, got "tv=3"',
      '--scales: expected a curve of the model, got "tw". Did you mean "tv"?',
      '',
    ]);
    const curves = Object.fromEntries(Array.from({ length: 22 }, (_, c) => [`m${c}`, robyn]));
    const many = folderWith(files({}, withCurves(curves)));
    const listed = Array.from({ length: 20 }, (_, c) => `"m${c}"`).join(', ');
    expect((await run(many, 'convert', 'model.json', '--to', 'meridian', '--scales', 'zz=1,2')).stderr).toBe(
      `--scales: expected a curve of the model, got "zz". Known: ${listed} and 2 more.\n`,
    );
    const library = await refusal('--to', 'meridan');
    expect(library.code).toBe(2);
    expect(library.stderr).toMatch(/Allowed choices are robyn, robyn-legacy, meridian/);
    expect((await refusal()).code).toBe(2);
    expect((await refusal('--to', 'meridian', '--periods', '0')).code).toBe(2);
    expect((await refusal('--to', 'meridian', '--out', 'a.txt')).stderr).toBe(
      '--out: expected a file that ends in .json, got "a.txt"\n',
    );
    const none = folderWith(files());
    expect((await run(none, 'convert', 'model.json', '--to', 'robyn')).stderr).toBe(
      'effectiveExposure: expected curves to convert, got nothing\n',
    );
    const wrong = folderWith(files({}, withCurves({ tv: { ...robyn, theta: 2 } })));
    expect((await run(wrong, 'convert', 'model.json', '--to', 'robyn')).stderr).toBe(
      'effectiveExposure.curves.tv.theta: expected a number in [0, 1), got 2\n',
    );
  });
});

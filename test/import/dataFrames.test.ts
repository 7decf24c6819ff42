import { describe, expect, it } from 'vitest';
import { collectFaults } from '../../bindings/base/faults.js';
import { curveOfAttrs } from '../../cli/import/pymcAttrs.js';
import { folderWith, list, parquet, read } from '../cli/run.js';
import { parseCsv } from '../support/parseCsv.js';
import { refusalOf } from '../support/refusal.js';
import { csv } from './ads.js';
import { lightweightExport, meridianExport, pymcExport, weekDates } from './exports.js';
import { apportion } from './importing.js';

type Files = Record<string, string>;

async function imported(files: Files, ...args: string[]) {
  const folder = folderWith(files);
  const ran = await apportion(folder, 'import', ...args, '--delivery', '@ads.csv', '--out', '@mmm');
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return {
    folder,
    stdout: ran.stdout,
    totals: read(folder, 'mmm/totals.csv'),
    model: JSON.parse(read(folder, 'mmm/model.json')),
  };
}

const rowsOf = (text: string) => parseCsv(text).slice(1);

describe('an import from Meridian', () => {
  const files = meridianExport();
  const contributions = rowsOf(files['contributions.csv']);

  it('averages draws and keeps them', async () => {
    const drawn = contributions
      .filter(([, , channel]) => channel !== 'All Paid Channels')
      .flatMap(([geo, time, channel, value]) =>
        [0, 1].flatMap((chain) =>
          [0, 1, 2].map((draw) => [chain, draw, geo, time, channel, Number(value) * (0.9 + 0.1 * draw)]),
        ),
      );
    const table = csv([['chain', 'draw', 'geo', 'time', 'channel', 'contribution'], ...drawn]);
    const plain = await imported(files, 'meridian', '@contributions.csv');
    const { folder, totals, stdout } = await imported(
      { ...files, 'contributions.csv': table },
      'meridian',
      '@contributions.csv',
    );
    expect(stdout).toContain('draws      6 of the posterior\n');
    expect(list(folder, 'mmm')).toEqual(['delivery.csv', 'draws.csv', 'model.json', 'totals.csv']);
    const [expected, got] = [rowsOf(plain.totals), rowsOf(totals)];
    expect(got.map((row) => row.slice(0, 3))).toEqual(expected.map((row) => row.slice(0, 3)));
    got.forEach((row, r) => {
      expect(Number(row[3])).toBeCloseTo(Number(expected[r][3]), 6);
    });
    const draws = rowsOf(read(folder, 'mmm/draws.csv'));
    expect([draws.length, new Set(draws.map(([draw]) => draw)).size]).toEqual([6 * got.length, 6]);
  });

  it('keeps the mean of the posterior of summary_metrics', async () => {
    const national = weekDates.flatMap((time, t) =>
      ['Channel0', 'Channel1', 'All Paid Channels'].flatMap((channel, c) =>
        ['prior', 'posterior'].flatMap((distribution, d) =>
          ['mean', 'median', 'ci_low'].map((metric, m) => [
            time,
            channel,
            metric,
            distribution,
            1000 * c + 100 * t + 10 * d + m,
          ]),
        ),
      ),
    );
    const table = csv([['time', 'channel', 'metric', 'distribution', 'incremental_outcome'], ...national]);
    const { totals, stdout } = await imported(
      { ...files, 'contributions.csv': table },
      'meridian',
      '@contributions.csv',
    );
    expect(totals.split('\n').slice(0, 2)).toEqual(['medium,period,contribution', `Channel0,${weekDates[0]},10`]);
    expect(stdout).toContain('120 rows of metric "median"\n');
    expect(stdout).toContain('360 rows of distribution "prior"\n');
    expect(stdout).toContain('40 rows of "All Paid Channels"\n');
  });

  it('leaves out the one geo of a national model, which the delivery does not name', async () => {
    const national = weekDates.flatMap((time, t) =>
      ['Channel0', 'Channel1'].map((channel) => ['national_geo', time, channel, t]),
    );
    const changed = {
      ...files,
      'contributions.csv': csv([['geo', 'time', 'channel', 'contribution'], ...national]),
      'ads.csv': files['ads.csv'].replace(',geo,', ',city,'),
    };
    const { model, stdout } = await imported(changed, 'meridian', '@contributions.csv', '--curves', '@curves.json');
    expect(model.totals.brick).toEqual(['medium', 'period']);
    expect(model.effectiveExposure).toEqual({
      time: 'period',
      by: ['medium'],
      curves: {
        Channel0: { preset: 'meridian', max_lag: 6, alpha: 0.45, ec: 0.9, slope: 1.3 },
        Channel1: { preset: 'meridian', max_lag: 6, alpha: 0.2, ec: 1.4, slope: 1 },
      },
    });
    expect(stdout).toContain('geo "national_geo": the only one there is\n');
  });

  it('takes a column of the user, from Parquet', async () => {
    const folder = folderWith(files);
    const query = `SELECT geo, time::DATE AS time, channel, contribution AS lift FROM read_csv('${folder}/contributions.csv')`;
    await parquet(folder, 'contributions.parquet', query);
    const args = ['--value-column', 'lift', '--delivery', '@ads.csv', '--out', '@mmm'];
    expect((await apportion(folder, 'import', 'meridian', '@contributions.parquet', ...args)).code).toBe(0);
    expect(read(folder, 'mmm/totals.csv')).toBe((await imported(files, 'meridian', '@contributions.csv')).totals);
  });
});

describe('an import from PyMC-Marketing', () => {
  const files = pymcExport();

  it('reads wide draws of one channel', async () => {
    const tv = rowsOf(files['contributions.csv']).filter(([, channel]) => channel === 'tv');
    const wide = csv([
      ['chain', 'draw', ...weekDates],
      ...[0.95, 1.05].map((factor, draw) => [0, draw, ...tv.map((row) => Number(row[2]) * factor)]),
    ]);
    const args = ['pymc-marketing', '@contributions.csv', '--draws', '@wide.csv', '--skip', 'search'];
    const { folder, totals } = await imported({ ...files, 'wide.csv': wide }, ...args);
    const draws = rowsOf(read(folder, 'mmm/draws.csv'));
    expect(draws.length).toBe(80);
    const [, , , total] = [...draws[0]];
    expect(Number(total)).toBe(Number(rowsOf(totals)[0][2]) * 0.95);
    expect(draws[79].slice(0, 3)).toEqual(['1', 'tv', weekDates[39]]);
  });

  it('takes what holds for all channels from the attributes of the inference data, in any of their forms', async () => {
    const own = [
      ['channel', 'adstock_alpha', 'saturation_lam'],
      ['tv', 0.55, 2.5],
      ['search', 0.1, 0.7],
    ];
    const said = await imported(files, 'pymc-marketing', '@contributions.csv', '--curves', '@curves.csv');
    const after = { l_max: 6, normalize: true, mode: 'After', prefix: 'adstock', priors: {} };
    for (const [adstock, saturation] of [
      [
        { lookup_name: 'geometric', ...after },
        { lookup_name: 'logistic', prefix: 'saturation' },
      ],
      [
        { __type__: 'pymc_marketing.mmm.components.adstock.GeometricAdstock', ...after },
        { __type__: 'pymc_marketing.mmm.components.saturation.LogisticSaturation' },
      ],
    ]) {
      const attrs = {
        date_column: 'date',
        dims: '[]',
        adstock: JSON.stringify(adstock),
        saturation: JSON.stringify(saturation),
        adstock_first: 'true',
        scaling: '{"channel": {"method": "mean", "dims": []}}',
      };
      const changed = { ...files, 'attrs.json': JSON.stringify(attrs), 'curves.csv': csv(own) };
      const args = ['--curves', '@curves.csv', '--attrs', '@attrs.json'];
      const { model, stdout } = await imported(changed, 'pymc-marketing', '@contributions.csv', ...args);
      expect(stdout).toContain('attrs.json (link, kinds of the curves)\n');
      const { tv } = model.effectiveExposure.curves;
      expect(tv).toEqual({
        ...said.model.effectiveExposure.curves.tv,
        normalize: true,
        adstock_first: true,
        scale: { kind: 'mean', from: 'delivered', over: 'totals' },
      });
    }
  });

  it.each([
    ['WeibullPDFAdstock', 'TanhSaturationBaselined', 'weibull_pdf', 'tanh_baselined'],
    ['NoAdstock', 'NoSaturation', 'no_adstock', 'no_saturation'],
    ['DelayedAdstock', 'MichaelisMentenSaturation', 'delayed', 'michaelis_menten'],
    ['BinomialAdstock', 'HillSaturationSigmoid', 'binomial', 'hill_sigmoid'],
    ['WeibullCDFAdstock', 'InverseScaledLogisticSaturation', 'weibull_cdf', 'inverse_scaled_logistic'],
  ])('knows %s and %s by their classes', (adstockClass, saturationClass, adstock, saturation) => {
    const faults = collectFaults();
    const type = (name: string) => JSON.stringify({ __type__: `pymc_marketing.mmm.${name}` });
    const attrs = { adstock: type(adstockClass), saturation: type(saturationClass), link: null };
    expect(curveOfAttrs(faults, 'attrs.json', attrs)).toEqual({ adstock, saturation });
    expect(curveOfAttrs(faults, 'attrs.json', { adstock: `"${adstock}"` })).toEqual({ adstock });
    faults.throwIfAny();
  });

  it('knows how channels were scaled', async () => {
    const scaleOf = (method: string, dims: string[]) => {
      const faults = collectFaults();
      const scaling = JSON.stringify({ channel: { method, dims }, target: { method: 'max', dims: [] } });
      const found = curveOfAttrs(faults, 'attrs.json', { dims: '["geo", "product"]', scaling });
      faults.throwIfAny();
      return found.scale;
    };
    const common = { from: 'delivered', over: 'totals' };
    expect(scaleOf('max', [])).toBeUndefined();
    expect(scaleOf('mean', [])).toEqual({ kind: 'mean', ...common });
    expect(scaleOf('max', ['geo', 'product'])).toEqual({ kind: 'max', ...common, per: 'curve' });
    expect(await refusalOf(() => scaleOf('max', ['geo']))).toEqual([
      'attrs.json, scaling.channel.dims: expected all of ["geo","product"] or none, got ["geo"]',
    ]);
    expect(await refusalOf(() => scaleOf('median', []))).toEqual([
      'attrs.json, scaling.channel.method: expected "max" or "mean", got "median"',
    ]);
  });

  it('gives the same files from CSV, JSON records and Parquet, twice', async () => {
    const first = await imported(files, 'pymc-marketing', '@contributions.csv', '--curves', '@curves.csv');
    const folder = folderWith(files);
    await parquet(
      folder,
      'c.parquet',
      `SELECT date::TIMESTAMP AS date, * EXCLUDE date FROM read_csv('${folder}/contributions.csv')`,
    );
    for (const name of ['contributions.csv', 'contributions.json', 'c.parquet']) {
      const args = ['--curves', '@curves.csv', '--delivery', '@ads.csv', '--out', '@mmm'];
      expect((await apportion(folder, 'import', 'pymc-marketing', `@${name}`, ...args)).stderr).toBe('');
      for (const file of ['totals.csv', 'delivery.csv', 'model.json']) {
        expect(read(folder, 'mmm', file), `${name} ${file}`).toBe(read(first.folder, 'mmm', file));
      }
    }
  });

  it('takes another statistic if so asked', async () => {
    const { totals } = await imported(files, 'pymc-marketing', '@contributions.csv', '--value-column', 'median');
    expect(rowsOf(totals)[0][2]).toBe(rowsOf(files['contributions.csv'])[0][3]);
  });
});

describe('an import from LightweightMMM', () => {
  it('says how far contributions and prediction are apart', async () => {
    const files = lightweightExport();
    const [header, ...rows] = parseCsv(files['df.csv']);
    const base = header.indexOf('baseline contribution');
    const clipped = rows.map((row, r) => (r === 3 ? row.map((cell, c) => (c === base ? '20123' : cell)) : row));
    const { stdout } = await imported(
      { ...files, 'df.csv': csv([header, ...clipped]) },
      'lightweight-mmm',
      '@df.csv',
      '--first-date',
      weekDates[0],
      '--every',
      '7',
    );
    expect(stdout).toContain(
      'mind       1 period whose contributions and baseline miss avg_prediction by up to 123: contributions are used as they are\n',
    );
  });
});

describe('apportion import --help', () => {
  it.each(['robyn', 'meridian', 'pymc-marketing', 'lightweight-mmm'])('shows an example of %s', async (name) => {
    const { stdout } = await apportion('/nowhere', 'import', name, '--help');
    expect(stdout).toMatch(
      new RegExp(`Example:\\n  \\$ apportion import ${name} .*--delivery ads\\.csv .*--out mmm\\n`),
    );
    expect(stdout).toContain('Exit codes:');
  });
});

import { describe, expect, it } from 'vitest';
import { folderWith, read } from '../cli/run.js';
import { csv, dateOf, dayOf, weekly } from './ads.js';
import { robynExport } from './exports.js';
import { apportion } from './importing.js';

const { files } = robynExport();
const json = 'RobynModel-1_228_4.json';
const hyperparameters = 'pareto_hyperparameters.csv';

async function imported(changed: Record<string, string | null>, ...args: string[]) {
  const all = Object.entries({ ...files, ...changed }).filter((entry): entry is [string, string] => entry[1] !== null);
  const folder = folderWith(Object.fromEntries(all));
  const ran = await apportion(folder, 'import', 'robyn', '@', '--delivery', '@ads.csv', '--out', '@mmm', ...args);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const { effectiveExposure, totals } = JSON.parse(read(folder, 'mmm/model.json'));
  return { folder, stdout: ran.stdout, curves: effectiveExposure?.curves, totals };
}

const withInputs = (changes: object) => {
  const model = JSON.parse(files[json]);
  return { [json]: JSON.stringify({ ...model, InputCollect: { ...model.InputCollect, ...changes } }) };
};

describe('an import from Robyn', () => {
  it('reads the curves in its own parameters', async () => {
    const { curves } = await imported({});
    expect(curves).toEqual({
      tv_S: { preset: 'robyn', adstock: 'geometric', theta: 0.6, alpha: 1.2, gamma: 0.4 },
      facebook_I: { preset: 'robyn', adstock: 'geometric', theta: 0.15, alpha: 2.1, gamma: 0.65 },
      search_clicks_P: { preset: 'robyn', adstock: 'geometric', theta: 0.3, alpha: 0.8, gamma: 0.9 },
    });
  });

  it('takes all digits of the hyperparameters, which the JSON may round', async () => {
    const precise = files[hyperparameters].replace('"1_228_4",1.2,', '"1_228_4",1.2000412345,');
    expect((await imported({ [hyperparameters]: precise })).curves.tv_S.alpha).toBe(1.2000412345);
    const rounded = await imported({ [hyperparameters]: null });
    expect(rounded.curves.tv_S.alpha).toBe(1.2);
    expect(rounded.stdout).toContain(
      `mind       no ${hyperparameters}: parameters of the curves are those of the JSON, which may be rounded\n`,
    );
  });

  it('finds hyperparameters under the name of the spend', async () => {
    const renamed = (text: string) => text.replaceAll('facebook_I_', 'facebook_S_');
    const { curves } = await imported({
      [hyperparameters]: renamed(files[hyperparameters]),
      [json]: renamed(files[json]),
    });
    expect(curves.facebook_I.alpha).toBe(2.1);
  });

  it('goes by the hyperparameters where there is no JSON, organic media among them', async () => {
    const { curves, stdout } = await imported(
      { [json]: null },
      '--model',
      '2_17_1',
      '--skip',
      'newsletter',
      '--skip',
      'search',
      '--skip',
      'search_clicks_P',
    );
    expect(Object.keys(curves)).toEqual(['tv_S', 'facebook_I']);
    expect(curves.tv_S.theta).toBe(0.6 * 0.9);
    expect(stdout).toContain('mind       no RobynModel-*.json: organic media, if any, cannot be told from paid ones\n');
  });

  it('reads another model than the JSON selects, with the same media', async () => {
    const { curves, stdout } = await imported({}, '--model', '2_17_1');
    expect(stdout).toMatch(/^Robyn model 2_17_1: 3 of 3 channels/);
    expect(curves.tv_S.gamma).toBe(0.4 * 0.9);
  });

  it('takes the only model there is', async () => {
    const only = (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.includes('2_17_1'))
        .join('\n');
    const decomposition = 'pareto_alldecomp_matrix.csv';
    const { stdout } = await imported(
      { [json]: null, [decomposition]: only(files[decomposition]) },
      '--skip',
      'newsletter',
    );
    expect(stdout).toMatch(/^Robyn model 1_228_4/);
  });

  it('knows exports from before 3.12 by the types of their transforms', async () => {
    const transforms = 'pareto_media_transform_matrix.csv';
    const older = await imported({ [transforms]: files[transforms].replace('decompMedia', 'rawMedia') });
    expect(older.curves.tv_S.preset).toBe('robyn-legacy');
    expect(older.stdout).toContain('curves     preset robyn-legacy, one per channel\n');
    const { stdout } = await imported({ [transforms]: null });
    expect(stdout).toContain(
      `mind       no ${transforms}, which tells versions apart: curves are taken for those of Robyn 3.12 or newer\n`,
    );
  });

  it('knows "weibull" of old and both kinds of now', async () => {
    const weibull = robynExport('weibull_cdf').files;
    const model = JSON.parse(weibull[json]);
    for (const [said, preset] of [
      ['weibull', 'weibull_cdf'],
      ['weibull_pdf', 'weibull_pdf'],
    ]) {
      const changed = JSON.stringify({ ...model, InputCollect: { ...model.InputCollect, adstock: [said] } });
      const { curves } = await imported({ ...weibull, [json]: changed });
      expect(curves.tv_S).toEqual({
        preset: 'robyn',
        adstock: preset,
        shape: 1.5,
        scale: 0.05,
        alpha: 1.2,
        gamma: 0.4,
      });
    }
    const { curves } = await imported(
      { ...weibull, [json]: null },
      '--model',
      '1_228_4',
      '--adstock',
      'weibull_pdf',
      '--skip',
      'newsletter',
    );
    expect(curves.tv_S.adstock).toBe('weibull_pdf');
  });

  it('says where delivery does not reach back as far as the data did', async () => {
    const caution =
      'mind       Robyn saw 52 periods before the first total, the delivery begins 8 before (2022-01-03): ';
    const longer = withInputs({ rollingWindowStartWhich: [53] });
    expect((await imported(longer)).stdout).toContain(`${caution}the carry-over into the first periods is too small\n`);
    expect((await imported(withInputs({ rollingWindowStartWhich: [9] }))).stdout).not.toContain('mind ');
    const weibull = robynExport('weibull_cdf').files;
    const model = JSON.parse(weibull[json]);
    const changed = JSON.stringify({ ...model, InputCollect: { ...model.InputCollect, rollingWindowStartWhich: 53 } });
    expect((await imported({ ...weibull, [json]: changed })).stdout).toContain(
      `${caution}the Weibull scale, a share of all periods, means another number of them\n`,
    );
  });

  it('says where delivery is not in proportion to what Robyn saw', async () => {
    const { ads } = robynExport();
    const tv = weekly(ads, '2022-01-03', 48, 'tv');
    const raw = (changed: (x: number, w: number) => number) =>
      csv([
        ['"DATE"', '"tv_S"', '"events"'],
        ...tv.map((x, w) => [dateOf(dayOf('2022-01-03') + 7 * w), changed(x, w), '"na"']),
      ]);
    const dated = withInputs({ date_var: ['DATE'] });
    const alike = await imported({ ...dated, 'raw_data.csv': raw((x) => x * 0.0125) });
    expect(alike.stdout).toContain('raw_data.csv (what Robyn saw, beside the delivery)\n');
    expect(alike.stdout).not.toContain('mind ');
    // the first week is history, and counts for nothing
    const early = await imported({ ...dated, 'raw_data.csv': raw((x, w) => (w === 0 ? 0 : x)) });
    expect(early.stdout).not.toContain('mind ');
    const mean = tv.slice(8).reduce((sum, x) => sum + x, 0) / 40;
    const other = await imported({ ...dated, 'raw_data.csv': raw((x, w) => (w === 20 ? x + mean : x)) });
    expect(other.stdout).toMatch(
      /mind {7}the delivery of tv_S is not in proportion to what Robyn saw: apart by up to 9\d% of its mean, in 2022-05-23\. Is it the same metric \(--exposure\)\?\n/,
    );
  });

  it('splits negative contributions by the fitted shares if so asked', async () => {
    const decomposition = 'pareto_alldecomp_matrix.csv';
    const negative = files[decomposition].replace(/("1",.*?,.*?,.*?,.*?,)/, '$1-');
    const { folder, totals, stdout } = await imported({ [decomposition]: negative }, '--negative', 'share');
    expect(stdout).toContain('mind       1 negative total: left out of the fit, split by the fitted shares\n');
    expect(totals.negativeTotals).toBe('share');
    const fitted = await apportion(folder, 'fit', '@mmm/model.json', '--out', '@mmm/result');
    expect([fitted.code, fitted.stderr]).toEqual([0, '']);
  });

  it('passes over what stands in the rows of other models', async () => {
    const decomposition = 'pareto_alldecomp_matrix.csv';
    const others = files[decomposition].replace(/("41",.*?,.*?,.*?,.*?,)[^,]*/, '$1NA');
    expect(others).not.toBe(files[decomposition]);
    expect((await imported({ [decomposition]: others })).curves.tv_S.alpha).toBe(1.2);
  });
});

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
  // some of these cases say another curve than the one that made the contributions
  const fixed = ['--delivery', '@ads.csv', '--mismatch', 'allow', '--out', '@mmm'];
  const ran = await apportion(folder, 'import', 'robyn', '@', ...fixed, ...args);
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
    const nothing =
      'mind       nothing tells the version of Robyn: curves are taken for those of 3.12 or newer; --robyn-version says another\n';
    expect((await imported({ [transforms]: null })).stdout).toContain(nothing);
    const untyped = files[transforms].replace(/decompMedia|adstockedMedia|immediateResponse|carryoverResponse/g, '');
    expect((await imported({ [transforms]: untyped })).stdout).toContain(nothing);
  });

  const without = { 'pareto_media_transform_matrix.csv': null };
  it.each([
    ['v3.8.2', 'robyn-legacy'],
    ['Robyn v3.8.2 [R-4.1.1]', 'robyn-legacy'],
    ['Robyn (dev) v3.11.1.9004 [R-4.4.1]', 'robyn-legacy'],
    ['3.6', 'robyn-legacy'],
    ['Robyn (stable) v3.12.1 [R-4.4.2]', 'robyn'],
    ['Robyn (dev) v3.12.0.9000 [R-3.6.3]', 'robyn'],
    ['4.0.0', 'robyn'],
  ])('goes by the version that the JSON says: %s', async (version, preset) => {
    // R writes text as a list of one, or by itself
    const said = version.startsWith('v') ? version : [version];
    const { curves, stdout } = await imported({ ...without, ...withInputs({ version: said }) });
    expect(curves.tv_S.preset).toBe(preset);
    expect(stdout.includes('mind ')).toBe(preset === 'robyn-legacy'); // it is the other curve that made them
    expect(stdout).not.toContain('version');
  });

  it('goes by the version of the user where the JSON says none, or none that can be read', async () => {
    const asked = await imported(without, '--robyn-version', '3.11.1');
    expect(asked.curves.tv_S.preset).toBe('robyn-legacy');
    expect(asked.stdout).not.toContain('version');
    const denied = await imported({ ...without, ...withInputs({ version: ['v3.8.2'] }) }, '--robyn-version', '3.12');
    expect(denied.curves.tv_S.preset).toBe('robyn');
    expect(denied.stdout).toContain(`mind       ${json} says Robyn 3.8.2, --robyn-version says 3.12, which decides\n`);
    const strange = await imported({ ...without, ...withInputs({ version: ['main'] }) }, '--robyn-version', 'v3.12.1');
    expect(strange.curves.tv_S.preset).toBe('robyn');
    expect(strange.stdout).toContain(
      `mind       ${json} says version "main", which is no version of Robyn: it is passed over\n`,
    );
    // that of R is none of Robyn's
    const ofR = await imported({ ...without, ...withInputs({ version: ['Robyn (dev) [R-3.6.3]'] }) });
    expect(ofR.curves.tv_S.preset).toBe('robyn');
    expect(ofR.stdout).toContain(
      'says version "Robyn (dev) [R-3.6.3]", which is no version of Robyn: it is passed over\n',
    );
  });

  it('knows 3.12 by the columns of inflexions', async () => {
    const inflected = files[hyperparameters].replace('"lambda"', '"tv_S_inflexion"');
    const { curves, stdout } = await imported({ ...without, [hyperparameters]: inflected });
    expect(curves.tv_S.preset).toBe('robyn');
    expect(stdout).not.toContain('mind ');
  });

  it('tells signs that contradict the version, which decides', async () => {
    const transforms = 'pareto_media_transform_matrix.csv';
    const inflected = { [hyperparameters]: files[hyperparameters].replace('"lambda"', '"tv_S_inflexion"') };
    const older = await imported({ ...inflected, ...withInputs({ version: ['v3.8.2'] }) });
    expect(older.curves.tv_S.preset).toBe('robyn-legacy');
    expect(older.stdout).toContain(
      `mind       ${json} (InputCollect.version) says Robyn 3.8.2, but ${transforms} has no type "rawMedia", as only from 3.12 on: curves are those of 3.8.2 (preset robyn-legacy). Are both of one run?
             ${json} (InputCollect.version) says Robyn 3.8.2, but ${hyperparameters} has a column "tv_S_inflexion", as only from 3.12 on: curves are those of 3.8.2 (preset robyn-legacy). Are both of one run?\n`,
    );
    const raw = { [transforms]: files[transforms].replace('decompMedia', 'rawSpend') };
    const newer = await imported({ ...raw, ...withInputs({ version: ['Robyn (stable) v3.12.1 [R-4.4.1]'] }) });
    expect(newer.curves.tv_S.preset).toBe('robyn');
    expect(newer.stdout).toContain(
      `mind       ${json} (InputCollect.version) says Robyn 3.12.1, but ${transforms} has the type "rawSpend", as only before 3.12: curves are those of 3.12.1 (preset robyn). Are both of one run?\n`,
    );
  });

  it('takes the media from the transform matrix where exposure stays as it is', async () => {
    const { stdout, curves, folder } = await imported(
      { [json]: null, [hyperparameters]: null },
      '--no-curves',
      '--model',
      '1_228_4',
    );
    expect(curves).toBeUndefined();
    expect(stdout).toContain('pareto_media_transform_matrix.csv (names of the media)\n');
    expect(stdout).toContain('  channels   tv_S <- tv, facebook_I <- facebook, search_clicks_P <- search\n');
    expect(stdout).toContain('dep_var, trend, season, newsletter, intercept, depVarHat: no paid media\n');
    const told = await imported({}, '--no-curves');
    for (const name of ['totals.csv', 'delivery.csv', 'model.json'])
      expect(read(folder, 'mmm', name)).toBe(read(told.folder, 'mmm', name));
  });

  it('takes for media what the delivery names, where nothing else says them', async () => {
    const bare = { [json]: null, [hyperparameters]: null, ...without };
    const decomposition = 'pareto_alldecomp_matrix.csv';
    // a column of texts, and one of numbers, that no platform is called after
    const noted = files[decomposition]
      .split('\n')
      .map((line, i) => (line === '' ? line : `${line},${i === 0 ? '"note","weather"' : '"cold",-3.5'}`))
      .join('\n');
    const renamed = files['ads.csv'].replaceAll(',search,', ',sea,').replaceAll(',search-', ',sea-');
    const { stdout, folder } = await imported(
      { ...bare, [decomposition]: noted, 'ads.csv': renamed },
      '--no-curves',
      '--model',
      '1_228_4',
      '--match',
      'search_clicks_P=sea',
    );
    expect(stdout).toContain('  channels   tv_S <- tv, facebook_I <- facebook, search_clicks_P <- sea\n');
    expect(stdout).toContain('newsletter, weather: no delivery of that name, so no paid media\n');
    const told = await imported({}, '--no-curves');
    expect(read(folder, 'mmm/totals.csv')).toBe(read(told.folder, 'mmm/totals.csv'));
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
        window: 48,
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
    const counts = { rollingWindowStartWhich: [53], totalObservations: [92] };
    const longer = withInputs(counts);
    expect((await imported(longer)).stdout).toContain(`${caution}the carry-over into the first periods is too small\n`);
    expect((await imported({})).stdout).not.toContain('mind ');
    const weibull = robynExport('weibull_cdf').files;
    const model = JSON.parse(weibull[json]);
    const changed = JSON.stringify({ ...model, InputCollect: { ...model.InputCollect, ...counts } });
    const { stdout, curves } = await imported({ ...weibull, [json]: changed });
    expect(stdout).toContain(`${caution}the carry-over into the first periods is too small\n`);
    expect(curves.tv_S.window).toBe(92);
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

import { describe, expect, it } from 'vitest';
import { type Curve, effectiveExposure, type LearnedParameter, type Model } from '../../bindings/index.js';
import { type EffectiveExposure, exposurePage } from '../../bindings/report/html/index.js';
import type { Delivery } from '../exposure/support.js';
import { modelWith, tablesOf } from '../exposure/support.js';

const curve: Curve = {
  adstock: { kind: 'geometric', decay: 0.5 },
  saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1 },
};

/** What there is of so many weeks of these media, 10 times the week in impressions. */
async function exposureOf(media: readonly string[], weeks = 6, shape: Curve = curve, factor = 10) {
  const numbers = Array.from({ length: weeks }, (_, w) => w + 1);
  const deliveries = media.flatMap((medium) =>
    numbers.map((week): Delivery => [week, 'N', medium, 'a', week * factor]),
  );
  const curves = Object.fromEntries(media.map((medium) => [medium, shape]));
  return effectiveExposure(tablesOf(deliveries, numbers, ['N'], media), modelWith(curves), { kernels: 'js' });
}

/** The figures that the page's script draws. */
const figuresIn = (page: string) =>
  JSON.parse(/<script type="application\/json" id="figures">(.*?)<\/script>/s.exec(page)![1]);

/** Elements of the page, by name: what a parser sees of the markup. */
const opened = (page: string) => [...page.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, name]) => name);

describe('exposurePage', () => {
  it('gives the same bytes for the same input, from either kernel set', async () => {
    const [first, second] = [await exposureOf(['tv']), await exposureOf(['tv'])];
    const wasm = { ...first, run: { ...first.run, kernels: 'wasm' as const } };
    expect(exposurePage(second)).toBe(exposurePage(first));
    expect(exposurePage(wasm)).toBe(exposurePage(first));
  });

  it('needs nothing from outside: no address, no link, no frame, and a policy that forbids them', async () => {
    const page = exposurePage(await exposureOf(['tv']));
    const withoutLicence = page.replace(/<!--.*?-->/s, '');
    expect(withoutLicence).not.toMatch(/https?:|\/\/[a-z]+\.|\ssrc=|@import|url\(/);
    expect(opened(withoutLicence)).not.toContain('link');
    expect(page).toContain(`default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'`);
    expect(page.startsWith('<!doctype html>')).toBe(true);
    expect(page).toContain('<meta charset="utf-8">');
    expect(page).toMatch(/<!--\nuPlot 1\.6\.\d+\n\nThe MIT License/);
    expect(page).toContain('@media screen and (prefers-color-scheme: dark)');
    expect(page).toContain('@media print');
  });

  it('draws the curve, the data on it, the carry-over and the totals', async () => {
    const { periods, times, curves } = figuresIn(exposurePage(await exposureOf(['tv'], 6)));
    expect(periods).toEqual(['period', 'periods']);
    expect(times).toEqual(['1', '2', '3', '4', '5', '6']);
    const [{ response, carryOver, totals }] = curves;
    expect(response.x.length).toBe(161 + 6);
    expect(response.data.filter(Boolean).length).toBe(6);
    expect(response.half).toBe(0.4);
    // a_6 = 60 + 25 + 10 + 3.75 + 1.25 + 0.3125 is the largest: x = 1 there, and S(1) = 1 / 1.4
    const last = response.x.indexOf(1);
    expect([response.data[last], response.y[last]]).toEqual([1, 0.714286]);
    expect(carryOver).toMatchObject({ first: 0 });
    expect(carryOver.shares.slice(0, 3)).toEqual([0.5, 0.25, 0.125]);
    expect(totals.delivered).toEqual([10, 20, 30, 40, 50, 60]);
    expect(totals.effective[5]).toBe(0.714286);
  });

  it('has null in the totals where a period has no total', async () => {
    const tables = tablesOf(
      [
        [1, 'N', 'tv', 'a', 5],
        [2, 'N', 'tv', 'a', 7],
      ],
      [2],
    );
    const result = await effectiveExposure(tables, modelWith({ tv: curve }));
    expect(figuresIn(exposurePage(result)).curves[0].totals.delivered).toEqual([null, 7]);
  });

  it('says what is model, what is data, which cut was used and what follows', async () => {
    const page = exposurePage(await exposureOf(['tv']));
    expect(page).toContain('Lines and bars are the model');
    expect(page).toContain('are data</b>');
    expect(page).toContain('not proof of cause');
    expect(page).toContain('<code>of: “medium”</code>. The sum of the campaigns saturates');
    expect(page).toContain('geometric, decay 0.5.');
    expect(page).toContain(
      'Mean lag 1 period; half-life 1 period; half of the effect comes in the period of the exposure',
    );
    expect(page).toMatch(
      /\d of 6 combinations of geo and period with exposure \([\d.]+%\) lie above half saturation, 0\.4\./,
    );
    const entity = exposurePage(
      await exposureOf(['tv'], 6, { saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1, of: 'entity' } }),
    );
    expect(entity).toContain('cutting a campaign in two raises its credit and lowers everyone else’s');
    expect(entity).toContain('each entity saturates by itself'); // the warning
    const scaled = exposurePage(
      await exposureOf(['tv'], 6, { saturation: { kind: 'hill', halfSaturation: 0.4, slope: 1, of: 'scaled' } }),
    );
    expect(scaled).toContain('the curve shrunk to its size');
    expect(exposurePage(await exposureOf(['tv'], 6, {}))).toContain('nothing saturates');
  });

  it('says how exposure is scaled, per head too', async () => {
    expect(exposurePage(await exposureOf(['tv']))).toContain(
      '<dd>divided by the largest value of each place, after carry-over.</dd>',
    );
    const tables = tablesOf([[1, 'N', 'tv', 'a', 5]], [1]);
    const model = modelWith({ tv: { preset: 'meridian', alpha: 0.5, ec: 0.8 } }, { population: 'people' });
    const totals = { ...tables.totals, people: [10] } as never;
    expect(exposurePage(await effectiveExposure({ ...tables, totals }, model))).toContain(
      '<dd>per head, divided by the median of values above 0 over all places together, as delivered.</dd>',
    );
    for (const [scale, words] of [
      ['none', 'none: exposure in its own units'],
      [{ kind: 'value', value: 1234.5 }, 'divided by 1,235'],
      [
        { kind: 'between', share: 0.25, over: 'totals' },
        'divided by a point 25% of the way from the smallest to the largest value of each place, after carry-over, in periods with a total',
      ],
    ] as const) {
      expect(exposurePage(await exposureOf(['tv'], 6, { ...curve, scale }))).toContain(`<dd>${words}.</dd>`);
    }
  });

  it('keeps names that are no markup: none opens or ends an element', async () => {
    const rubbish = [
      '</script><script>alert(1)</script>',
      '<!--',
      ']]>',
      `"><img src=x onerror='alert(1)'>`,
      '&amp;',
      '',
      'a\u2028b\u0000c\u202ed',
      '\ud800',
      'x'.repeat(5000),
    ];
    const [plain, page] = [
      exposurePage(await exposureOf(rubbish.map((_, i) => `m${i}`))),
      exposurePage(await exposureOf(rubbish)),
    ];
    expect(opened(page)).toEqual(opened(plain));
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('(empty)');
    expect(page).toContain(`${'x'.repeat(159)}…`);
    expect(page).not.toContain('x'.repeat(160));
    for (const hidden of ['\u2028', '\u0000', '\u202e', '\ud800']) expect(page).not.toContain(hidden);
    expect(figuresIn(page).curves.length).toBe(rubbish.length);
  });

  it('shows a few curves at once, more one at a time, and very many in part: it says so', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
    const few = exposurePage(await exposureOf(names(8), 2));
    expect(few).not.toContain('<select');
    const more = exposurePage(await exposureOf(names(9), 2));
    expect(more).toContain('one of 9 at a time');
    expect([...more.matchAll(/<option /g)].length).toBe(9);
    const all = await exposureOf(names(70), 2);
    // the first five have the fewest data
    const curves = all.curves.map((used, c) => ({ ...used, scaled: used.scaled.slice(c < 5 ? 2 : 0) }));
    const many = exposurePage({ ...all, curves });
    for (const [c, { by }] of curves.entries()) expect(many.includes(`>${by[0]}</a>`)).toBe(c >= 5 && c < 65);
    expect(many).toContain('60 of 70 curves are drawn: those with the most data.');
    expect(figuresIn(many).curves.length).toBe(60);
    expect([...many.matchAll(/<th scope="row">/g)].length).toBe(70);
  });

  it('lists some dozens of curves in full, and says of more that the table scrolls', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
    const all = exposurePage(await exposureOf(names(40), 2));
    expect(all).not.toMatch(/class="wide long"|scroll inside/);
    const more = exposurePage(await exposureOf(names(41), 2));
    expect(more).toContain('All 41 curves are in this table: scroll inside it to see them.');
    expect(more).toContain('<div class="wide long" tabindex="0">');
    const one = await exposureOf(['tv'], 2);
    const curves = Array.from({ length: 1001 }, (_, c) => ({ ...one.curves[0], by: [`m${c}`] }));
    const most = exposurePage({ ...one, curves });
    expect(most).toContain('1,000 of 1,001 curves are in this table');
    expect([...most.matchAll(/<th scope="row">/g)].length).toBe(1000);
  });

  it('names each cell of the table, for screens without room for columns', async () => {
    const cells = [...exposurePage(await exposureOf(['tv'])).matchAll(/<td data-label="(.*?)".*?>(.*?)<\/td>/g)];
    expect(cells.map(([, label, words]) => [label, words])).toEqual([
      ['carry-over', 'geometric, decay 0.5'],
      ['mean lag, periods', '1'],
      ['saturation', 'hill, half saturation 0.4, slope 1'],
      ['data above half saturation', expect.stringMatching(/^[\d.]+%$/)],
    ]);
  });

  it('says what a fit will move: names that are no markup, and not all of very many', async () => {
    const learn = (count: number) =>
      Array.from(
        { length: count },
        (): LearnedParameter => ({ curve: ['<b>'], parameter: 'decay', from: 0.25, to: 0.9 }),
      );
    const pageWith = async (count: number) => {
      const tables = tablesOf([[1, 'N', '<b>', 'a', 5]], [1], ['N'], ['<b>']);
      const result = await effectiveExposure(tables, modelWith({ '<b>': curve }));
      const section = { ...result.model.effectiveExposure!, learn: learn(count) };
      return exposurePage({ ...result, model: { ...result.model, effectiveExposure: section } });
    };
    const one = '&lt;b&gt;: decay 0.5, between 0.25 and 0.9';
    expect(await pageWith(0)).not.toContain('A fit will move');
    expect(await pageWith(1)).toContain(
      `<p class="lead learned">A fit will move 1 parameter of these curves (effectiveExposure.learn), shown here as given: ${one}.</p>`,
    );
    const many = await pageWith(22);
    expect(many).toContain('A fit will move 22 parameters');
    expect(many).toContain(`: ${Array(20).fill(one).join('; ')}; 2 more.`);
  });

  it('adds periods up where there are too many to tell apart', async () => {
    const page = exposurePage(await exposureOf(['tv'], 3001));
    const { times, curves } = figuresIn(page);
    expect([times.length, times[0], times[1]]).toEqual([1001, '1', '4']);
    expect(curves[0].totals.delivered[0]).toBe(10 + 20 + 30);
    expect(page).toContain('Each point is 3 periods.');
    expect(page).toContain('400 of them, at even ranks, are drawn.');
  });

  it('takes one period, and nothing but zeros', async () => {
    const one = figuresIn(exposurePage(await exposureOf(['tv'], 1)));
    expect(one.times).toEqual(['1']);
    const zeros = exposurePage(await exposureOf(['tv'], 3, curve, 0));
    expect(zeros).toContain('No exposure: nothing lies on the curve.');
    const [{ response, totals }] = figuresIn(zeros).curves;
    expect(response.data.every((isData: number) => isData === 0)).toBe(true);
    expect(totals.effective).toEqual([0, 0, 0]);
  });

  it('draws curves chosen by entity and by several columns, each with its own totals', async () => {
    const tables = tablesOf(
      [
        [1, 'N', 'tv', 'a', 5],
        [1, 'S', 'tv', 'b', 7],
      ],
      [1],
      ['N', 'S'],
    );
    const curves = { N: { a: curve }, S: { b: curve } };
    const result = await effectiveExposure(tables, modelWith(curves, { by: ['geo', 'campaign'] }));
    const page = exposurePage(result);
    expect(page).toContain('>N / a</a>');
    expect(figuresIn(page).curves.map(({ totals }: { totals: { delivered: number[] } }) => totals.delivered)).toEqual([
      [5],
      [7],
    ]);
  });

  it('draws one curve for all, and says where there is none', async () => {
    const model: Model = modelWith(curve, { by: [] });
    const tables = tablesOf([[1, 'N', 'tv', 'a', 5]], [1]);
    const all: EffectiveExposure = await effectiveExposure(tables, model);
    expect(exposurePage(all)).toContain('<h2>all exposure</h2>');
    expect(figuresIn(exposurePage(all)).curves[0].totals.delivered).toEqual([5]);
    const none = exposurePage(await effectiveExposure(tables, { ...model, effectiveExposure: undefined }));
    expect(none).toContain('exposure is used as delivered');
    expect(opened(none)).not.toContain('script');
  });

  it('leaves totals over time out where there is no time', async () => {
    const tables = tablesOf([[1, 'N', 'tv', 'a', 5]], [1]);
    const power: Curve = { saturation: { kind: 'power', exponent: 0.5 }, scale: 'none' };
    const page = exposurePage(await effectiveExposure(tables, modelWith({ tv: power }, { time: undefined })));
    expect(page).not.toContain('data-chart="totals"');
    expect(page).toContain('The curve has no limit to reach half of.');
    expect(figuresIn(page).times).toEqual([]);
  });
});

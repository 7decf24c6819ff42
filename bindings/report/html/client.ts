// Runs in the page: draws the charts of its embedded figures. Bundled with the chart library when the project is built.
import uPlot from 'uplot';
import type { PageCurve, PageFigures } from './figures.js';

const root = document.documentElement;
const colour = (name: string) => () => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
const figures = JSON.parse(document.getElementById('figures')!.textContent!) as PageFigures;
const charts: { chart: uPlot; frame: HTMLElement }[] = [];
/** On paper a chart is as wide as the page, which the frame does not know yet. */
const widthOf = (frame: HTMLElement) =>
  root.classList.contains('paper') ? Math.min(frame.clientWidth, 640) : frame.clientWidth;

const short = (x: number | null | undefined): string => {
  if (x === null || x === undefined) return '–';
  const size = Math.abs(x);
  if (x !== 0 && (size >= 1e15 || size < 1e-4)) return x.toExponential(2);
  const [whole, rest] = (size >= 1000 ? x.toFixed(0) : String(Number(x.toPrecision(4)))).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
};
/** Ticks of large numbers: 1.5M in place of 1,500,000. */
const tick = (x: number): string => {
  const size = Math.abs(x);
  if (size >= 1e12) return x.toExponential(1);
  for (const [unit, letter] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (size >= unit) return `${Number((x / unit).toPrecision(4))}${letter}`;
  }
  return short(x);
};
const percent = (x: number | null | undefined) =>
  x === null || x === undefined ? '–' : `${Number((100 * x).toPrecision(3))}%`;

const axis = (label: string, values: (splits: number[]) => string[], size = 60): uPlot.Axis => ({
  label,
  labelSize: 22,
  size,
  stroke: colour('soft'),
  grid: { stroke: colour('grid'), width: 1 },
  ticks: { stroke: colour('grid'), width: 1, size: 5 },
  font: '12px system-ui, sans-serif',
  labelFont: '12px system-ui, sans-serif',
  values: (_, splits) => values(splits),
});

function draw(
  frame: HTMLElement,
  options: Omit<uPlot.Options, 'width' | 'height'>,
  data: uPlot.AlignedData,
  right = 20, // room for half of the last label
): void {
  const chart = new uPlot(
    {
      ...options,
      width: widthOf(frame),
      height: 260,
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      padding: [12, right, 0, 0],
    },
    data,
    frame,
  );
  charts.push({ chart, frame });
}

function drawResponse(frame: HTMLElement, { response }: PageCurve): void {
  const { x, y, data, half, xLabel, yLabel } = response;
  const onCurve = y.map((value, i) => (data[i] ? value : null));
  draw(
    frame,
    {
      scales: {
        x: { time: false, range: [0, x[x.length - 1]] },
        y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
      },
      axes: [axis(xLabel, (splits) => splits.map(tick), 30), axis(yLabel, (splits) => splits.map(tick))],
      series: [
        { label: xLabel, value: (_, value) => short(value) },
        {
          label: 'data',
          stroke: colour('data'),
          paths: () => null,
          points: { show: true, size: 8, width: 0, stroke: colour('data'), fill: colour('dots') },
          value: (_, value) => short(value),
        },
        {
          label: 'curve (model)',
          stroke: colour('model'),
          width: 2,
          pxAlign: 0,
          points: { show: false },
          value: (_, value) => short(value),
        },
      ],
      hooks: {
        draw: [
          (u) => {
            const { ctx, bbox } = u;
            ctx.save();
            // a rug: one stroke for each of the data, darker where they lie close
            ctx.strokeStyle = colour('rug')();
            ctx.lineWidth = devicePixelRatio;
            ctx.beginPath();
            for (let i = 0; i < x.length; i++) {
              if (!data[i]) continue;
              const at = Math.round(u.valToPos(x[i], 'x', true)) + 0.5;
              ctx.moveTo(at, bbox.top + bbox.height);
              ctx.lineTo(at, bbox.top + bbox.height - 10 * devicePixelRatio);
            }
            ctx.stroke();
            if (half !== null && half <= x[x.length - 1]) {
              const at = Math.round(u.valToPos(half, 'x', true)) + 0.5;
              ctx.strokeStyle = colour('soft')();
              ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
              ctx.beginPath();
              ctx.moveTo(at, bbox.top);
              ctx.lineTo(at, bbox.top + bbox.height);
              ctx.stroke();
              ctx.fillStyle = colour('soft')();
              ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
              const right = at < bbox.left + bbox.width * 0.7;
              ctx.textAlign = right ? 'left' : 'right';
              ctx.fillText(
                'half saturation',
                at + (right ? 6 : -6) * devicePixelRatio,
                bbox.top + 14 * devicePixelRatio,
              );
            }
            ctx.restore();
          },
        ],
      },
    },
    [[...x], onCurve, [...y]],
  );
}

function drawCarryOver(frame: HTMLElement, { carryOver }: PageCurve): void {
  const { first, shares } = carryOver;
  const lags = shares.map((_, i) => first + i);
  // room for at least ten bars, so that one alone does not fill the chart
  const last = Math.max(first + 9, lags[lags.length - 1]);
  draw(
    frame,
    {
      scales: {
        x: { time: false, range: [first - 0.6, last + 0.6] },
        y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
      },
      axes: [
        {
          ...axis(
            `lag (${figures.periods[1]} after the exposure)`,
            (splits) => splits.map((x) => (Number.isInteger(x) ? String(x) : '')),
            44,
          ),
          incrs: [1, 2, 5, 10, 20, 50],
        },
        axis('share of the effect', (splits) => splits.map(percent)),
      ],
      series: [
        { label: 'lag', value: (_, value) => (value === null ? '–' : String(value)) },
        {
          label: 'share of the effect (model)',
          stroke: colour('model'),
          fill: colour('fill'),
          paths: uPlot.paths.bars!({ size: [0.7, 40] }),
          points: { show: false },
          value: (_, value) => percent(value),
        },
      ],
    },
    [lags, [...shares]],
  );
}

function drawTotals(frame: HTMLElement, { totals }: PageCurve): void {
  const { delivered, effective } = totals;
  const labels = figures.times;
  const widest = 7 * labels.reduce((most, label) => Math.max(most, Math.min(label.length, 24)), 0); // pixels, about
  const share = (values: readonly (number | null)[]) => {
    const most = values.reduce<number>((largest, x) => Math.max(largest, x ?? 0), 0);
    return values.map((x) => (x === null ? null : most > 0 ? x / most : 0));
  };
  const line = (label: string, name: string, values: readonly (number | null)[], dash: number[]): uPlot.Series => ({
    label,
    stroke: colour(name),
    width: 2,
    dash,
    points: { show: values.length < 2 },
    value: (_, __, ___, i) => short(i === null ? null : values[i]),
  });
  draw(
    frame,
    {
      scales: { x: { time: false, range: [-0.5, Math.max(0.5, labels.length - 0.5)] }, y: { range: [0, 1.08] } },
      axes: [
        {
          ...axis('', (splits) => splits.map((x) => (Number.isInteger(x) ? (labels[x] ?? '') : '')), 34),
          labelSize: 0,
          space: Math.max(90, widest + 20),
        },
        axis('share of its own largest', (splits) => splits.map(percent)),
      ],
      series: [
        { label: figures.periods[0], value: (_, __, ___, i) => (i === null ? '–' : labels[i]) },
        line('delivered (data)', 'data', delivered, []),
        line('effective (model on data)', 'model', effective, [6, 4]),
      ],
    },
    [labels.map((_, i) => i), share(delivered), share(effective)],
    Math.max(20, widest / 2),
  );
}

const drawers = { response: drawResponse, 'carry-over': drawCarryOver, totals: drawTotals };

/** Draws the charts of a card when it is shown first. */
function show(card: HTMLElement): void {
  card.hidden = false;
  if (card.dataset.drawn) return;
  card.dataset.drawn = 'yes';
  const curve = figures.curves[Number(card.dataset.curve)];
  for (const frame of card.querySelectorAll<HTMLElement>('[data-chart]')) {
    drawers[frame.dataset.chart as keyof typeof drawers](frame, curve);
  }
}

function redraw(): void {
  for (const { chart, frame } of charts) {
    const width = widthOf(frame);
    if (width > 0 && width !== chart.width) chart.setSize({ width, height: 260 });
    else chart.redraw(false, true);
  }
}

const cards = [...document.querySelectorAll<HTMLElement>('[data-curve]')];
const select = document.querySelector<HTMLSelectElement>('#which');
const choose = () => {
  for (const card of cards) {
    if (select === null || card.dataset.curve === select.value) show(card);
    else card.hidden = true;
  }
  redraw();
};
select?.addEventListener('change', choose);
for (const link of document.querySelectorAll<HTMLElement>('[data-goto]')) {
  link.addEventListener('click', () => {
    if (!select) return;
    select.value = link.dataset.goto!;
    choose();
  });
}
choose();
addEventListener('resize', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
// paper is light whatever the screen is
for (const [event, paper] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const) {
  addEventListener(event, () => {
    root.classList.toggle('paper', paper);
    redraw();
  });
}

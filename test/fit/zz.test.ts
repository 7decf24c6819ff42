import { it } from 'vitest';
import { whole } from './exact.js';
import { randomOf } from '../support/kernels.js';
import { leadingPower, nearest } from '../../bindings/kernels/js/split.js';
const ulpOf = (x: number) => Math.max(leadingPower(Math.abs(x)) / 2 ** 52, 5e-324);
function masses(x: Float64Array, p: Float64Array) {
  let sum = 0, dropped = 0; const W = new Float64Array(x.length), S = new Float64Array(x.length), D = new Float64Array(x.length);
  x.forEach((_, j) => { const m = x[j] * p[j]; const n = sum + m; const part = n - sum; dropped += (sum - (n - part)) + (m - part); sum = n; W[j] = sum + dropped; S[j] = sum; D[j] = dropped; });
  return { W, S, D, mass: sum + dropped };
}
function A(total: number, x: Float64Array, p: Float64Array) {
  const { W, mass } = masses(x, p); const ulp = ulpOf(total), units = total / ulp; let before = 0;
  return W.map((w) => { const up = Math.min(units, Math.max(before, nearest(units * (w / mass)))); const d = (up - before) * ulp; before = up; return d; });
}
function B(total: number, x: Float64Array, p: Float64Array) {
  const { W, mass } = masses(x, p); const ulp = ulpOf(total), units = total / ulp; let before = 0; const r = units / mass;
  return W.map((w) => { const up = w === mass ? units : Math.min(units, Math.max(before, nearest(w * r))); const d = (up - before) * ulp; before = up; return d; });
}
// C: pair multiplier, Dekker product
const split = (a: number) => { const c = 134217729 * a; const h = c - (c - a); return [h, a - h]; };
function C(total: number, x: Float64Array, p: Float64Array) {
  const { S, D } = masses(x, p); const ulp = ulpOf(total), units = total / ulp; let before = 0;
  const n = S.length - 1; const mh = S[n] + D[n], ml = (S[n] - mh) + D[n];
  const r = units / mh; const [rh, rl] = split(r);
  // residual units - r*mass
  const [ah, al] = split(mh); const pr = r * mh; const e = ((rh * ah - pr) + rh * al + rl * ah) + rl * al;
  const r2 = ((units - pr) - e - r * ml) / mh;
  return S.map((s, j) => { const [sh, sl] = split(s); const t = s * r; const er = ((sh * rh - t) + sh * rl + sl * rh) + sl * rl; const low = er + s * r2 + D[j] * r;
    const base = nearest(t); const frac = (t - base) + low; const up0 = base + nearestSigned(frac); const up = j === n ? units : Math.min(units, Math.max(before, up0)); const d = (up - before) * ulp; before = up; return d; });
}
function E(total: number, x: Float64Array, p: Float64Array) {
  const { S, D } = masses(x, p); const ulp = ulpOf(total), units = total / ulp; let before = 0;
  const n = S.length - 1; const mh = S[n] + D[n], ml = (S[n] - mh) + D[n];
  const r = units / mh; const [rh, rl] = split(r);
  const [ah, al] = split(mh); const pr = r * mh; const e = ((rh * ah - pr) + rh * al + rl * ah) + rl * al;
  const r2 = ((units - pr) - e - r * ml) / mh;
  return S.map((s, j) => { const up0 = nearest(s * r + (s * r2 + D[j] * r)); const up = j === n ? units : Math.min(units, Math.max(before, up0)); const d = (up - before) * ulp; before = up; return d; });
}
const nearestSigned = (f: number) => f < 0 ? -nearest(-f) : nearest(f);
function dev(total: number, ms: bigint[], parts: Float64Array) {
  const mass = ms.reduce((s, m) => s + m, 0n), ulp = whole(ulpOf(total)), units = whole(total) / ulp; let w = 0n;
  parts.forEach((q, j) => { let o = (whole(q) / ulp) * mass - units * ms[j]; if (o < 0n) o = -o; if (o > w) w = o; });
  return Number((w << 20n) / mass) / 2 ** 20;
}
it('x', () => {
  const u = randomOf(77); const normal = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const kinds: (() => number)[] = [() => 1, () => 1 + Math.floor(20 * u()), u, () => Math.exp(3 * normal())];
  const worst: any = {};
  for (let k = 0; k < 40000; k++) {
    const n = Math.floor((k % 100 === 0 ? 2000 : 60) ** u()) + 1, kind = k % 4;
    const x = Float64Array.from({ length: n }, kinds[kind]); const p = Float64Array.from({ length: n }, () => 0.1 + u());
    const total = k % 5 === 0 ? (2 - u() * 0.02) : 1 + u();
    const exact = Array.from(x, (v, j) => whole(v) * whole(p[j])), rounded = Array.from(x, (v, j) => whole(v * p[j]));
    for (const [name, f] of [['A', A], ['B', B], ['C', C], ['E', E]] as const) {
      const parts = f(total, x, p);
      let s = 0; parts.forEach((q) => s += q); if (s !== total) worst['fail' + name] = (worst['fail' + name] ?? 0) + 1;
      const a = dev(total, exact, parts), b = dev(total, rounded, parts);
      for (const [key, v] of [[name + ' exact', a], [name + ' rounded', b], [name + kind + ' exact', a]] as const) worst[key] = Math.max(worst[key] ?? 0, v);
      const hist = (worst[name + ' over'] ??= [0, 0, 0, 0]); [1, 1.5, 2, 2.5].forEach((t, i) => { if (a > t) hist[i]++; });
    }
  }
  console.log(JSON.stringify(worst, null, 0));
}, 600000);

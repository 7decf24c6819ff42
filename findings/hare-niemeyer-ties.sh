#!/usr/bin/env bash
# Largest remainders with hare-niemeyer (npm): a total in whole units, split in proportion.
#
# One would guess: the parts add up to the total; that is what the method is for. Where remainders tie, chance decides, as the package says.
# What happens: with two or more tied units left, only about half of them are given out: the loop's bound shrinks as it gives. Nobody
#   draws either: the first keys always win, as lodash's shuffle returns a new array and the old one is used. And remainders are
#   sorted as text: one below a millionth ("5e-7") stands above "0.9...", the units are given to a key called "undefined".
# For people who split totals: add the parts up after every rounding, ties are common in equal weights; sort remainders as numbers and
#   break ties by a rule that can be said.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --no-save --prefix . --cache ./cache hare-niemeyer@3.0.0 lodash@4.17.21 >log 2>&1 || { cat log; exit 1; }

cat > expected <<'EOF'
hare-niemeyer 3.0.0
2 over 1,1,1,1: 1,0,0,0 add up to 1
7 over 1,1,1,1,1,1,1,1: 1,1,1,1,0,0,0,0 add up to 4
3 over 5,5,5,5,5: 1,1,0,0,0 add up to 2
one of three equal parts, drawn 500 times: 1,0,0 500 times
10 over 59999998,39999997,5: keys a,b,c,undefined, values 6,3,0,NaN
EOF

cat > run.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import split from 'hare-niemeyer';
console.log('hare-niemeyer', JSON.parse(readFileSync('node_modules/hare-niemeyer/package.json', 'utf8')).version);
const named = (weights) => Object.fromEntries(weights.map((weight, i) => ['abcdefgh'[i], weight]));
const sum = (parts) => parts.reduce((a, b) => a + b, 0);
for (const [total, weights] of [[2, [1, 1, 1, 1]], [7, Array(8).fill(1)], [3, Array(5).fill(5)]]) {
  const parts = Object.values(split(named(weights), total));
  console.log(`${total} over ${weights}: ${parts} add up to ${sum(parts)}`);
}
const drawn = new Map();
for (let i = 0; i < 500; i++) {
  const parts = String(Object.values(split(named([1, 1, 1]), 1)));
  drawn.set(parts, (drawn.get(parts) ?? 0) + 1);
}
console.log('one of three equal parts, drawn 500 times:', [...drawn].map(([parts, times]) => `${parts} ${times} times`).join('; '));
const tiny = split(named([59999998, 39999997, 5]), 10);
console.log(`10 over 59999998,39999997,5: keys ${Object.keys(tiny)}, values ${Object.values(tiny)}`);
EOF

node run.mjs | tee seen
diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

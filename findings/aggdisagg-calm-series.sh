#!/usr/bin/env bash
# Aggregation with aggdisagg (PyPI): calm daily sales to weeks and months with agg="sum".
#
# One would guess: agg="sum" adds the days up.
# What happens: aggregate() judges by the figures whether a column is a stock or a flow. Sales that change little from day to day are taken for a
#   stock, and the last day stands for the whole: 1,027 in place of 28,378, without a warning, although "sum" was asked for. Wilder
#   sales of the same size are added up. The way there (fit_transform) does split a total as a sum.
# For people who split totals: what a figure is cannot be read from how it moves. col_semantics or autodetect_semantics=False says it; the
#   column of a steady brand is the one that goes wrong, and nobody sees it in a table of a hundred.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check aggdisagg==1.11.0 polars==2.1.0 numpy==2.2.6 scipy==1.17.1

cat > expected <<'EOF'
aggdisagg 1.11.0
calm, 1w: [1006.0, 1013.0, 1020.0, 1027.0]; autodetect_semantics=False: [7021.0, 7070.0, 7119.0, 7168.0]; the month has 28378.0
calm, 1mo: [1027.0]; autodetect_semantics=False: [28378.0]; the month has 28378.0
wild, 1w: [6621.0, 7470.0, 6719.0, 7568.0]; autodetect_semantics=False: [6621.0, 7470.0, 6719.0, 7568.0]; the month has 28378.0
wild, 1mo: [28378.0]; autodetect_semantics=False: [28378.0]; the month has 28378.0
EOF

env/bin/python - <<'EOF' 2>&1 | tee seen
import importlib.metadata
from datetime import date, timedelta
import polars as pl
from aggdisagg import TemporalAligner
print('aggdisagg', importlib.metadata.version('aggdisagg'))

days = [date(2024, 1, 1) + timedelta(i) for i in range(28)]
calm = [1000.0 + i for i in range(28)]
wild = [1000.0 + i + (400 if i % 2 else -400) for i in range(28)]
for name, sales in [('calm', calm), ('wild', wild)]:
    table = pl.DataFrame({'date': days, 'sales': sales})
    for freq in ['1w', '1mo']:
        aligner = TemporalAligner(method='uniform', target_freq=freq, agg='sum')
        seen = aligner.aggregate(table, freq=freq)['sales'].to_list()
        said = aligner.aggregate(table, freq=freq, autodetect_semantics=False)['sales'].to_list()
        print(f'{name}, {freq}: {seen}; autodetect_semantics=False: {said}; the month has {sum(sales)}')
EOF

diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

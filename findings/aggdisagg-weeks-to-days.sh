#!/usr/bin/env bash
# Temporal disaggregation with aggdisagg (PyPI): weekly totals to days.
#
# One would guess: six weeks, one date each, seven days apart, become 42 days, seven to a total, on whatever day weeks begin.
# What happens: weeks that begin on Sunday do. Weeks that begin on Monday become 65 days: pandas calls that frequency "W-MON", the letter M in it
#   is read as "month", and the last week is spread over 30 days. Where pandas, an optional extra, is not installed, every week gets 30
#   days, 180 in all, dated on into June. source_freq="1w" changes nothing. The grand total is right each time, so a check of the sum sees nothing.
# For people who split totals: count the rows of a split, and look at its last date; the sum alone proves little.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
install() { env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check "$@"; }
install aggdisagg==1.11.0 polars==2.1.0 numpy==2.2.6 scipy==1.17.1

cat > expected <<'EOF'
aggdisagg 1.11.0
without pandas, weeks from Monday {}: 180 days to 2024-06-28, sum 910.000000, last day 9.33
without pandas, weeks from Monday {'source_freq': '1w'}: 180 days to 2024-06-28, sum 910.000000, last day 9.33
without pandas, weeks from Sunday {}: 180 days to 2024-06-27, sum 910.000000, last day 9.33
without pandas, weeks from Sunday {'source_freq': '1w'}: 180 days to 2024-06-27, sum 910.000000, last day 9.33
with pandas, weeks from Monday {}: 65 days to 2024-03-05, sum 910.000000, last day 9.33
with pandas, weeks from Monday {'source_freq': '1w'}: 65 days to 2024-03-05, sum 910.000000, last day 9.33
with pandas, weeks from Sunday {}: 42 days to 2024-02-10, sum 910.000000, last day 40.00
with pandas, weeks from Sunday {'source_freq': '1w'}: 42 days to 2024-02-10, sum 910.000000, last day 40.00
EOF

cat > run.py <<'EOF'
import importlib.util, warnings
from datetime import date, timedelta
import polars as pl
from aggdisagg import TemporalAligner
warnings.simplefilter('ignore')
having = 'with pandas' if importlib.util.find_spec('pandas') else 'without pandas'
for name, first in [('Monday', date(2024, 1, 1)), ('Sunday', date(2023, 12, 31))]:
    weeks = [first + timedelta(7 * i) for i in range(6)]
    totals = pl.DataFrame({'date': weeks, 'sales': [70.0, 140.0, 210.0, 70.0, 140.0, 280.0]})
    for options in [{}, {'source_freq': '1w'}]:
        days = TemporalAligner(method='uniform', target_freq='1d', **options).fit_transform(totals, target_col='sales')
        sales = days['y_disaggregated']
        print(f"{having}, weeks from {name} {options}: {len(days)} days to {days['date'].max()}, sum {sales.sum():.6f}, last day {sales[-1]:.2f}")
EOF
{
  env/bin/python -c 'import importlib.metadata; print("aggdisagg", importlib.metadata.version("aggdisagg"))'
  env/bin/python run.py
  install pandas==2.3.3
  env/bin/python run.py
} | tee seen

diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

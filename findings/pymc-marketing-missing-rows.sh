#!/usr/bin/env bash
# PyMC-Marketing's MMM on a table by date and region in which a row is missing, or a target is empty.
#
# One would guess: a region without a row for a week was not observed there; the model refuses the table or leaves the week out of the
#   likelihood, as PyMC itself does with an empty observation.
# What happens: build_model fills both with 0 and says nothing: the region had target 0 and delivery 0 that week, observed. A date that
#   is missing in all regions is taken out instead, and adstock runs from the week before to the week after as if they were neighbours.
# For people who split totals: a total of such a model in a week without a row is the answer to a 0 that nobody measured. Complete the table first (one row
#   for every date and region), and do not split the weeks that were filled.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python=
for candidate in python3.12 python3.13 python3 "$(pyenv root 2>/dev/null || true)"/versions/3.1[2-9]*/bin/python3; do # it needs 3.12
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || { echo 'needs Python 3.12 or later'; exit 1; }
"$python" -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check pymc-marketing==1.3.0 pymc==6.3.2 pytensor==3.3.8 numpy==2.4.6 pandas==3.1.1 xarray==2026.9.0 arviz==1.3.0

cat > expected <<'EOF'
pymc-marketing 1.3.0
whole: sales south [100. 101. 102. 103. 104.], tv south [10. 11. 12. 13. 14.], missing values left 0, warnings 0
no row for the third week of south: sales south [100. 101.   0. 103. 104.], tv south [10. 11.  0. 13. 14.], missing values left 0, warnings 0
no sales in the third week of south: sales south [100. 101.   0. 103. 104.], tv south [10. 11. 12. 13. 14.], missing values left 0, warnings 0
no third week at all: sales south [100. 101. 103. 104.], tv south [10. 11. 13. 14.], missing values left 0, warnings 0
EOF

PYTENSOR_FLAGS="base_compiledir=$work/compiled" env/bin/python - <<'EOF' | tee seen
import importlib.metadata, warnings
warnings.simplefilter('ignore')
import numpy as np, pandas as pd
from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation
from pymc_marketing.mmm.mmm import MMM
print('pymc-marketing', importlib.metadata.version('pymc-marketing'))

dates = pd.date_range('2024-01-01', periods=5, freq='7D')
table = pd.DataFrame([(d, r, 10.0 + i, 100.0 + i) for i, d in enumerate(dates) for r in ('north', 'south')], columns=['date', 'region', 'tv', 'sales'])

def build(name, table):
    table = table.reset_index(drop=True)
    mmm = MMM(date_column='date', dims=('region',), channel_columns=['tv'], target_column='sales',
              adstock=GeometricAdstock(l_max=3), saturation=LogisticSaturation())
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter('always')
        mmm.build_model(table.drop(columns='sales'), table['sales'])
    told = sum(issubclass(w.category, UserWarning) for w in said)
    sales = mmm.model['target_data'].get_value()
    tv = mmm.model['channel_data'].get_value()
    print(f'{name}: sales south {sales[:, 1]}, tv south {tv[:, 1, 0]}, missing values left {int(np.isnan(sales).sum())}, warnings {told}')

build('whole', table)
build('no row for the third week of south', table.drop(index=5))
build('no sales in the third week of south', table.assign(sales=table['sales'].where(table.index != 5)))
build('no third week at all', table[table['date'] != dates[2]])
EOF

diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

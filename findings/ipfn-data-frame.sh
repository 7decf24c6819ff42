#!/usr/bin/env bash
# Iterative proportional fitting with ipfn (PyPI): the same problem as a data frame and as an array.
#
# One would guess: both give the same table, and a table that was reported as converged has the margins it was given.
# What happens: with three margins, the middle one over two columns, two values of that margin come back swapped, and the call says 1
#   (converged). The joint margin sorts the rows of one table, and the last step writes by position into another that is not
#   sorted. The array is right; so is the data frame when its rows are sorted by the columns of the joint margin.
#   A margin that is off by half passes for converged because the error no longer changes from round to round.
# For people who split totals: after raking a data frame add the margins up again, whatever the flag says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check ipfn==1.4.4 numpy==2.2.6 pandas==2.3.3

cat > expected <<'EOF'
ipfn 1.4.4
wanted: region by device 10.0 20.0 30.0 40.0 campaign 25.0 75.0
rows by week, region, device, campaign: flag 1, region by device 10.0 30.0 20.0 40.0, campaign 25.0 75.0
  largest error of a cell 5.9
rows by region, device, campaign, week: flag 1, region by device 10.0 20.0 30.0 40.0, campaign 25.0 75.0
  largest error of a cell 0.0
array: flag 1, region by device 10.0 20.0 30.0 40.0, campaign 25.0 75.0
  largest error of a cell 0.0
EOF

env/bin/python - <<'EOF' | tee seen
import contextlib, importlib.metadata, io, itertools, warnings
import numpy as np, pandas as pd
from ipfn import ipfn
warnings.simplefilter('ignore')
print('ipfn', importlib.metadata.version('ipfn'))

week = np.array([30.0, 70.0])
place = np.array([[10.0, 20.0], [30.0, 40.0]])  # region by device
campaign = np.array([25.0, 75.0])
# nothing is known of the cells, so the answer is the product of the margins over their total squared
truth = np.einsum('w,rd,c->wrdc', week, place, campaign) / 100**2
print('wanted: region by device', *place.ravel(), 'campaign', *campaign)

def fit(table, margins, dimensions):
    with contextlib.redirect_stdout(io.StringIO()):
        return ipfn.ipfn(table, margins, dimensions, verbose=1).iteration()

def tell(name, table, flag):
    shown = lambda margin: ' '.join(f'{value:.1f}' for value in margin.ravel())
    print(f'{name}: flag {flag}, region by device {shown(table.sum((0, 3)))}, campaign {shown(table.sum((0, 1, 2)))}')
    print(f'  largest error of a cell {abs(table - truth).max():.1f}')

names = ['week', 'region', 'device', 'campaign']
def frame(order):
    cells = pd.DataFrame(itertools.product(*[[0, 1]] * 4), columns=names).sort_values(order, ignore_index=True)
    cells['total'] = 1.0
    index = pd.MultiIndex.from_product([[0, 1], [0, 1]], names=['region', 'device'])
    margins = [pd.Series(week).rename_axis('week'), pd.Series(place.ravel(), index), pd.Series(campaign).rename_axis('campaign')]
    fitted, flag = fit(cells, margins, [['week'], ['region', 'device'], ['campaign']])
    tell('rows by ' + ', '.join(order), fitted.sort_values(names)['total'].to_numpy().reshape(2, 2, 2, 2), flag)

frame(['week', 'region', 'device', 'campaign'])
frame(['region', 'device', 'campaign', 'week'])
tell('array', *fit(np.ones((2, 2, 2, 2)), [week, place, campaign], [[0], [1, 2], [3]]))
EOF

diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

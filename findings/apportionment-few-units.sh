#!/usr/bin/env bash
# Divisor methods with apportionment (PyPI): fewer units than parties.
#
# One would guess: Huntington-Hill, Adams and Dean, which owe everybody one unit, give the units to the largest where there are too
#   few, and an order among equals matters to those equals alone.
# What happens: where the smallest party that could get a unit has an equal, whoever stands first in the list gets one: the largest party
#   ends with none. [10, 10, 50] over 2 units gives [1, 1, 0]. Sainte-Laguë, and the same votes in another order, are right.
# For people who split totals: a split that depends on the order of its rows is no split. Permute the rows in a test, and sort by size before
#   these methods where units are scarce (few conversions over many campaigns are).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check apportionment==1.0 numpy==2.2.6

cat > expected <<'EOF'
apportionment 1.0
huntington: 10 10 50 over 2 -> 1 1 0; 50 10 10 over 2 -> 1 1 0; 1 1 1 9 9 over 3 -> 1 1 1 0 0
adams: 10 10 50 over 2 -> 1 1 0; 50 10 10 over 2 -> 1 1 0; 1 1 1 9 9 over 3 -> 1 1 1 0 0
dean: 10 10 50 over 2 -> 1 1 0; 50 10 10 over 2 -> 1 1 0; 1 1 1 9 9 over 3 -> 1 1 1 0 0
huntington without a tie: 10 11 50 over 2 -> 0 1 1
saintelague: 10 10 50 over 2 -> 0 0 2
EOF

env/bin/python - <<'EOF' | tee seen
import importlib.metadata
from apportionment.methods import compute
print('apportionment', importlib.metadata.version('apportionment'))

def split(method, votes, seats):
    parts = compute(method, votes, seats, verbose=False)
    return f"{' '.join(map(str, votes))} over {seats} -> {' '.join(map(str, parts))}"

for method in ['huntington', 'adams', 'dean']:
    print(f'{method}:', '; '.join(split(method, *case) for case in [([10, 10, 50], 2), ([50, 10, 10], 2), ([1, 1, 1, 9, 9], 3)]))
print('huntington without a tie:', split('huntington', [10, 11, 50], 2))
print('saintelague:', split('saintelague', [10, 10, 50], 2))
EOF

diff expected seen || { echo 'changed: the finding no longer holds'; exit 1; }
echo 'holds'

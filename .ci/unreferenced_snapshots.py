"""Fails if no test of the last run used a snapshot on disk."""

import pathlib
import sys

asked = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
names = {pathlib.Path(line).name for line in asked if line.strip()}
if not names:
    sys.exit("no test asked for a snapshot: the list of references is empty")
left = sorted(path for path in pathlib.Path("tests").rglob("*.snap") if path.name not in names)
for path in left:
    print(f"no test asks for {path}")
print(f"{len(names)} snapshots are in use")
sys.exit(1 if left else 0)

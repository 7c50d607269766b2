"""Prints the command that README.md gives under "Two commands": `run` or `tests`."""

import pathlib
import re
import sys

readme = pathlib.Path("README.md").read_text(encoding="utf-8")
section = readme.split("## Two commands", 1)[1].split("\n## ", 1)[0]
commands = re.findall(r"```sh\n(.*?)\n```", section, flags=re.S)
if len(commands) != 2:
    sys.exit(f"README.md gives {len(commands)} commands instead of two")
print(commands[0 if sys.argv[1] == "run" else 1])

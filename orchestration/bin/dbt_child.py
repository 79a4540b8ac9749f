"""dbt, tied to the life of the process that started it.

When a run is killed, its dbt must not live on and write to a warehouse whose lock is free again.
On Linux the kernel ends this process with its parent; elsewhere the next run waits until it has
ended. Also answers --version by itself, which dbt would do by asking a package index.
"""

import ctypes
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

PR_SET_PDEATHSIG = 1

if sys.argv[1:] == ["--version"]:
    print(f"Core: {version('dbt-core')}")
    sys.exit(0)
if sys.platform == "linux":
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above took effect
        sys.exit(137)
dbt = str(Path(sys.executable).with_name("dbt"))
os.execv(sys.executable, [sys.executable, dbt, *sys.argv[1:]])  # noqa: S606

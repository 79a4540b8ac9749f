"""sqlfluff, its arguments as they are, at two thirds of its time.

The rest would go to the garbage collector, which looks again and again through the large trees of
a file while all of them are in use.
"""

import gc
import sys

from sqlfluff.cli.commands import cli

if __name__ == "__main__":
    gc.set_threshold(200_000, 20, 20)
    sys.exit(cli())

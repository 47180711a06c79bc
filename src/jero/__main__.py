"""`python -m jero`: the same as the command `jero`."""

import sys

from jero._cli.entry import main

if __name__ == "__main__":
    sys.exit(main())

"""`jero.serve` as a program: `python -m native_server module:app SETTINGS`, the settings as JSON."""

import json
import sys

import jero

if __name__ == "__main__":
    jero.serve(sys.argv[1], **json.loads(sys.argv[2]))

"""A program as it should not be: it serves with workers whenever it is imported, and each worker imports it."""

import json
import sys

import jero

jero.serve(sys.argv[1], **json.loads(sys.argv[2]))

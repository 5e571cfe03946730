#!/bin/sh
# make_venv.sh PYTHON DIR: a virtual environment, also on a Debian that splits venv off from Python.
set -eu
python=$1 dir=$2
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "pkitools needs Python 3.11 or later; $python is $("$python" --version 2>&1). Name another: make PYTHON=python3.12 demo" >&2
    exit 1
}
if "$python" -m venv "$dir" 2>/dev/null; then exit 0; fi
rm -rf "$dir"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Python's venv module is missing; installing Debian's python3-venv"
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && "$python" -m venv "$dir" && exit 0
fi
echo "Could not make a virtual environment. On Debian or Ubuntu: sudo apt-get install python3-venv, then run make again." >&2
exit 1

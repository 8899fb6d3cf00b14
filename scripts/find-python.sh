#!/usr/bin/env bash
# Prints a Python of the version given, such as 3.12, if this machine has one that works.
set -u
shopt -s nullglob
for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1."*/bin/python; do
  found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
  [ "$found" = "$1" ] && command -v "$candidate" && exit 0
done
exit 1

#!/usr/bin/env bash
# Installs from Debian what the README's commands need and this machine lacks.
set -euo pipefail

missing=()
command -v git >/dev/null || missing+=(git)
command -v make >/dev/null || missing+=(make)
python3 -c 'import ensurepip, sqlite3, sys; assert sys.version_info >= (3, 11)' 2>/dev/null ||
  missing+=(python3 python3-venv)
# The printed reports are looked at in a real browser, with Chinese fonts.
command -v chromium >/dev/null || missing+=(chromium)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0

run=()
[ "$(id -u)" -eq 0 ] || run=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq
"${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"

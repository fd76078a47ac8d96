#!/bin/sh
# Print the path of a Python that steppe can use: 3.12 or newer, with venv and ensurepip.
#
# Candidates are run, not trusted by name: python3.13 may be a shim that fails, python3 an old one.
# PYTHON=path names one; then no other is tried.
set -u

probe='import sys
try:
    import ensurepip, venv
    lacks = ""
except ImportError:
    lacks = "lacks-venv"
enough = sys.version_info[:2] >= (3, 12)
print("%s %d.%d.%d %s" % ("no" if lacks or not enough else "yes", sys.version_info[0],
    sys.version_info[1], sys.version_info[2], lacks if enough and lacks else sys.executable))'

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3 python python3.14 python3.15
    for installed in "${PYENV_ROOT:-${HOME:-/root}/.pyenv}"/versions/3.*/bin/python; do
        if [ -x "$installed" ]; then
            set -- "$@" "$installed"
        fi
    done
fi

found=""
for candidate in "$@"; do
    answer=$("$candidate" -c "$probe" 2>/dev/null </dev/null) || continue
    case $answer in
        "yes "*)
            answer=${answer#yes * }
            printf '%s\n' "$answer"
            exit 0
            ;;
        *lacks-venv)
            version=${answer#no }
            found="$found, $candidate ${version% *} without its venv or ensurepip module"
            ;;
        "no "*)
            version=${answer#no }
            found="$found, $candidate ${version%% *}"
            ;;
    esac
done

if [ -n "$found" ]; then
    found=" (found: ${found#, })"
elif [ -n "${PYTHON:-}" ]; then
    found=" ($PYTHON does not run)"
fi
echo "steppe needs Python 3.12 or newer with its venv and ensurepip modules$found:" \
    "install one, or name one with PYTHON=/path/to/python3.13." >&2
exit 1

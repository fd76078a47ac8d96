#!/bin/sh
# Bring .venv up to a lock: setup.sh core | dev.  Returns at once when it is up to date.
#
# The stamp in .venv holds what the environment was made from; one made for development also
# serves as core.  A changed lock is installed on top of what is there.  Works with nothing but a shell and the Python that find_python.sh finds.
set -eu
cd "$(dirname "$0")/.."

wanted=${1:?core or dev}
python=.venv/bin/python

origin() { # what an environment depends on: this place, the locks and the packaging
    pwd
    cat pyproject.toml requirements.lock
    if [ "$1" = dev ]; then
        cat requirements-dev.lock
    fi
}

fresh() { # is .venv whole and made from the present files?
    [ -f ".venv/stamp-$1" ] && origin "$1" | cmp -s - ".venv/stamp-$1" && "$python" -c '' 2>/dev/null
}

if fresh dev || { [ "$wanted" = core ] && fresh core; }; then
    exit 0
fi

whole() { # is .venv one that an earlier set-up finished in this very place?
    for stamp in .venv/stamp-core .venv/stamp-dev; do
        if [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "$(pwd)" ]; then
            "$python" -c '' 2>/dev/null && return
        fi
    done
    return 1
}

if ! whole; then
    base=$(sh tools/find_python.sh)
    echo "setting up .venv with $base" >&2
    "$base" -m venv --clear .venv
fi
if [ "$wanted" = dev ]; then
    lock=requirements-dev.lock
else
    lock=requirements.lock
fi
echo "installing $lock (a minute or so the first time)" >&2
rm -f .venv/stamp-*
"$python" -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r "$lock"
"$python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
"$python" -m compileall -q model/steppe # so that the first start is as quick as the next
origin "$wanted" > ".venv/stamp-$wanted"

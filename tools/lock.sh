#!/bin/sh
# Make the lock files from pyproject.toml.  Needs uv (UV=path/to/uv names another one).
#
#   tools/lock.sh              keep present versions where they still fit
#   tools/lock.sh --upgrade    take the newest versions
#
# The development lock comes first and constrains the core lock, so that a package has the same
# version in both and an environment grows from the one to the other without a change.  The extra
# "solara" needs an older web framework than the seminar page, so that it has a lock of its own: it
# begins with the versions of the development lock and keeps those that fit.
set -eu
cd "$(dirname "$0")/.."

compile() {
    "${UV:-uv}" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
        --python-version 3.12 "$@" >/dev/null
}

compile pyproject.toml --group build --group test --group docs --extra analysis --extra seminar \
    --output-file requirements-dev.lock "$@"
compile pyproject.toml --group build \
    --constraint requirements-dev.lock --output-file requirements.lock "$@"
cp requirements-dev.lock requirements-solara.lock
compile pyproject.toml --extra solara --output-file requirements-solara.lock

if grep -nE '://|file:|^-|@ |/(home|root|opt|work|usr|Users)/' requirements*.lock; then
    echo "lock.sh: a lock names an address or a path of this machine" >&2
    exit 1
fi

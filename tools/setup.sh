#!/bin/sh
# Makes .venv with the exact packages of requirements.lock and the project itself, and the system's Pango where it may.
#
# Every target of the Makefile calls this first, so it is quick when there is nothing to do. The stamps in .venv are
# written last and hold what they stand for: an interrupted set-up, a moved folder or a changed lock is never trusted.
#
#   PYTHON=python3.13 sh tools/setup.sh     takes this Python instead of looking for one
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

# Another project's settings must not leak into ours.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_REQUIRE_HASHES
export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

PANGO_ON_DEBIAN='libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0'

say() { printf 'setup: %s\n' "$*" >&2; }

give_up() {
    say "$*"
    exit 1
}

# ---------------------------------------------------------------- what is there already

# A virtual environment holds its own absolute path in every script: moved or copied, it is of no use.
packages_stamp() {
    pwd -P
    cksum <requirements.lock
}

ready_stamp() {
    packages_stamp
    cat pyproject.toml hatch_build.py tools/setup.sh | cksum
}

stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# Packages' names differ between systems and releases; loading the library is the only sure answer. The names are those
# that WeasyPrint tries.
LOADS_PANGO='
import ctypes
def loads(*names):
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    raise SystemExit(1)
loads("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "gobject-2.0")
loads("libpango-1.0.so.0", "libpango-1.0.dylib", "pango-1.0")
loads("libharfbuzz.so.0", "libharfbuzz.0.dylib", "harfbuzz")
loads("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "harfbuzz-subset")
loads("libfontconfig.so.1", "libfontconfig.1.dylib", "fontconfig")
loads("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "pangoft2-1.0")
'

# After an upgrade of the system a .venv may start another Python than the one it was filled for.
FINDS_PACKAGES='
import importlib.util, sys
sys.exit(not all(map(importlib.util.find_spec, ("pip", "weasyprint", "pytest"))))
'

loads_pango() { "$1" -I -c "$LOADS_PANGO" >/dev/null 2>&1; }
finds_packages() { .venv/bin/python -I -c "$FINDS_PACKAGES" >/dev/null 2>&1; }

WHICH_PYTHON='import sys; print(sys.base_prefix, sys.version)'

is_wanted_python() {
    [ -z "${PYTHON:-}" ] ||
        [ "$("$PYTHON" -I -c "$WHICH_PYTHON" 2>/dev/null)" = "$(.venv/bin/python -I -c "$WHICH_PYTHON" 2>/dev/null)" ]
}

packages_are_there() {
    stamped .venv/.packages "$(packages_stamp)" && finds_packages && is_wanted_python
}

# ---------------------------------------------------------------- which Python

# Prints a rank and the interpreter itself, which outlives a .venv that happens to be active and is about to be remade.
# 1: a release that the lock was tried with; 2: a newer one; 3: something that Debian keeps in packages of its own is missing.
RANK_PYTHON='
import sys
release = sys.version_info[:2]
if release < (3, 11):
    sys.exit(1)
try:
    import ctypes, ensurepip, ssl, venv
    ensurepip.version()
    rank = 1 if release <= (3, 14) else 2
except Exception:
    rank = 3
print(rank, getattr(sys, "_base_executable", None) or sys.executable)
'

rank_python() { "$1" -I -c "$RANK_PYTHON" 2>/dev/null; }

# Sets $python and $rank.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        ranked=$(rank_python "$PYTHON") || give_up "PYTHON=$PYTHON is no Python 3.11 or newer."
    else
        # A name on the PATH may be a pyenv shim for a release that is not there: only one that answers counts.
        ranked=$(for name in python3 python3.11 python3.12 python3.13 python3.14; do
            if answer=$(rank_python "$name"); then printf '%s\n' "$answer"; fi
        done | sort -s -n -k 1,1 | head -n 1)
        [ -n "$ranked" ] ||
            give_up "no Python 3.11 or newer was found: install one, or name it with: make setup PYTHON=/path/to/python3"
    fi
    rank=${ranked%% *}
    python=${ranked#* }
}

# ---------------------------------------------------------------- what the system must have

can_be_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

lists_are_fresh=no

# usage: apt_install "what for" PACKAGE…
apt_install() {
    purpose=$1
    shift
    command -v apt-get >/dev/null && can_be_root || return 1
    say "installing $purpose with apt-get: $*"
    # Lists of a third party that cannot be fetched are no reason to stop: the install will tell.
    [ "$lists_are_fresh" = yes ] || as_root apt-get -qq update || true
    lists_are_fresh=yes
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        install -y --no-install-recommends "$@" >/dev/null
}

prepare_venv_module() {
    [ "$rank" = 3 ] || return 0
    release=$("$python" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    case $python in
        /usr/bin/*) apt_install "Python's venv module" "python$release-venv" || true ;;
    esac
    ranked=$(rank_python "$python")
    [ "${ranked%% *}" != 3 ] ||
        give_up "$python lacks venv, ensurepip, ctypes or ssl: install python$release-venv (Debian, Ubuntu) or take another Python with: make setup PYTHON=/path/to/python3"
}

# usage: prepare_pango PYTHON
prepare_pango() {
    loads_pango "$1" && return 0
    case $(uname -s) in
        Darwin)
            if command -v brew >/dev/null && ! brew list pango >/dev/null 2>&1; then
                say "installing Pango with brew"
                brew install --quiet pango >&2 || true
            fi
            remedy="run 'brew install pango python', then: make setup PYTHON=\"\$(brew --prefix)/bin/python3\""
            ;;
        *)
            # shellcheck disable=SC2086  # a list of names
            apt_install Pango $PANGO_ON_DEBIAN || true
            remedy="install it (Debian, Ubuntu: apt-get install $PANGO_ON_DEBIAN; Fedora, Arch, Alpine: the package pango), then run make setup again."
            ;;
    esac
    loads_pango "$1" || give_up "$1 cannot load Pango: $remedy"
}

# ---------------------------------------------------------------- making .venv

make_packages() {
    find_python
    prepare_venv_module
    prepare_pango "$python"
    # Fonts made by the packages of another lock are made anew.
    [ ! -f .venv/.packages ] || [ "$(sed -n 2p .venv/.packages)" = "$(cksum <requirements.lock)" ] ||
        rm -f workbook_builder/fonts/*.ttf
    rm -rf .venv || give_up "the old .venv cannot be removed: remove it by hand, then run make setup again."
    say "making .venv with $python and the packages of requirements.lock (a minute or two)"
    "$python" -m venv .venv || give_up "$python could not make .venv (see above)."
    .venv/bin/python -m pip install -qq --require-hashes -r requirements.lock ||
        give_up "the packages could not be installed (see above); run make setup again when that is mended."
    packages_stamp >.venv/.packages
}

make_project() {
    rm -f .venv/.ready
    set -- workbook_builder/fonts/*.ttf
    if [ -f "$1" ]; then say "installing the project itself"; else say "installing the project itself and making its fonts (15 seconds)"; fi
    .venv/bin/python -m pip install -qq --no-build-isolation --no-deps --editable . ||
        give_up "the project could not be installed (see above)."
    # As pip does with what it installs: else each process of a batch compiles the program anew where nothing may be kept.
    .venv/bin/python -m compileall -q workbook_builder >&2 || give_up "the program could not be compiled (see above)."
    .venv/bin/python -c 'import weasyprint' >&2 || give_up "WeasyPrint cannot be loaded (see above)."
    ready_stamp >.venv/.ready
    say "ready: the command is .venv/bin/workbook"
}

case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*) give_up "on Windows please work inside WSL; README.md says how." ;;
esac

if packages_are_there; then
    prepare_pango .venv/bin/python
else
    make_packages
fi
stamped .venv/.ready "$(ready_stamp)" || make_project

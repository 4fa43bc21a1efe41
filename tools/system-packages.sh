#!/bin/sh
# What the app needs of the system, beyond Python packages. Silent if all is there. On Debian and Ubuntu root gets what
# is missing; anyone else is told in a sentence what to install.
#   system-packages.sh demo|test PYTHON
set -eu

purpose=$1
python=$2

# Debian's package and the library it is wanted for.
libraries='libgl1 libGL.so.1
libegl1 libEGL.so.1
libglib2.0-0 libglib-2.0.so.0
libxkbcommon0 libxkbcommon.so.0
libdbus-1-3 libdbus-1.so.3
libfontconfig1 libfontconfig.so.1
libxcb-cursor0 libxcb-cursor.so.0
libxkbcommon-x11-0 libxkbcommon-x11.so.0
libxcb-icccm4 libxcb-icccm.so.4
libxcb-keysyms1 libxcb-keysyms.so.1
libxcb-shape0 libxcb-shape.so.0
libxcb-xkb1 libxcb-xkb.so.1
libxcb-render-util0 libxcb-render-util.so.0
libxcb-image0 libxcb-image.so.0'

missing() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    if [ "$(uname -s)" != Linux ]; then return; fi
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
    echo "$libraries" | while read -r package library; do
        case $known in *"$library"*) ;; *) echo "$package" ;; esac
    done
    if [ "$purpose" = test ]; then
        command -v Xvfb >/dev/null || echo xvfb
        command -v xauth >/dev/null || echo xauth
        command -v strace >/dev/null || echo strace
    fi
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    echo "Python 3.10 or newer is needed and '$python' is not: install it, or name another with 'make PYTHON=python3.12'." >&2
    exit 2
fi
packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing the system packages $packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    apt-get install -y -qq --no-install-recommends $packages >/dev/null
    packages=$(missing | tr '\n' ' ')
    [ -n "$packages" ] || exit 0
    echo "Still missing after the installation: $packages" >&2
elif command -v apt-get >/dev/null; then
    echo "System packages are missing; install them with: sudo apt-get install $packages" >&2
else
    echo "System libraries are missing; install what your system calls these Debian packages: $packages" >&2
fi
exit 2

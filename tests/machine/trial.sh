#!/bin/sh
# Tries a command on a fresh machine: trial.sh FOLDER root|user COMMAND…
#
# The machine is a minimal Debian 12 with what the README asks for, which debootstrap puts into FOLDER the
# first time, and this machine's Rust. The command runs as root or as a user, in a clone of the last commit
# here. What it writes is kept in FOLDER/changes-root or FOLDER/changes-user until the next trial. With
# TRIAL_AGAIN=1 that is where the next one goes on, and with TRIAL_OFFLINE=1 it does so without a network.
# TRIAL_DEBIAN=sid makes a new FOLDER the Debian to come, which has newer compilers, and Python 3.14.
# Only root can run this.
set -eu

main() {
    [ $# -ge 3 ] || { sed -n '2,$s/^# \{0,1\}//p' "$0" | sed -n '1,/^$/p'; exit 2; }
    here=$(cd "$(dirname "$0")/../.." && pwd)
    mkdir -p "$1"
    folder=$(cd "$1" && pwd) who=$2
    shift 2
    export here folder who
    [ -d "$folder/debian" ] || make_debian
    [ "${TRIAL_AGAIN:-}${TRIAL_OFFLINE:-}" ] || rm -rf "$folder/changes-$who"
    mkdir -p "$folder/changes-$who" "$folder/work-$who" "$folder/machine-$who"
    # Its mounts, processes and connections end with it.
    # shellcheck disable=SC2086
    unshare --mount --pid --fork ${TRIAL_OFFLINE:+--net} "$0" --inside "$@"
}

make_debian() {
    debootstrap --variant=minbase --include=ca-certificates,g++,git,make,python3,python3-venv \
        "${TRIAL_DEBIAN:-bookworm}" "$folder/debian.part"
    echo '127.0.0.1 localhost' >"$folder/debian.part/etc/hosts"
    chroot "$folder/debian.part" useradd --create-home --shell /bin/bash user
    mkdir "$folder/debian.part/opt/rust"
    mv "$folder/debian.part" "$folder/debian"
}

inside() {
    machine=$folder/machine-$who
    layers=lowerdir=$folder/debian,upperdir=$folder/changes-$who,workdir=$folder/work-$who
    mount -t overlay -o "$layers" overlay "$machine"
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    mount --bind -o ro "$(rustc --print sysroot)" "$machine/opt/rust"
    if [ "${TRIAL_OFFLINE:-}" ]; then
        ip link set lo up
    else
        cp /etc/resolv.conf "$machine/etc/resolv.conf"
        cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/ca-certificates.crt"
    fi
    home=/root
    [ "$who" = root ] || home=/home/$who
    check_out "$machine$home/grantmint"
    chroot "$machine" chown -R "$who:$who" "$home/grantmint"
    # The certificates are words, and $HOME is that of the machine.
    # shellcheck disable=SC2016,SC2046
    chroot "$machine" setpriv --reuid "$who" --regid "$who" --clear-groups \
        env -i HOME="$home" USER="$who" PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin $(certificates) \
        sh -c 'cd "$HOME/grantmint" && exec "$@"' sh "$@"
}

# The last commit here, in a clone that may be there already.
check_out() {
    [ -d "$1" ] || git init --quiet "$1"
    git -C "$1" -c safe.directory='*' fetch --quiet "$here" HEAD
    git -C "$1" -c safe.directory='*' reset --quiet --hard FETCH_HEAD
}

# Where this machine's clients look for certificates and proxies.
certificates() {
    env | grep -E '^(PIP_CERT|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|[a-zA-Z]+_(proxy|PROXY))=' || true
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
else
    main "$@"
fi

#!/bin/sh
# Packs target/NAME so that its bytes are the same for everybody: tarball.sh NAME FOLDER.
set -eu

# What GNU tar can leave out: times, owners, the order of a folder.
same=
case $(tar --version) in *GNU*) same='--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go=rX' ;; esac
# shellcheck disable=SC2086 # several options
tar $same -cf - -C target "$1" | gzip -n >"$2/$1.tar.gz"

#!/bin/sh
# The command line of one target as a tarball: cli_tarball.sh TARGET [FOLDER], which is dist. What is in it lies as it
# is to lie below /usr or /usr/local: the program, its manual page, and the completions where each shell looks for them.
set -eu

target=$1
out=${2:-dist}
.github/scripts/builds_for.sh "$target"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=grantmint-cli-$version-$target
program=grantmint
case $target in
*-linux-*) system=linux ;;
*-apple-*) system=macos ;;
*-windows-*) system=windows program=grantmint.exe ;;
esac

packaging/release.sh "${CARGO:-cargo}" build --release --locked --package grantmint-cli
rm -rf "target/$name"
put() {
    mkdir -p "target/$name/$(dirname "$2")"
    cp "$1" "target/$name/$2"
}
put "${CARGO_TARGET_DIR:-target}/${CARGO_BUILD_TARGET:+$CARGO_BUILD_TARGET/}release/$program" "bin/$program"
put cli/generated/grantmint.1 share/man/man1/grantmint.1
put cli/generated/grantmint.bash share/bash-completion/completions/grantmint
put cli/generated/_grantmint share/zsh/site-functions/_grantmint
put cli/generated/grantmint.fish share/fish/vendor_completions.d/grantmint.fish
for file in LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES CHANGELOG.md \
    "packaging/sboms/$system-${target%%-*}/grantmint-cli.cdx.json"; do
    put "$file" "share/doc/grantmint/${file##*/}"
done
.github/scripts/tarball.sh "$name" "$out"

#!/usr/bin/env bash
# What a release consists of.
#
#   deploy/release.sh check TAG             whether tag, Cargo.toml, Cargo.lock and CHANGELOG.md agree
#   deploy/release.sh notes TAG             what CHANGELOG.md says of it
#   deploy/release.sh binaries TAG IMAGE    the programs of the image for both architectures, with checksums, in target/release-files
#
# The programs are those of the image that is deployed, not built once more. Exit codes: 0 done, 1 something does not agree, 2 wrong use.
set -euo pipefail
cd "$(dirname "$0")/.."

# What docs/contributing.md promises: Debian 13, Ubuntu 24.04, and whatever is newer.
GLIBC=2.38

usage="usage: release.sh check|notes|binaries TAG [IMAGE]"
verb=${1:?$usage} tag=${2:?$usage}
[[ $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || { echo "'$tag' is no tag of a release, such as v1.2.3" >&2; exit 2; }
version=${tag#v}

wrong() {
    echo "$tag: $*" >&2
    exit 1
}

# The section of the version, without its heading and without the links at the end.
notes() {
    awk -v version="$version" '
        /^## \[/ { inside = index($0, "## [" version "]") == 1; next }
        /^\[[^]]+\]: / { next }
        inside { print }' CHANGELOG.md | sed -e '/./,$!d'
}

check() {
    local manifest
    manifest=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
    [ "$manifest" = "$version" ] || wrong "Cargo.toml has version $manifest"
    grep -A1 '^name = "goal-router"$' Cargo.lock | grep -q "^version = \"$version\"$" || wrong "Cargo.lock has another version of goal-router"
    grep -Eq "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md \
        || wrong "CHANGELOG.md has no '## [$version] - YYYY-MM-DD'"
    [ -n "$(notes)" ] || wrong "CHANGELOG.md says nothing about it"
    echo "$tag, Cargo.toml, Cargo.lock and CHANGELOG.md agree"
}

# needed_glibc PROGRAM: the newest version of the C library that it has symbols of.
needed_glibc() { grep --text --only-matching --extended-regexp 'GLIBC_2\.[0-9]+' "$1" | sed 's/GLIBC_//' | sort --version-sort | tail -n 1; }

binaries() {
    local image=$1 folder=target/release-files architecture machine name container needed
    rm -rf "$folder"
    mkdir -p "$folder"
    for architecture in amd64 arm64; do
        case $architecture in amd64) machine=x86_64 ;; arm64) machine=aarch64 ;; esac
        name=goal-router-$version-$machine-unknown-linux-gnu
        mkdir "$folder/$name"
        # It is made, never started, so its architecture does not matter here.
        container=$(docker create --platform "linux/$architecture" "$image")
        docker cp "$container:/usr/local/bin/goal-router" "$folder/$name/"
        docker rm "$container" >/dev/null
        needed=$(needed_glibc "$folder/$name/goal-router")
        [ "$(printf '%s\n' "$needed" "$GLIBC" | sort --version-sort | tail -n 1)" = "$GLIBC" ] \
            || wrong "the program for $machine needs glibc $needed; the guides say $GLIBC"
        cp LICENSE README.md CHANGELOG.md "$folder/$name/"
        tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -czf "$folder/$name.tar.gz" "$name"
        rm -r "${folder:?}/$name"
    done
    (cd "$folder" && sha256sum ./*.tar.gz | sed 's|\./||' > SHA256SUMS && cat SHA256SUMS)
}

case $verb in
    check) check ;;
    notes) notes ;;
    binaries) binaries "${3:?$usage}" ;;
    *) echo "$usage" >&2; exit 2 ;;
esac

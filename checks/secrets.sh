#!/usr/bin/env bash
# Looks for secrets: TruffleHog in every commit, and detect-secrets in the files as they are.
#
#   checks/secrets.sh             fails for whatever is not in known-secrets.json
#   checks/secrets.sh --accept    writes known-secrets.json: what looks like a secret and is none
#
# Without TruffleHog, which comes from GitHub, only the second one looks. GitHub Actions sets REQUIRE_TRUFFLEHOG=1.
set -euo pipefail
cd "$(dirname "$0")/.."
known=checks/known-secrets.json

# Digests are everywhere here: of keys, of images, of actions. Lock files have nothing else; goals and weights are made, not written.
findings() {
    detect-secrets scan --disable-plugin HexHighEntropyString \
        --exclude-files '(\.lock|\.lock\.hcl|\.jsonl|\.bin|package-lock\.json|known-secrets\.json|^checks/[a-z]*\.txt)$' \
        | jq --sort-keys '[.results[][] | {filename, type, hashed_secret, line_number}] | sort_by(.filename, .line_number)'
}

if [ "${1:-}" = --accept ]; then
    findings | jq 'map(del(.line_number)) | unique' > "$known"
    echo "$known: $(jq length "$known") known. Read the difference before you commit it."
    exit
fi

if program=$(checks/tool.sh trufflehog); then
    "$program" git "file://$PWD" --no-update --fail --results=verified,unknown
elif [ -n "${REQUIRE_TRUFFLEHOG:-}" ]; then
    exit 1
else
    echo "the commits are not searched, only the files" >&2
fi

new=$(findings | jq --slurpfile known "$known" \
    'map(. as $found | select($known[0] | any(.filename == $found.filename and .hashed_secret == $found.hashed_secret) | not))')
jq --raw-output '.[] | "\(.filename):\(.line_number): \(.type)"' <<< "$new" >&2
if [ "$new" != "[]" ]; then
    echo "If these are no secrets: checks/secrets.sh --accept. If one is, it is not enough to delete it: make it worthless first." >&2
    exit 1
fi
echo "no secrets in the files"

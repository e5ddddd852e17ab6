#!/usr/bin/env bash
# Whether an image was built, checked and signed by the workflow that delivers, from the main branch of its repository.
#
#   deploy/verify-image.sh ghcr.io/OWNER/NAME@sha256:...
#
#   GITHUB_REPOSITORY   OWNER/NAME as GitHub spells it, where that is not all lower case
#   COMMIT_SHA          optional: it has to be the delivery of this commit
#
# Exit codes: 0 it was, 2 wrong use, others if it was not or that cannot be told.
set -euo pipefail
cd "$(dirname "$0")/.."

image=${1:-}
if [[ ! $image =~ ^ghcr\.io/([a-z0-9._/-]+)@sha256:[0-9a-f]{64}$ ]]; then
    echo "usage: verify-image.sh ghcr.io/OWNER/NAME@sha256:<64 digits>" >&2
    exit 2
fi
repository=${GITHUB_REPOSITORY:-${BASH_REMATCH[1]}}
cosign=$(checks/tool.sh cosign)
"$cosign" verify --output text \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com \
    --certificate-identity "https://github.com/$repository/.github/workflows/deliver.yml@refs/heads/main" \
    ${COMMIT_SHA:+--certificate-github-workflow-sha "$COMMIT_SHA"} \
    "$image"

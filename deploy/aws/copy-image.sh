#!/usr/bin/env bash
# Copies an image into the account's own registry, by digest: all platforms, byte for byte. Does nothing where it is there already.
#
#   deploy/aws/copy-image.sh IMAGE@sha256:...
#
#   AWS_REGION   the Region of the registry; without it, the one of the environment ENV
#
# Prints the name of the copy. Needs aws with credentials that may push, jq, and docker with buildx, logged in where the image is.
# Exit codes: 0 it is there, 1 it could not be copied, 2 wrong use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

image=${1:-}
if [[ ! $image =~ ^[^@[:space:]]+@(sha256:[0-9a-f]{64})$ ]]; then
    fail 2 "usage: copy-image.sh IMAGE@sha256:<64 digits>"
fi
digest=${BASH_REMATCH[1]}
need aws jq docker
set_region "$(region_of "${ENV:-}.tfvars")"

registry=$(registry) || fail 2 "these credentials are not valid"
copy=$registry/$ECR_REPOSITORY@$digest
if in_registry "$digest" 2>/dev/null; then
    say "$copy is there already"
    echo "$copy"
    exit 0
fi

# For people who look at the registry. The digest keeps it unique, since tags there are never moved.
commit=$(docker buildx imagetools inspect --raw "$image" \
    | jq --raw-output '.annotations["org.opencontainers.image.revision"] // "unknown"')
tag=commit-${commit:0:12}-${digest:7:8}

aws ecr get-login-password | docker login --username AWS --password-stdin "$registry" >/dev/null
docker buildx imagetools create --tag "$registry/$ECR_REPOSITORY:$tag" "$image" >&2
in_registry "$digest" || fail 1 "the copy $registry/$ECR_REPOSITORY:$tag does not have the digest of the original"
say "copied as $registry/$ECR_REPOSITORY:$tag"
echo "$copy"

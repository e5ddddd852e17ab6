#!/usr/bin/env bash
# Deploys the image that ran before, or any older one. Changes that Terraform made meanwhile stay.
#
#   API_URL=https://... deploy/aws/rollback.sh ENVIRONMENT [IMAGE@sha256:...]
#
# Without an image, it takes the last one that was deployed with success and is not the current one. Exit codes: those of deploy.sh,
# which it runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

environment=${1:?usage: rollback.sh ENVIRONMENT [IMAGE@sha256:...]} image=${2:-}
use "$environment"
need aws jq curl

if [ -z "$image" ]; then
    # Each deployment that has passed its smoke test is a version of the parameter.
    history=$(aws ssm get-parameter-history --name "$image_parameter" | jq '.Parameters | sort_by(.Version) | reverse') \
        || fail 2 "$image_parameter cannot be read"
    say "images of $service, newest first:"
    jq --raw-output '.[:10][] | "  \(.LastModifiedDate)  \(.Value)"' <<< "$history" >&2
    image=$(jq --raw-output '.[0].Value as $current | first(.[].Value | select(. != $current)) // empty' <<< "$history")
    [ -n "$image" ] || fail 2 "no other image was ever deployed; name one"
fi
exec "$here/deploy.sh" "$environment" "$image"

#!/usr/bin/env bash
# Runs an image as confined as in production, on stores of its own, and smoke-tests it. Then it has to stop when it is asked to.
#
#   deploy/try-image.sh IMAGE
#
# Needs docker, curl and jq. Exit codes: 0 all is well, 1 something is not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

image=${1:?usage: try-image.sh IMAGE}
container=$(docker run --detach --read-only --cap-drop ALL --security-opt no-new-privileges --memory 512m --pids-limit 100 \
    --volume /var/lib/goal-router --publish 127.0.0.1::8000 --env USE_MOCK_AWS=true "$image")
trap 'docker rm --force --volumes "$container" >/dev/null' EXIT

address=$(docker port "$container" 8000/tcp | head -n 1)
if ! SMOKE_API_KEY=unused "$here/aws/smoke.sh" "http://$address"; then
    docker logs --tail 20 "$container" >&2
    exit 1
fi
docker stop --time 120 "$container" >/dev/null
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
if [ "$code" != 0 ]; then
    echo "it ended with $code when it was stopped" >&2
    docker logs --tail 20 "$container" >&2
    exit 1
fi
echo "it starts, serves and stops"

#!/usr/bin/env bash
# Runs the image as the task definition does, and checks that it starts, serves, drains and keeps its spool.
#
#   deploy/try-image.sh IMAGE FAKE_BEDROCK_IMAGE
#
# The constraints are those of terraform/task_definition.tf: a read-only root file system, user 65532, no capabilities, a limit of memory,
# SIGTERM and 120 s to stop. The store is unreachable at first, so rows go to the spool; then a second container on the same volume has a
# store, writes them to it, and passes the smoke test.
#
# Needs docker, curl and jq. Exit codes: 0 all is well, 1 something is not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

image=${1:?usage: try-image.sh IMAGE FAKE_BEDROCK_IMAGE}
fake_image=${2:?usage: try-image.sh IMAGE FAKE_BEDROCK_IMAGE}
run="goal-router-try-$$"
volume="$run-spool"
network="$run-network"

clean_up() {
    docker rm --force --volumes "$run" "$run-fake" >/dev/null 2>&1 || true
    docker volume rm "$volume" >/dev/null 2>&1 || true
    docker network rm "$network" >/dev/null 2>&1 || true
}
trap clean_up EXIT

fail() {
    echo "FAILED: $1" >&2
    docker logs "$run" 2>&1 | tail -n 20 >&2 || true
    exit 1
}

# start VARIABLE=VALUE...: starts the service with these variables beside those of every task.
start() {
    local variables=()
    for variable in "$@"; do variables+=(--env "$variable"); done
    docker run --detach --name "$run" --network "$network" --publish 127.0.0.1::8000 \
        --read-only --user 65532:65532 --cap-drop ALL --security-opt no-new-privileges --init \
        --memory 512m --memory-swap 512m --pids-limit 200 --stop-timeout 120 \
        --volume "$volume:/var/lib/goal-router" \
        --env AWS_REGION=us-east-1 --env AWS_ACCESS_KEY_ID=none --env AWS_SECRET_ACCESS_KEY=none \
        --env AWS_ENDPOINT_URL_BEDROCK_RUNTIME="http://$run-fake:9000" \
        --env DRAIN_DELAY_SECONDS=3 --env SHUTDOWN_GRACE_SECONDS=100 \
        "${variables[@]}" "$image" >/dev/null
    url="http://$(docker port "$run" 8000/tcp | head -n 1)"
    wait_for "$url/health/live" 200
}

# wait_for URL STATUS: waits up to 20 s for this answer.
wait_for() {
    for _ in $(seq 100); do
        [ "$(status "$1")" = "$2" ] && return
        sleep 0.2
    done
    fail "$1 did not answer $2"
}

status() { curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$1" || true; }

plan() {
    curl --silent --output /dev/null --max-time 60 --write-out '%{http_code}' "$url/api/v1/generate-plan" \
        --header 'Content-Type: application/json' --header "X-Request-Id: $1" --data '{"goal": "Learn to juggle three balls"}' || true
}

# A line of the log tells of this event.
logged() { docker logs "$run" 2>&1 | grep --quiet "\"event_type\":\"$1\""; }

docker network create "$network" >/dev/null
docker volume create "$volume" >/dev/null
docker run --detach --name "$run-fake" --network "$network" --read-only --cap-drop ALL --publish 127.0.0.1::9000 "$fake_image" >/dev/null
fake="http://$(docker port "$run-fake" 9000/tcp | head -n 1)"
wait_for "$fake/fake/invoice" 200

# No store answers at this address; what is spent meanwhile comes from the allowance.
start LLM_MODELS=bedrock:global.anthropic.claude-haiku-5-5 AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:9 OUTAGE_ALLOWANCE_USD=5
[ "$(docker exec "$run" goal-router healthcheck >/dev/null 2>&1; echo $?)" = 0 ] || fail "the health check of the container"
for plan in 1 2 3; do
    [ "$(plan "spooled-$plan")" = 200 ] || fail "no plan while the store is unreachable"
done
echo "ok: it starts and serves on a read-only file system, as user 65532, without capabilities"

# A model call takes five seconds. The container is stopped one second after it began.
curl --silent --fail --max-time 5 --request PUT --header 'Content-Type: application/json' --data '{"latency_ms": 5000}' "$fake/fake/script" >/dev/null
plan drained > "/tmp/$run-status" &
sleep 1
began=$(date +%s)
docker stop "$run" >/dev/null &
stopping=$!
wait "$stopping"
took=$(($(date +%s) - began))
wait %1 || true
drained=$(cat "/tmp/$run-status"); rm -f "/tmp/$run-status"
[ "$drained" = 200 ] || fail "a request in flight got $drained"
[ "$(docker inspect --format '{{.State.ExitCode}}' "$run")" = 0 ] || fail "it exited with $(docker inspect --format '{{.State.ExitCode}}' "$run")"
[ "$took" -lt 120 ] || fail "it took $took s to stop"
logged application_shutdown || fail "it did not say that it stops"
echo "ok: SIGTERM ends it with 0 after $took s, and the request in flight has its answer"

docker rm "$run" >/dev/null
start USE_MOCK_AWS=true LLM_MODELS=offline
for _ in $(seq 50); do logged spool_replayed && break; sleep 0.2; done
logged spool_replayed || fail "the rows of the spool were not replayed"
replayed=$(docker logs "$run" 2>&1 | grep '"event_type":"spool_replayed"' | sed 's/.*"rows":\([0-9]*\).*/\1/' | head -n 1)
# Four plans, each with the row of its hold and the row of its outcome.
[ "$replayed" = 8 ] || fail "$replayed rows were replayed, not 8"
echo "ok: $replayed rows in its spool outlived it, and were written to the store"

SMOKE_API_KEY=unused "$here/aws/smoke.sh" "$url" || fail "the smoke test"
docker stop "$run" >/dev/null &
sleep 1
[ "$(status "$url/health/ready")" = 503 ] || fail "it is ready after SIGTERM"
wait $!
echo "ok: it is not ready from SIGTERM on"

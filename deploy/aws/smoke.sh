#!/usr/bin/env bash
# Asks a running service whether it is what clients expect: health, the OpenAPI document, a refused request, and with a key, a plan.
#
#   deploy/aws/smoke.sh URL
#
#   SMOKE_API_KEY       optional: makes one plan with it, which costs what a plan costs. It is never shown.
#   EXPECTED_VERSION    optional: the version that has to answer
#   SMOKE_WAIT_SECONDS  how long the service may take to become ready (60)
#
# Needs curl and jq. Exit codes: 0 all is well, 1 something is not, 2 wrong use.
# shellcheck disable=SC2016 # the variables in single quotes are those of jq
set -euo pipefail

url=${1:?usage: smoke.sh URL}
url=${url%/}
answer=$(mktemp -d)
trap 'rm -rf "$answer"' EXIT
request_id=smoke-$$-${RANDOM}

say() { echo "  $*" >&2; }

# wrong WHAT: ends, with the answer's beginning, which has no secret: the service never repeats one.
wrong() {
    say "NOT OK: $*"
    if [ -s "$answer/body" ]; then say "the answer begins: $(head -c 300 "$answer/body")"; fi
    exit 1
}

# ask PATH CURL-OPTIONS...: leaves headers and body in $answer, and sets `status`; 000 if there is no answer.
ask() {
    local path=$1
    shift
    : > "$answer/body"
    status=$(curl --silent --show-error --max-time 30 --header "X-Request-Id: $request_id" --dump-header "$answer/headers" \
        --output "$answer/body" --write-out '%{http_code}' "$@" "$url$path") || true
}

# Whether the body's JSON has this property.
has() { jq --exit-status "$@" "$answer/body" >/dev/null 2>&1; }

header() { tr -d '\r' < "$answer/headers" | sed -n "s/^$1: //Ip" | tail -n 1; }

becomes_ready() {
    local deadline=$((SECONDS + ${SMOKE_WAIT_SECONDS:-60}))
    while ask /health/ready 2>/dev/null; [ "$status" != 200 ]; do
        [ "$SECONDS" -lt "$deadline" ] || wrong "/health/ready answers $status"
        sleep 2
    done
    has '.status == "ready" and .service == "goal-router"' || wrong "/health/ready is not goal-router's"
}

tells_its_version() {
    ask /health
    [ "$status" = 200 ] || wrong "/health answers $status"
    version=$(jq --raw-output '.version // empty' "$answer/body")
    [ -n "$version" ] || wrong "/health tells no version"
    if [ -n "${EXPECTED_VERSION:-}" ] && [ "$version" != "$EXPECTED_VERSION" ]; then
        wrong "version $version runs, not $EXPECTED_VERSION"
    fi
    ask /health/live
    [ "$status" = 200 ] || wrong "/health/live answers $status"
}

documents_its_api() {
    ask /api-docs/openapi.json
    [ "$status" = 200 ] || wrong "/api-docs/openapi.json answers $status"
    has --arg version "$version" '(.openapi | startswith("3.1")) and .info.version == $version and .paths["/api/v1/generate-plan"].post' \
        || wrong "the OpenAPI document is not that of version $version"
}

hides_its_metrics() {
    ask /metrics
    [ "$status" = 404 ] || wrong "/metrics answers $status on the public port"
}

# A body without a goal: 401 where credentials are asked for, which comes first, and 422 elsewhere.
refuses_as_documented() {
    ask /api/v1/generate-plan --request POST --header 'Content-Type: application/json' --data '{}'
    case $status in
        401) code=unauthenticated ;;
        422) code=validation_failed ;;
        *) wrong "a request without a goal gets $status" ;;
    esac
    [ "$(header content-type)" = application/problem+json ] || wrong "an error has the content type '$(header content-type)'"
    has --arg code "$code" --arg id "$request_id" '.code == $code and .request_id == $id' || wrong "the error is not $code of this request"
    [ "$(header x-request-id)" = "$request_id" ] || wrong "the request ID does not come back"
}

makes_a_plan() {
    # From a file descriptor: an argument could be read by others on this machine.
    ask /api/v1/generate-plan --request POST --max-time 120 --header 'Content-Type: application/json' \
        --header @<(printf 'X-API-Key: %s\n' "$SMOKE_API_KEY") \
        --data '{"goal": "Learn the basics of bookbinding", "duration_weeks": 2, "hours_per_week": 3}'
    [ "$status" = 200 ] || wrong "a plan gets $status"
    has '.estimated_duration_weeks == 2 and (.weekly_breakdown | length) == 2 and (.weekly_breakdown | all(.tasks | length > 0))' \
        || wrong "the plan is not what was asked for"
    say "a plan by $(jq --raw-output '.metadata | "\(.model) for \(.cost_usd) USD"' "$answer/body")"
}

echo "smoke test of $url" >&2
command -v jq >/dev/null || { say "this needs jq on the PATH"; exit 2; }
becomes_ready
tells_its_version
say "healthy and ready, version $version"
documents_its_api
say "OpenAPI document of this version"
hides_its_metrics
refuses_as_documented
say "a request without a goal is refused: $status $code"
if [ -n "${SMOKE_API_KEY:-}" ]; then
    makes_a_plan
else
    say "no plan was made: SMOKE_API_KEY is not set"
fi
say "all is well"

#!/usr/bin/env bash
# Deploys an image: a new revision of the task definition that differs from the one that runs in the image only, a rolling update, a smoke
# test. If one of them fails, the former revision serves again.
#
#   API_URL=https://... deploy/aws/deploy.sh ENVIRONMENT IMAGE@sha256:...
#
# Only the digest counts: the image that runs is the one in the account's own registry (copy-image.sh puts it there).
#   API_URL         where the environment answers, for the smoke test; `none` leaves the test out, for an environment that does not let
#                   this machine in
#   SMOKE_API_KEY   optional: the smoke test also makes a plan with it
#
# Needs aws with credentials that may deploy, jq and curl. Exit codes:
#   0  the image runs and has passed the smoke test, unless that was left out
#   1  it does not: the former revision serves
#   2  nothing was changed
#   3  neither is known to serve: look now
#   4  the image runs, but Terraform does not know it yet: run the same command again
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

environment=${1:-} image=${2:-}
if [[ ! $image =~ ^[^@[:space:]]+@(sha256:[0-9a-f]{64})$ ]]; then
    fail 2 "usage: deploy.sh ENVIRONMENT IMAGE@sha256:<64 digits>; a tag could change"
fi
digest=${BASH_REMATCH[1]}
use "$environment"
need aws jq curl
[ -n "${API_URL:-}" ] || fail 2 "set API_URL to the address that the smoke test asks, or to none"

# image_of: of the service's container, from a task definition on standard input.
image_of() { jq --raw-output '.taskDefinition.containerDefinitions[] | select(.name == "goal-router") | .image'; }

task_definition() { aws ecs describe-task-definition --task-definition "$1" --include TAGS; }

# Registers the definition on standard input with the image, and prints the ARN of the revision.
register() {
    local definition
    definition=$(jq --arg image "$image" '
        [.tags[]? | select(.key | startswith("aws:") | not)] as $tags
        | .taskDefinition
        | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt)
        | .containerDefinitions |= map(if .name == "goal-router" then .image = $image else . end)
        | if $tags == [] then . else .tags = $tags end')
    aws ecs register-task-definition --cli-input-json "$definition" --query taskDefinition.taskDefinitionArn --output text
}

smoke_test() {
    if [ "$API_URL" = none ]; then
        say "API_URL is none: NO SMOKE TEST from outside; only the health checks and alarms of $service vouch for $digest"
        return
    fi
    "$here/smoke.sh" "$API_URL"
}

# Tells Terraform what runs.
record() {
    aws ssm put-parameter --name "$image_parameter" --type String --overwrite --value "$image" >/dev/null \
        || fail 4 "$service runs $image, but $image_parameter could not be written. Run the same command again."
}

# go_back REASON: to the former revision, unless ECS is already on its way. Never returns.
go_back() {
    local now
    trap - INT TERM
    say "$1"
    say_events
    say "going back to ${former##*/}"
    now=$(describe_service) || now='{"deployments": []}'
    if [ "$(primary taskDefinition <<< "$now")" != "$former" ]; then
        start_deployment --task-definition "$former" >/dev/null || say "the way back could not be started"
    fi
    # ECS may go back at the same moment, with a deployment of its own: what counts is the revision that serves in the end.
    await_revision "$former" || fail 3 "$service does not get back to ${former##*/}. Look now: docs/operations.md, 'Rolling back'."
    fail 1 "${former##*/} serves again; the image $digest is not deployed"
}

# A deployment that nobody waits for would end without its smoke test.
interrupted() {
    trap - INT TERM
    start_deployment --task-definition "$former" >/dev/null || fail 3 "interrupted, and the way back could not be started. Look now."
    fail 3 "interrupted: $service is on its way back to ${former##*/}, which nobody has waited for"
}

image=$(registry)/$ECR_REPOSITORY@$digest || fail 2 "these credentials are not valid"
in_registry "$digest" || fail 2 "$image is not there. Copy it first: make copy IMAGE=..."
description=$(describe_service) || exit 2
if [ "$(primary rolloutState <<< "$description")" = IN_PROGRESS ]; then
    fail 2 "another deployment of $service is in progress; wait for its end"
fi
former=$(primary taskDefinition <<< "$description")
# Not the newest revision: that one may have failed, and ECS has gone back from it.
definition=$(task_definition "$former") || fail 2 "${former##*/} cannot be read"
newest=$(task_definition "$service" | jq --raw-output .taskDefinition.taskDefinitionArn) || fail 2 "the family $service cannot be read"
if [ "$newest" != "$former" ]; then
    say "${former##*/} runs, not the newest revision ${newest##*/}, whose other changes wait for the next Terraform apply"
fi

if [ "$(image_of <<< "$definition")" = "$image" ]; then
    say "$service runs $digest already"
    smoke_test || fail 3 "it fails its smoke test; nothing was changed"
    record
    exit 0
fi

revision=$(register <<< "$definition") || fail 2 "the revision could not be registered"
say "$service: ${former##*/} -> ${revision##*/} with $digest"
trap interrupted INT TERM
deployment=$(start_deployment --task-definition "$revision") || go_back "the service could not be updated"
await_deployment "$deployment" || go_back "the deployment failed"
smoke_test || go_back "the smoke test failed"
trap - INT TERM
record
say "$service runs $image"

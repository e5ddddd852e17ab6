#!/usr/bin/env bash
# Deploys an image: a new revision of the task definition that differs in the image only, a rolling update, a smoke test. If one of
# them fails, the former revision serves again.
#
#   API_URL=https://... deploy/aws/deploy.sh ENVIRONMENT IMAGE@sha256:...
#
# Only the digest counts: the image that runs is the one in the account's own registry (copy-image.sh puts it there).
#   API_URL         where the environment answers, for the smoke test
#   SMOKE_API_KEY   optional: the smoke test also makes a plan with it
#
# Needs aws with credentials that may deploy, jq and curl. Exit codes:
#   0  the image runs and has passed the smoke test
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
[ -n "${API_URL:-}" ] || fail 2 "set API_URL to the address that the smoke test asks"

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

# Tells Terraform what runs.
record() {
    aws ssm put-parameter --name "$image_parameter" --type String --overwrite --value "$image" >/dev/null \
        || fail 4 "$service runs $image, but $image_parameter could not be written. Run the same command again."
}

# go_back REASON: to the former revision, unless ECS is already on its way. Never returns.
go_back() {
    local now deployment
    trap - INT TERM
    say "$1"
    say_events
    say "going back to ${former##*/}"
    now=$(describe_service) || now='{"deployments": []}'
    if [ "$(primary taskDefinition <<< "$now")" = "$former" ]; then
        deployment=$(primary id <<< "$now")
    else
        deployment=$(start_deployment --task-definition "$former") || deployment=
    fi
    if [ -z "$deployment" ] || ! await_deployment "$deployment"; then
        fail 3 "$service does not get back to ${former##*/}. Look now: docs/operations.md, 'Rolling back'."
    fi
    # Nobody shall take it for the newest one that worked.
    aws ecs deregister-task-definition --task-definition "$revision" >/dev/null || say "${revision##*/} could not be deregistered"
    fail 1 "${former##*/} serves again; the image $digest is not deployed"
}

# A deployment that nobody waits for would end without its smoke test.
interrupted() {
    trap - INT TERM
    start_deployment --task-definition "$former" >/dev/null
    aws ecs deregister-task-definition --task-definition "$revision" >/dev/null || true
    fail 3 "interrupted: $service is on its way back to ${former##*/}, which nobody has waited for"
}

image=$(registry)/$ECR_REPOSITORY@$digest || fail 2 "these credentials are not valid"
in_registry "$digest" || fail 2 "$image is not there. Copy it first: make copy IMAGE=..."
description=$(describe_service) || exit 2
if [ "$(primary rolloutState <<< "$description")" = IN_PROGRESS ]; then
    fail 2 "another deployment of $service is in progress; wait for its end"
fi
former=$(primary taskDefinition <<< "$description")
newest=$(task_definition "$service") || fail 2 "the family $service cannot be read"
newest_arn=$(jq --raw-output .taskDefinition.taskDefinitionArn <<< "$newest")

if [ "$newest_arn" = "$former" ] && [ "$(image_of <<< "$newest")" = "$image" ]; then
    say "$service runs $digest already"
    "$here/smoke.sh" "$API_URL" || fail 3 "it fails its smoke test; nothing was changed"
    record
    exit 0
fi
if [ "$newest_arn" != "$former" ]; then
    say "the newest revision is ${newest_arn##*/}, while ${former##*/} runs: this deployment brings its other changes as well"
fi

revision=$(register <<< "$newest") || fail 2 "the revision could not be registered"
say "$service: ${former##*/} -> ${revision##*/} with $digest"
trap interrupted INT TERM
deployment=$(start_deployment --task-definition "$revision") || go_back "the service could not be updated"
await_deployment "$deployment" || go_back "the deployment failed"
"$here/smoke.sh" "$API_URL" || go_back "the smoke test failed"
trap - INT TERM
record
say "$service runs $image"

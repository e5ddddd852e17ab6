# shellcheck shell=bash
# What the scripts of this folder share: the names of an environment, messages, and how to wait for ECS. It is sourced, not run.

# The second version of the command line would wait for a pager.
export AWS_PAGER=''

terraform_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/terraform

ECR_REPOSITORY=${ECR_REPOSITORY:-goal-router}
# Longer than the slowest good deployment: new tasks, the alarms' bake time, and the drain of the former ones.
DEPLOY_TIMEOUT_SECONDS=${DEPLOY_TIMEOUT_SECONDS:-1800}
DEPLOY_POLL_SECONDS=${DEPLOY_POLL_SECONDS:-10}

say() { echo "$*" >&2; }

fail() {
    local code=$1
    shift
    say "$*"
    exit "$code"
}

# need PROGRAM...: ends with 2 unless all are there.
need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || fail 2 "this needs $program on the PATH"
    done
}

# region_of FILE: the Region that a file of variables names.
region_of() { sed -n 's/^aws_region *= *"\(.*\)"/\1/p' "$terraform_root/$1" 2>/dev/null || true; }

# set_region [DEFAULT]: AWS_REGION, or else the default. The first version of the command line reads only the second of these.
set_region() {
    export AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-${1:-}}}
    export AWS_DEFAULT_REGION=$AWS_REGION
    [ -n "$AWS_REGION" ] || fail 2 "set AWS_REGION"
}

# use ENVIRONMENT: sets its Region and the names of its resources.
use() {
    case $1 in
        dev | staging | prod) ;;
        *) fail 2 "'$1' is no environment: dev, staging or prod" ;;
    esac
    set_region "$(region_of "$1.tfvars")"
    service=goal-router-$1
    # Terraform reads it, so that its next plan leaves the image alone.
    # shellcheck disable=SC2034 # for the scripts that source this
    image_parameter=/goal-router/$1/image
}

# The registry of the account that the credentials belong to.
registry() {
    local account
    account=$(aws sts get-caller-identity --query Account --output text) || return
    echo "$account.dkr.ecr.$AWS_REGION.amazonaws.com"
}

# in_registry DIGEST: whether the account's repository has the image.
in_registry() {
    aws ecr describe-images --repository-name "$ECR_REPOSITORY" --image-ids "imageDigest=$1" >/dev/null
}

describe_service() {
    aws ecs describe-services --cluster "$service" --services "$service" \
        | jq --exit-status '.services[0] | select(.status == "ACTIVE")' \
        || { say "there is no active service $service in $AWS_REGION, or these credentials may not see it"; return 1; }
}

# primary FIELD: of the deployment that the service is in or has completed, from a description on standard input.
primary() { jq --raw-output ".deployments[] | select(.status == \"PRIMARY\") | .$1 // empty"; }

# start_deployment OPTION...: changes the service, and prints the ID of the deployment that this starts.
start_deployment() {
    aws ecs update-service --cluster "$service" --service "$service" "$@" | jq '.service' | primary id
}

# await_deployment ID: waits for its end. 0 it is completed, 1 it failed or ECS went back, 2 time is up.
await_deployment() { await deployment_state "$1"; }

# await_revision ARN: waits until it serves, whichever deployment brings it. 0 it does, 1 it will not, 2 time is up.
await_revision() { await revision_state "$1"; }

# await STATE-FUNCTION ARGUMENT: looks again and again until the function says `completed` or `failed`.
await() {
    local deadline=$((SECONDS + DEPLOY_TIMEOUT_SECONDS)) description state before=
    while [ "$SECONDS" -lt "$deadline" ]; do
        # A failed call is no failed deployment: the next one tells.
        if description=$(describe_service); then
            state=$("$1" "$2" <<< "$description")
            [ "$state" = "$before" ] || say "  $state"
            before=$state
            case $state in
                completed*) return 0 ;;
                failed*) return 1 ;;
            esac
        fi
        # In the background, so that a signal does not have to wait for it.
        sleep "$DEPLOY_POLL_SECONDS" &
        wait $!
    done
    say "  not completed within $DEPLOY_TIMEOUT_SECONDS seconds"
    return 2
}

# In jq: how far a deployment is.
rollout='def rollout:
    if .rolloutState == "FAILED" then "failed: " + (.rolloutStateReason // "no reason given")
    elif .rolloutState == "COMPLETED" then "completed: \(.runningCount) of \(.desiredCount) tasks run"
    else "in progress: \(.runningCount) of \(.desiredCount) tasks run, \(.failedTasks // 0) failed" end;'

# deployment_state ID: one line, from a description on standard input. ECS goes back by starting another deployment.
deployment_state() {
    jq --raw-output --arg id "$1" "$rollout"'
        (.deployments[] | select(.status == "PRIMARY")) as $primary
        | ([.deployments[] | select(.id == $id)] | first) as $own
        | if $own == null or $primary.id != $id then
            "failed: " + ($own.rolloutStateReason // "ECS has gone back to " + ($primary.taskDefinition | split("/") | last))
          else $own | rollout end'
}

# revision_state ARN: the same for the deployment that has the revision.
revision_state() {
    jq --raw-output --arg revision "$1" "$rollout"'
        .deployments[] | select(.status == "PRIMARY")
        | if .taskDefinition == $revision then rollout
          else "failed: ECS deploys " + (.taskDefinition | split("/") | last) end'
}

# The last events of the service, for whoever has to find out what went wrong.
say_events() {
    describe_service | jq --raw-output '.events[:5][] | "  " + .message' >&2 || true
}

#!/usr/bin/env bash
# Runs Terraform for one environment, or for what the environments of an account share. A plan is kept, and only a kept plan is applied.
#
#   deploy/aws/terraform.sh init|plan|apply dev|staging|prod|account [OPTION...]
#
# The state is in the bucket of state-bucket.sh. Everything else is under target/terraform, so that environments do not get mixed up.
# Exit codes: those of Terraform; 2 wrong use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

usage="usage: terraform.sh init|plan|apply dev|staging|prod|account [OPTION...]"
verb=${1:?$usage} environment=${2:?$usage}
shift 2
need aws terraform

root=$here/../../terraform
work=$here/../../target/terraform/$environment
variables=()
case $environment in
    dev | staging | prod) variables=(-var-file="$environment.tfvars") ;;
    account) root=$root/account ;;
    *) fail 2 "$usage" ;;
esac
mkdir -p "$work"
work=$(cd "$work" && pwd)
export TF_DATA_DIR=$work/data TF_IN_AUTOMATION=1

init() {
    local account
    account=$(aws sts get-caller-identity --query Account --output text) || fail 2 "these credentials are not valid"
    terraform -chdir="$root" init -input=false -reconfigure \
        -backend-config="bucket=goal-router-state-$account-$AWS_DEFAULT_REGION" \
        -backend-config="key=$environment.tfstate" \
        -backend-config="region=$AWS_DEFAULT_REGION" \
        -backend-config="encrypt=true" \
        -backend-config="use_lockfile=true" "$@"
}

case $verb in
    init) init "$@" ;;
    plan)
        init >/dev/null
        terraform -chdir="$root" plan -input=false "${variables[@]}" -out="$work/plan" "$@"
        ;;
    apply)
        [ -f "$work/plan" ] || fail 2 "there is no plan for $environment: make plan ENV=$environment"
        terraform -chdir="$root" apply -input=false "$@" "$work/plan"
        rm "$work/plan"
        ;;
    *) fail 2 "$usage" ;;
esac

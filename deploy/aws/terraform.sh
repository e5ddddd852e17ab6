#!/usr/bin/env bash
# Runs Terraform for one environment, or for what the environments of an account share. A plan is kept, and only a kept plan is applied.
#
#   deploy/aws/terraform.sh init|plan|apply|output dev|staging|prod|account [OPTION...]
#
# The Region is the one in the environment's variables; for `account`, AWS_REGION says which one. The state is in the bucket of
# state-bucket.sh. Everything else is under target/terraform, so that environments do not get mixed up.
# Exit codes: those of Terraform; 2 wrong use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

usage="usage: terraform.sh init|plan|apply|output dev|staging|prod|account [OPTION...]"
verb=${1:?$usage} environment=${2:?$usage}
shift 2
need aws terraform

case $environment in
    dev | staging | prod)
        root=$terraform_root
        AWS_REGION=$(region_of "$environment.tfvars")
        set_region
        variables=$environment.tfvars
        ;;
    account)
        root=$terraform_root/account
        set_region
        variables=$AWS_REGION.tfvars
        ;;
    *) fail 2 "$usage" ;;
esac
[ -f "$root/$variables" ] || fail 2 "$root/$variables is not there; copy that of another Region"
work=$here/../../target/terraform/$environment-$AWS_REGION
mkdir -p "$work"
work=$(cd "$work" && pwd)
export TF_DATA_DIR=$work/data TF_IN_AUTOMATION=1

init() {
    local account
    account=$(aws sts get-caller-identity --query Account --output text) || fail 2 "these credentials are not valid"
    terraform -chdir="$root" init -input=false -reconfigure \
        -backend-config="bucket=goal-router-state-$account-$AWS_REGION" \
        -backend-config="key=$environment.tfstate" \
        -backend-config="region=$AWS_REGION" \
        -backend-config="encrypt=true" \
        -backend-config="use_lockfile=true" "$@"
}

case $verb in
    init) init "$@" ;;
    plan)
        init >&2
        terraform -chdir="$root" plan -input=false -var-file="$variables" -out="$work/plan" "$@"
        ;;
    apply)
        [ -f "$work/plan" ] || fail 2 "there is no plan for $environment: make plan ENV=$environment"
        terraform -chdir="$root" apply -input=false "$@" "$work/plan"
        rm "$work/plan"
        ;;
    output)
        init >&2
        terraform -chdir="$root" output "$@"
        ;;
    *) fail 2 "$usage" ;;
esac

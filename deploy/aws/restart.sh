#!/usr/bin/env bash
# Replaces all tasks by new ones of the same revision, which read the secrets anew. No request is lost.
#
#   deploy/aws/restart.sh ENVIRONMENT
#
# Exit codes: 0 the new tasks serve, 1 they do not and ECS went back, 2 nothing was changed, 3 look now.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"

use "${1:?usage: restart.sh ENVIRONMENT}"
need aws jq

description=$(describe_service) || exit 2
if [ "$(primary rolloutState <<< "$description")" = IN_PROGRESS ]; then
    fail 2 "a deployment of $service is in progress; wait for its end"
fi
say "$service: new tasks of $(primary taskDefinition <<< "$description" | sed 's|.*/||')"
deployment=$(start_deployment --force-new-deployment) || fail 2 "the service could not be updated"
outcome=0
await_deployment "$deployment" || outcome=$?
case $outcome in
    0) say "$service runs on new tasks" ;;
    1) say_events; fail 1 "the new tasks did not start; the former ones serve" ;;
    *) say_events; fail 3 "the new tasks are not up yet; ECS goes on trying" ;;
esac

#!/usr/bin/env bash
# Looks for known vulnerabilities in an image. It fails for those of high or critical severity that an update would mend.
#
#   deploy/scan-image.sh IMAGE     an image of this machine; one in a registry if it has a digest, or REGISTRY=1 is set
#
# An image in a registry is scanned for each of its platforms. Exit codes: 0 none, 2 some, others if it could not be scanned.
set -euo pipefail
cd "$(dirname "$0")/.."

image=${1:?usage: scan-image.sh IMAGE}
grype=$(checks/tool.sh grype)
scan() { "$grype" --only-fixed --fail-on high "$@"; }

if [[ $image == *@sha256:* || -n ${REGISTRY:-} ]]; then
    outcome=0
    for platform in linux/amd64 linux/arm64; do
        echo "$platform"
        scan "registry:$image" --platform "$platform" || outcome=$?
    done
    exit "$outcome"
fi
scan "docker:$image"

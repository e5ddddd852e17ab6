#!/usr/bin/env bash
# Finds the image of a commit in the registry, so that it is not built and pushed a second time, with another digest.
#
#   deploy/pushed-image.sh REPOSITORY:commit-COMMIT
#
# In a workflow it counts only if the delivery of this commit (COMMIT_SHA) has signed it: whoever may push could have put another image
# there. Prints the name with its digest. Exit codes: 0 it is there, 1 it has to be built, 2 wrong use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

tag=${1:?usage: pushed-image.sh REPOSITORY:commit-COMMIT}
# Where there is no commit, the tag says nothing about what is in the image.
[[ $tag != *:commit-unknown ]] || exit 1
digest=$(docker buildx imagetools inspect "$tag" --format '{{.Manifest.Digest}}' 2>/dev/null) || exit 1
image=${tag%:*}@$digest
if [ -n "${GITHUB_ACTIONS:-}" ]; then
    : "${COMMIT_SHA:?set COMMIT_SHA to the commit that is delivered}"
    if ! "$here/verify-image.sh" "$image" >&2; then
        echo "$tag is in the registry, but not signed by the delivery of this commit: building it" >&2
        exit 1
    fi
fi
echo "$tag is in the registry already: nothing is built or pushed" >&2
echo "$image"

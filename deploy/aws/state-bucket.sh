#!/usr/bin/env bash
# Makes the bucket that keeps Terraform's state, once per account and Region: private, encrypted, with versions, over TLS only.
# It can be run again: it only adds what is missing.
#
#   deploy/aws/state-bucket.sh
#
# Prints the bucket's name. Exit codes: 0 it is there, 1 something could not be set, 2 wrong use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/aws/service.sh
source "$here/service.sh"
need aws jq
set_region

account=$(aws sts get-caller-identity --query Account --output text) || fail 2 "these credentials are not valid"
bucket=goal-router-state-$account-$AWS_REGION

if aws s3api head-bucket --bucket "$bucket" --expected-bucket-owner "$account" >/dev/null 2>&1; then
    say "$bucket is there; setting what may be missing"
else
    location=()
    # The one Region that must not be named.
    if [ "$AWS_REGION" != us-east-1 ]; then
        location=(--create-bucket-configuration "LocationConstraint=$AWS_REGION")
    fi
    aws s3api create-bucket --bucket "$bucket" --object-ownership BucketOwnerEnforced "${location[@]}" >/dev/null
    say "made $bucket"
fi

aws s3api put-public-access-block --bucket "$bucket" --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
aws s3api put-bucket-encryption --bucket "$bucket" --server-side-encryption-configuration \
    '{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": true}]}'
# A state that was overwritten by mistake can be had back.
aws s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
aws s3api put-bucket-lifecycle-configuration --bucket "$bucket" --lifecycle-configuration \
    '{"Rules": [{"ID": "old-states", "Status": "Enabled", "Filter": {"Prefix": ""},
      "NoncurrentVersionExpiration": {"NoncurrentDays": 365, "NewerNoncurrentVersions": 20},
      "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]}' >/dev/null
arn=$(aws sts get-caller-identity --query Arn --output text)
partition=${arn#arn:}
partition=${partition%%:*}
aws s3api put-bucket-policy --bucket "$bucket" --policy "$(jq --null-input --arg bucket "arn:$partition:s3:::$bucket" '{
    Version: "2012-10-17",
    Statement: [{
        Sid: "OnlyOverTls", Effect: "Deny", Principal: "*", Action: "s3:*",
        Resource: [$bucket, $bucket + "/*"],
        Condition: {Bool: {"aws:SecureTransport": "false"}}
    }]
}')"
echo "$bucket"

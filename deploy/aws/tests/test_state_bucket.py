"""state-bucket.sh: what the bucket of Terraform's state is like."""

import json

import boto3

from stage import REGION, OnStage

BUCKET = f"goal-router-state-123456789012-{REGION}"


class StateBucket(OnStage):
    def test_it_is_private_encrypted_and_keeps_versions_however_often_it_is_made(self):
        for _ in range(2):
            self.assertEqual(self.run_script("state-bucket.sh"), 0)
            self.assertEqual(self.stdout.strip(), BUCKET)

        s3 = boto3.client("s3")
        self.assertEqual(s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"], REGION)
        self.assertEqual(s3.get_bucket_versioning(Bucket=BUCKET)["Status"], "Enabled")
        self.assertTrue(all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()))
        rule = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms")
        statement = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"][0]
        self.assertEqual(statement["Effect"], "Deny")
        self.assertEqual(statement["Condition"], {"Bool": {"aws:SecureTransport": "false"}})

    def test_the_first_region_of_aws_needs_no_location(self):
        code = self.run_script("state-bucket.sh", AWS_REGION="us-east-1")

        self.assertEqual(code, 0, self.said)

"""Puts images into the registry of the tests."""

import json

import boto3


def put_image(digest, tag):
    """Puts an image under a digest that the tests can recognise; the server does not compute it."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {},
        "layers": [],
        "annotations": {"digest": digest},
    }
    client = boto3.client("ecr")
    client.put_image(repositoryName="goal-router", imageTag=tag, imageDigest=digest, imageManifest=json.dumps(manifest))

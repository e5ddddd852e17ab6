"""What the tests of the scripts stand on: a server with AWS's API, an environment in it, and programs that play ECS and Docker."""

import json
import logging
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import boto3
import requests
from moto.server import ThreadedMotoServer

from registry import put_image
from service import Service

HERE = Path(__file__).resolve().parent
REGION = "eu-central-1"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
OLD = "sha256:" + "a" * 64
NEW = "sha256:" + "b" * 64
NAME = "goal-router-dev"

logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Dummies: they must never be those of somebody who runs the tests.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


def in_ecr(digest):
    return f"{REGISTRY}/goal-router@{digest}"


class OnStage(unittest.TestCase):
    """A test with an environment `dev` that runs the old image."""

    @classmethod
    def setUpClass(cls):
        cls.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.moto.start()
        host, port = cls.moto.get_host_and_port()
        cls.endpoint = f"http://{host}:{port}"
        os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=cls.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.moto.stop()

    def setUp(self):
        requests.post(f"{self.endpoint}/moto-api/reset", timeout=5)
        self.directory = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.service = Service()
        self.addCleanup(self.service.close)
        self.ecs, self.ssm, self.ecr = (boto3.client(name) for name in ("ecs", "ssm", "ecr"))
        self.ecr.create_repository(repositoryName="goal-router", imageTagMutability="IMMUTABLE")
        for digest in (OLD, NEW):
            put_image(digest, tag=digest[7:15])
        self.ecs.create_cluster(clusterName=NAME)
        self.first = self.register(in_ecr(OLD))
        self.ecs.create_service(cluster=NAME, serviceName=NAME, taskDefinition=self.first, desiredCount=2)
        self.put_image_parameter(OLD)

    def register(self, image, stop_timeout=120):
        """Registers a revision as Terraform does, and returns its ARN."""
        containers = [
            {
                "name": "goal-router",
                "image": image,
                "essential": True,
                "readonlyRootFilesystem": True,
                "stopTimeout": stop_timeout,
                "environment": [{"name": "AUTH_MODE", "value": "api_key"}],
                "secrets": [{"name": "API_KEYS", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys"}],
            },
            {"name": "adot", "image": "collector", "essential": False},
        ]
        answer = self.ecs.register_task_definition(
            family=NAME,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="512",
            memory="1024",
            taskRoleArn="arn:aws:iam::123456789012:role/task",
            executionRoleArn="arn:aws:iam::123456789012:role/execution",
            runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            volumes=[{"name": "spool"}],
            containerDefinitions=containers,
            tags=[{"key": "ManagedBy", "value": "terraform"}],
        )
        return answer["taskDefinition"]["taskDefinitionArn"]

    def put_image_parameter(self, digest):
        self.ssm.put_parameter(Name="/goal-router/dev/image", Type="String", Value=in_ecr(digest), Overwrite=True)

    def play(self, *rollouts, **more):
        """Says how the deployments go that a script starts; tests/aws explains the steps."""
        (self.directory / "play.json").write_text(json.dumps({"first": self.first, "rollouts": rollouts, **more}))

    def start(self, script, *arguments, **variables):
        environment = {
            **os.environ,
            "PATH": f"{HERE}:{os.environ['PATH']}",
            "STAGE_DIRECTORY": str(self.directory),
            "API_URL": self.service.url,
            "DEPLOY_POLL_SECONDS": "0.05",
            "DEPLOY_TIMEOUT_SECONDS": "90",
            "SMOKE_WAIT_SECONDS": "1",
            **variables,
        }
        command = [str(HERE.parent / script), *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_script(self, script, *arguments, **variables):
        """Runs a script to its end, and keeps what it says."""
        process = self.start(script, *arguments, **variables)
        self.stdout, self.said = process.communicate(timeout=240)
        return process.returncode

    def calls(self):
        """The commands that the script gave, one a line."""
        file = self.directory / "calls"
        return file.read_text() if file.exists() else ""

    def revisions(self, status="ACTIVE"):
        return self.ecs.list_task_definitions(familyPrefix=NAME, status=status)["taskDefinitionArns"]

    def recorded(self):
        return self.ssm.get_parameter(Name="/goal-router/dev/image")["Parameter"]["Value"]

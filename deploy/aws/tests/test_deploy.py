"""deploy.sh and what builds on it, against every way that a deployment can go."""

import signal
import time

import boto3

from stage import NAME, NEW, OLD, OnStage, in_ecr

GOOD = ["progress", "progress", "completed"]
IMAGE = f"ghcr.io/octo-org/goal-router@{NEW}"


class Deploying(OnStage):
    def deploy(self, image=IMAGE, **variables):
        return self.run_script("deploy.sh", "dev", image, **variables)

    def assert_former_serves(self):
        self.assertEqual(self.recorded(), in_ecr(OLD))
        self.assertNotIn("put-parameter", self.calls())

    def assert_nothing_changed(self):
        self.assert_former_serves()
        self.assertEqual(self.revisions(), [self.first])
        self.assertNotIn("update-service", self.calls())

    def test_a_good_image_runs_in_a_revision_that_differs_in_the_image_only(self):
        self.play(GOOD)

        self.assertEqual(self.deploy(), 0)

        before, after = (self.describe(arn) for arn in self.revisions())
        self.assertEqual(after["taskDefinition"]["containerDefinitions"][0]["image"], in_ecr(NEW))
        after["taskDefinition"]["containerDefinitions"][0]["image"] = in_ecr(OLD)
        for own in ("taskDefinitionArn", "revision"):
            del before["taskDefinition"][own], after["taskDefinition"][own]
        self.assertEqual(after, before)
        self.assertEqual(self.recorded(), in_ecr(NEW))
        self.assertIn("2 of 2 tasks run", self.said)

    def describe(self, arn):
        answer = self.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        return {"taskDefinition": answer["taskDefinition"], "tags": answer["tags"]}

    def test_the_same_image_again_changes_nothing(self):
        self.play()

        self.assertEqual(self.deploy(f"x@{OLD}"), 0)

        self.assertEqual((self.recorded(), self.revisions()), (in_ecr(OLD), [self.first]))
        self.assertNotIn("update-service", self.calls())

    def test_the_circuit_breaker_goes_back_by_itself(self):
        self.play(["progress", "going back", "going back", "back"])

        self.assertEqual(self.deploy(), 1)

        self.assert_former_serves()
        self.assertIn("tasks failed to start", self.said)
        self.assertIn("an event of the service", self.said)
        self.assertEqual(self.calls().count("update-service"), 1, "ECS was on its way back already")

    def test_a_failed_deployment_without_a_way_back_of_its_own_is_led_back(self):
        self.play(["stuck"], GOOD)

        self.assertEqual(self.deploy(), 1)

        self.assert_former_serves()
        self.assertIn(f"--task-definition {self.first}", self.calls())

    def test_a_way_back_that_the_circuit_breaker_takes_over_is_one(self):
        self.play(["stuck"], ["progress", "taken over", "completed again"])

        self.assertEqual(self.deploy(), 1)

        self.assert_former_serves()

    def test_a_way_back_that_ends_elsewhere_calls_for_a_person(self):
        self.play(GOOD, ["progress", "going back"])
        self.service.breaks("/api-docs/openapi.json", 500, {})

        self.assertEqual(self.deploy(), 3)

        self.assertIn("ECS deploys goal-router-dev:2", self.said)

    def test_a_deployment_that_does_not_end_is_led_back(self):
        # The way back has as little time, so its first look has to find it completed.
        self.play(["progress"], ["completed"])

        self.assertEqual(self.deploy(DEPLOY_TIMEOUT_SECONDS="4"), 1)

        self.assert_former_serves()
        self.assertIn("not completed within 4 seconds", self.said)

    def test_an_image_that_fails_its_smoke_test_is_led_back(self):
        self.play(GOOD, GOOD)
        self.service.breaks("/api-docs/openapi.json", 500, {})

        self.assertEqual(self.deploy(), 1)

        self.assert_former_serves()
        self.assertIn("NOT OK: /api-docs/openapi.json answers 500", self.said)

    def test_a_way_back_that_fails_calls_for_a_person(self):
        self.play(["stuck"], ["stuck"])

        self.assertEqual(self.deploy(), 3)

        self.assertIn("Look now", self.said)

    def test_a_service_that_cannot_be_updated_stays_as_it_was(self):
        self.play(failing=["ecs update-service"])

        self.assertEqual(self.deploy(), 1)

        self.assert_former_serves()

    def test_a_parameter_that_cannot_be_written_is_told_and_mended_by_a_second_run(self):
        self.play(GOOD, failing=["ssm put-parameter"])
        self.assertEqual(self.deploy(), 4)
        self.assertEqual(self.recorded(), in_ecr(OLD))

        self.play(GOOD)
        self.assertEqual(self.deploy(), 0)

        self.assertEqual(self.recorded(), in_ecr(NEW))
        self.assertEqual(len(self.revisions()), 2)

    def test_nothing_is_changed_without_what_is_needed(self):
        self.play()
        for arguments, variables, says in [
            (["dev", "ghcr.io/octo-org/goal-router:latest"], {}, "a tag could change"),
            (["test", IMAGE], {}, "is no environment"),
            (["dev", f"x@sha256:{'c' * 64}"], {}, "Copy it first"),
            (["dev", IMAGE], {"API_URL": ""}, "API_URL"),
            (["staging", IMAGE], {}, "no active service goal-router-staging"),
        ]:
            with self.subTest(says=says):
                code = self.run_script("deploy.sh", *arguments, **variables)

                self.assertIn(says, self.said)
                self.assertEqual(code, 2)
        self.assert_nothing_changed()

    def test_two_deployments_do_not_get_in_each_others_way(self):
        self.play(before="IN_PROGRESS")

        self.assertEqual(self.deploy(), 2)

        self.assertIn("in progress", self.said)
        self.assert_nothing_changed()

    def test_a_newer_revision_that_does_not_run_is_told_and_not_built_upon(self):
        self.register(in_ecr("sha256:" + "d" * 64), stop_timeout=60)
        self.play(GOOD)

        self.assertEqual(self.deploy(), 0)

        self.assertIn("not the newest revision goal-router-dev:2", self.said)
        deployed = self.describe(self.revisions()[-1])["taskDefinition"]["containerDefinitions"][0]
        self.assertEqual((deployed["image"], deployed["stopTimeout"]), (in_ecr(NEW), 120))

    def test_where_this_machine_is_not_let_in_the_smoke_test_is_left_out_and_told(self):
        self.play(GOOD)
        self.service.breaks("/api-docs/openapi.json", 500, {})

        self.assertEqual(self.deploy(API_URL="none"), 0)

        self.assertIn("NO SMOKE TEST", self.said)
        self.assertEqual(self.recorded(), in_ecr(NEW))

    def test_an_interrupted_deployment_is_on_its_way_back(self):
        self.play(["progress"], GOOD)
        process = self.start("deploy.sh", "dev", IMAGE)
        deadline = time.monotonic() + 60
        while "update-service" not in self.calls() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(2)

        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)

        self.assertEqual(process.returncode, 3, said)
        running = self.ecs.describe_services(cluster=NAME, services=[NAME])["services"][0]
        self.assertEqual(running["taskDefinition"], self.first)
        self.assert_former_serves()

    def test_a_key_is_used_and_never_shown(self):
        self.play(GOOD)

        self.assertEqual(self.deploy(SMOKE_API_KEY="gr_good"), 0)

        self.assertIn("gr_good", self.service.keys)
        self.assertIn("a plan by offline for 0.01 USD", self.said)
        self.assertNotIn("gr_good", self.said + self.calls())

    def test_a_key_that_is_refused_fails_the_smoke_test(self):
        self.play(GOOD, GOOD)

        self.assertEqual(self.deploy(SMOKE_API_KEY="gr_bad"), 1)

        self.assertIn("a plan gets 401", self.said)


class RollingBack(OnStage):
    def test_the_image_before_the_current_one_is_deployed(self):
        for digest in (NEW, NEW):
            self.put_image_parameter(digest)
        self.first = self.register(in_ecr(NEW))
        self.ecs.update_service(cluster=NAME, service=NAME, taskDefinition=self.first)
        self.play(GOOD)

        self.assertEqual(self.run_script("rollback.sh", "dev"), 0)

        self.assertEqual(self.recorded(), in_ecr(OLD))
        self.assertIn("images of goal-router-dev, newest first", self.said)

    def test_an_older_image_can_be_named(self):
        self.play(GOOD)

        self.assertEqual(self.run_script("rollback.sh", "dev", IMAGE), 0)

        self.assertEqual(self.recorded(), in_ecr(NEW))

    def test_there_may_be_none(self):
        self.play()

        self.assertEqual(self.run_script("rollback.sh", "dev"), 2)

        self.assertIn("no other image was ever deployed", self.said)


class Restarting(OnStage):
    def test_new_tasks_of_the_same_revision_serve(self):
        self.play(GOOD)

        self.assertEqual(self.run_script("restart.sh", "dev"), 0)

        self.assertIn("--force-new-deployment", self.calls())
        self.assertEqual(self.revisions(), [self.first])

    def test_new_tasks_that_do_not_start_leave_the_former_ones(self):
        self.play(["going back", "back"])

        self.assertEqual(self.run_script("restart.sh", "dev"), 1)

        self.assertIn("the former ones serve", self.said)


class Copying(OnStage):
    digest = "sha256:" + "e" * 64

    def copy(self, name="ghcr.io/octo-org/goal-router"):
        return self.run_script("copy-image.sh", f"{name}@{self.digest}")

    def test_an_image_arrives_under_its_digest_and_a_tag_for_people(self):
        self.assertEqual(self.copy(), 0)

        self.assertEqual(self.stdout.strip(), in_ecr(self.digest))
        tags = boto3.client("ecr").describe_images(repositoryName="goal-router", imageIds=[{"imageDigest": self.digest}])
        self.assertEqual(tags["imageDetails"][0]["imageTags"], ["commit-0123456789ab-eeeeeeee"])

    def test_one_that_is_there_is_not_copied_again(self):
        self.assertEqual(self.run_script("copy-image.sh", IMAGE), 0)

        self.assertEqual(self.stdout.strip(), in_ecr(NEW))
        self.assertNotIn("docker", self.calls())

    def test_a_copy_that_does_not_arrive_is_an_error(self):
        self.assertEqual(self.copy("ghcr.io/octo-org/lost"), 1)

        self.assertIn("does not have the digest", self.said)

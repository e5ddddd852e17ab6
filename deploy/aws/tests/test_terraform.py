"""terraform.sh: which state, which variables and which plan it takes."""

import shutil

from stage import HERE, OnStage

WORK = HERE.parents[2] / "target" / "terraform"


class Terraform(OnStage):
    def setUp(self):
        super().setUp()
        # A Region that no environment is in, so that no plan of a person is touched.
        self.work = WORK / "account-eu-test-1"
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.variables = HERE.parents[2] / "terraform" / "account" / "eu-test-1.tfvars"
        self.variables.write_text('aws_region = "eu-test-1"\n')
        self.addCleanup(self.variables.unlink)

    def terraform(self, *arguments, **variables):
        return self.run_script("terraform.sh", *arguments, **{"AWS_REGION": "eu-test-1", **variables})

    def test_a_plan_is_made_with_the_state_of_its_environment_and_applied_once(self):
        self.assertEqual(self.terraform("plan", "account"), 0)
        self.assertEqual(self.terraform("apply", "account"), 0)
        self.assertEqual(self.terraform("apply", "account"), 2)

        self.assertIn("there is no plan for account", self.said)
        calls = [line for line in self.calls().splitlines() if line.startswith("terraform")]
        init, plan, apply = calls
        for option in ("bucket=goal-router-state-123456789012-eu-test-1", "key=account.tfstate", "use_lockfile=true"):
            self.assertIn(f"-backend-config={option}", init)
        self.assertIn("-var-file=eu-test-1.tfvars", plan)
        self.assertTrue(apply.endswith(f"{self.work}/plan in {self.work}/data"), apply)

    def test_an_environment_is_in_the_region_of_its_variables(self):
        self.assertEqual(self.terraform("output", "dev", AWS_REGION="eu-west-3"), 0)

        self.assertIn("key=dev.tfstate", self.calls())
        self.assertNotIn("eu-west-3", self.calls())

    def test_nothing_else_is_an_environment(self):
        self.assertEqual(self.terraform("plan", "production"), 2)
        self.assertEqual(self.terraform("plan", "account", AWS_REGION="eu-test-2"), 2)

        self.assertNotIn("terraform", self.calls())

"""smoke.sh against a service that is not what clients expect."""

from stage import OnStage


class Smoke(OnStage):
    def smoke(self, **variables):
        return self.run_script("smoke.sh", self.service.url, **variables)

    def test_what_clients_rely_on_has_to_be_there(self):
        problem = {"code": "unauthenticated", "request_id": "another"}
        for path, status, body, says in [
            ("/health/ready", 503, {"status": "not_ready"}, "/health/ready answers 503"),
            ("/health/ready", 200, {"status": "ready", "service": "another"}, "is not goal-router's"),
            ("/health", 200, {"status": "healthy"}, "tells no version"),
            ("/api-docs/openapi.json", 200, {"openapi": "3.1.0", "info": {"version": "0.0.9"}}, "is not that of version"),
            ("/metrics", 200, {}, "on the public port"),
            ("/api/v1/generate-plan", 200, {}, "without a goal gets 200"),
            ("/api/v1/generate-plan", 401, problem, "the content type 'application/json'"),
        ]:
            with self.subTest(path=path, status=status):
                self.service.server.faults.clear()
                self.service.breaks(path, status, body)

                self.assertEqual(self.smoke(), 1)

                self.assertIn("NOT OK: ", self.said)
                self.assertIn(says, self.said)

    def test_another_version_than_the_expected_one_is_wrong(self):
        self.assertEqual(self.smoke(EXPECTED_VERSION="0.1.0"), 0)
        self.assertEqual(self.smoke(EXPECTED_VERSION="0.2.0"), 1)

        self.assertIn("version 0.1.0 runs, not 0.2.0", self.said)

    def test_a_plan_that_is_none_is_wrong(self):
        self.service.breaks("/api/v1/generate-plan", 200, {})

        self.assertEqual(self.smoke(SMOKE_API_KEY="gr_good"), 1)

        self.assertNotIn("gr_good", self.said)

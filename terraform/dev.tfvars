# A cheap environment to try things out: two zones, one NAT gateway, one small task on Spot, plain HTTP.
#
# Before the first apply, change the lines marked CHANGE.

environment    = "dev"
aws_region     = "ap-southeast-2"
bedrock_region = "us-east-1"

# CHANGE: the image of the first deploy, as `make push` prints it. Later deploys do not read it.
initial_image = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/goal-router@sha256:0000000000000000000000000000000000000000000000000000000000000000"

# CHANGE: where workflows that may deploy run; github_repository_ids too, if the repository was made after 15 July 2026.
# github_repository = "your-organisation/goal-router"

# --- network and load balancer --------------------------------------------------------------------------------------------------------

vpc_cidr           = "10.10.0.0/16"
availability_zones = 2
nat                = "single"

# CHANGE: without a domain, keys travel in plain text. Better: your own addresses only, such as ["203.0.113.7/32"]. GitHub's runners do not
# reach it then: set API_URL of the environment on GitHub to `none`, and the smoke test is left out.
allowed_cidrs = ["0.0.0.0/0"]

flow_log_traffic          = "REJECT"
flow_log_retention_days   = 7
access_log_retention_days = 14

# --- tasks ----------------------------------------------------------------------------------------------------------------------------

task_cpu    = 256
task_memory = 512

min_tasks      = 1
max_tasks      = 2
spot_percent   = 100
on_demand_base = 0

# A task of this size has room for about 250 MiB of the service.
max_in_flight = 500

# --- application ----------------------------------------------------------------------------------------------------------------------

llm_models = ["bedrock:global.anthropic.claude-haiku-5-5", "offline"]

daily_budget_usd     = 2
max_request_cost_usd = 0.25

# CHANGE: `goal-router new-key web` prints the digest of a new key. This one is of no key, and admits nobody.
api_keys = [
  { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
]

trace_sample_ratio = 1

# --- monitoring -----------------------------------------------------------------------------------------------------------------------

# CHANGE: who is told of alarms.
# alarm_emails = { ticket = ["team@example.com"] }

container_insights         = "disabled"
log_retention_days         = 7
metrics_log_retention_days = 3

# CHANGE: where the links of the alarms lead.
# runbook_url = "https://github.com/your-organisation/goal-router/blob/main/docs/operations.md"

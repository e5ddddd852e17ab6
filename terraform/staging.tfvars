# What is to go to production is tried here, in the same shape: HTTPS, two tasks in two zones, on demand. Smaller, and with one NAT gateway.
#
# Before the first apply, change the lines marked CHANGE.

environment    = "staging"
aws_region     = "ap-southeast-2"
bedrock_region = "us-east-1"

# CHANGE: the image of the first deploy, as `make push` prints it. Later deploys do not read it.
initial_image = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/goal-router@sha256:0000000000000000000000000000000000000000000000000000000000000000"

# CHANGE: where workflows that may deploy run; github_repository_ids too, if the repository was made after 15 July 2026.
# github_repository = "your-organisation/goal-router"

# --- network and load balancer --------------------------------------------------------------------------------------------------------

# CHANGE both: a name in a public zone of Route 53, and the ID of the zone.
domain_name = "goal-router-staging.example.com"
zone_id     = "Z0000000000EXAMPLE000"

vpc_cidr           = "10.20.0.0/16"
availability_zones = 2
nat                = "single"

flow_log_traffic          = "REJECT"
flow_log_retention_days   = 30
access_log_retention_days = 30

# --- tasks ----------------------------------------------------------------------------------------------------------------------------

task_cpu    = 512
task_memory = 1024

min_tasks = 2
max_tasks = 4

# As in production, in small.
spool_storage        = "efs"
outage_allowance_usd = 0.5

# --- application ----------------------------------------------------------------------------------------------------------------------

llm_models = [
  "bedrock:global.anthropic.claude-haiku-5-5",
  "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
]

daily_budget_usd        = 5
client_daily_budget_usd = 2

# CHANGE: `goal-router new-key web` prints the digest of a new key. This one is of no key, and admits nobody.
api_keys = [
  { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
]

trace_sample_ratio = 1

# --- monitoring -----------------------------------------------------------------------------------------------------------------------

# CHANGE: who is told of alarms.
# alarm_emails = { ticket = ["team@example.com"] }

log_retention_days         = 14
metrics_log_retention_days = 7

# CHANGE: where the links of the alarms lead.
# runbook_url = "https://github.com/your-organisation/goal-router/blob/main/docs/operations.md"

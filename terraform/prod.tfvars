# Production: three zones, each with its own way out, so that no zone takes another one with it; on demand; behind a firewall.
#
# Before the first apply, change the lines marked CHANGE.

environment    = "prod"
aws_region     = "ap-southeast-2"
bedrock_region = "us-east-1"

# CHANGE: the image of the first deploy, as `make push` prints it. Later deploys do not read it.
initial_image = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/goal-router@sha256:0000000000000000000000000000000000000000000000000000000000000000"

# CHANGE: where workflows that may deploy run; github_repository_ids too, if the repository was made after 15 July 2026.
# github_repository = "your-organisation/goal-router"

# --- network and load balancer --------------------------------------------------------------------------------------------------------

# CHANGE both: a name in a public zone of Route 53, and the ID of the zone.
domain_name = "goal-router.example.com"
zone_id     = "Z0000000000EXAMPLE000"

vpc_cidr           = "10.30.0.0/16"
availability_zones = 3
nat                = "per_az"

# All traffic has a way out by NAT. Endpoints would cost more than the traffic that they keep off it: see docs/operations.md.
interface_endpoints = []

waf_enabled    = true
waf_rate_limit = 2000

flow_log_traffic          = "ALL"
flow_log_retention_days   = 90
access_log_retention_days = 365

# --- tasks ----------------------------------------------------------------------------------------------------------------------------

task_cpu    = 1024
task_memory = 2048

# One for each zone.
min_tasks = 3
max_tasks = 12

spot_percent = 0

# When DynamoDB is away, each task goes on for this many dollars, and what it spends is on a disk that outlives it. With 0, tasks would not be
# ready meanwhile, and ECS would replace them.
spool_storage        = "efs"
outage_allowance_usd = 1

# --- application ----------------------------------------------------------------------------------------------------------------------

# When the first model fails, the next one writes.
llm_models = [
  "bedrock:global.anthropic.claude-haiku-5-5",
  "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
]

daily_budget_usd        = 50
client_daily_budget_usd = 10
max_request_cost_usd    = 0.5

# Each task counts on its own: a client gets up to this rate times the number of tasks. redis_enabled makes it exact.
rate_limit_per_minute = 60
redis_enabled         = false

# CHANGE: `goal-router new-key web` prints the digest of a new key. This one is of no key, and admits nobody.
api_keys = [
  { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
]

# Pages of other sites that may call the API.
cors_allowed_origins = []

trace_sample_ratio = 0.1

# --- monitoring -----------------------------------------------------------------------------------------------------------------------

# CHANGE: who is told of alarms.
# alarm_emails = { page = ["on-call@example.com"], ticket = ["team@example.com"] }

# CHANGE: what the whole account may cost in a month, in dollars.
monthly_budget_usd = 2000

log_retention_days         = 90
metrics_log_retention_days = 14

# CHANGE: where the links of the alarms lead.
# runbook_url = "https://github.com/your-organisation/goal-router/blob/main/docs/operations.md"

# Alarms, dashboard, metric filters and budgets: that each alarm tells somebody what to do, keeps to what CloudWatch allows, and means what
# its alert in Prometheus means; and that what is read is also produced.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

variables {
  environment          = "prod"
  domain_name          = "goals.example.com"
  zone_id              = "Z0123456789ABCDEFGHIJ"
  github_repository    = "octo-org/goal-router"
  llm_models           = ["bedrock:global.anthropic.claude-haiku-5-5", "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0", "offline"]
  redis_enabled        = true
  spool_storage        = "efs"
  outage_allowance_usd = 2
  monthly_budget_usd   = 1000
  initial_image        = "123456789012.dkr.ecr.us-east-1.amazonaws.com/goal-router@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  api_keys             = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] }]
  alarm_emails         = { page = ["on-call@example.com"], ticket = ["team@example.com", "on-call@example.com"] }
}

run "each_alarm_tells_somebody_what_to_do" {
  assert {
    condition = alltrue([
      for alarm in merge(aws_cloudwatch_metric_alarm.threshold, aws_cloudwatch_metric_alarm.rollback, aws_cloudwatch_composite_alarm.burn_rate) :
      alarm.actions_enabled && length(alarm.alarm_actions) == 1 && alarm.alarm_actions == alarm.ok_actions
      && alarm.alarm_actions == toset([aws_sns_topic.alarms[split(":", alarm.alarm_description)[0]].arn])
    ])
    error_message = "An alarm does not notify the topic of the severity that its description begins with."
  }

  assert {
    condition = alltrue([
      for alarm in merge(aws_cloudwatch_metric_alarm.threshold, aws_cloudwatch_metric_alarm.rollback, aws_cloudwatch_composite_alarm.burn_rate, aws_cloudwatch_event_rule.task) :
      can(regex("^(page|ticket|info): [A-Z].*[.] https://github[.]com/octo-org/goal-router/blob/main/docs/operations[.]md#[a-z0-9]+$", try(alarm.alarm_description, alarm.description)))
    ])
    error_message = "The description of an alarm has no severity, no sentence or no link to the run book."
  }

  assert {
    condition = alltrue([
      for section in concat([for alarm in local.alarms : alarm.section], [for name in keys(local.burn_alarms) : "GoalRouter${name}"], keys(local.task_events), ["MonthlyBudget"]) :
      strcontains(file("../docs/operations.md"), "\n### ${section}\n\n**Meaning.** ")
    ])
    error_message = "An alarm leads to a section that the run book has not."
  }

  # A model's alarms and a table's are listed once, without what follows the hyphen.
  assert {
    condition = alltrue([
      for name, severity in merge(
        { for name, alarm in local.alarms : split("-", name)[0] => alarm.severity... },
        { for name, alarm in local.burn_alarms : name => alarm.severity... },
      ) : strcontains(file("../docs/operations.md"), "\n| `${name}` | ${severity[0]} | [")
    ])
    error_message = "The run book's table of alarms lacks one, or has another severity for it."
  }

  assert {
    condition     = length(aws_cloudwatch_event_target.task) == 4 && alltrue([for name, target in aws_cloudwatch_event_target.task : target.arn == aws_sns_topic.alarms[local.task_events[name].severity].arn])
    error_message = "An event of ECS is not told to the topic of its severity."
  }

  assert {
    condition     = { for name, subscription in aws_sns_topic_subscription.email : name => subscription.endpoint } == { "page on-call@example.com" = "on-call@example.com", "ticket on-call@example.com" = "on-call@example.com", "ticket team@example.com" = "team@example.com" }
    error_message = "The addresses of alarm_emails are not those that are subscribed."
  }

  assert {
    condition     = alltrue([for topic in aws_sns_topic.alarms : topic.kms_master_key_id == aws_kms_key.main.arn])
    error_message = "A topic is not encrypted with the key of the environment."
  }
}

run "alarms_keep_to_the_limits_of_cloudwatch" {
  # Of a whole alarm: a day in periods of less than an hour, a week otherwise. Ten metrics, of one period, and one value.
  assert {
    condition = alltrue([
      for alarm in merge(aws_cloudwatch_metric_alarm.threshold, aws_cloudwatch_metric_alarm.rollback, aws_cloudwatch_metric_alarm.burn_rate) :
      alltrue([
        for period in distinct(flatten([for query in alarm.metric_query : query.metric[*].period])) :
        period % 60 == 0 && period * alarm.evaluation_periods <= (period < 3600 ? 86400 : 604800)
      ])
      && length(distinct(flatten([for query in alarm.metric_query : query.metric[*].period]))) == 1
      && length(flatten([for query in alarm.metric_query : query.metric[*]])) <= 10
      && length([for query in alarm.metric_query : query if query.return_data]) == 1
    ])
    error_message = "An alarm has too long a window, too many metrics, or not one value."
  }

  # Every metric that an expression names is fetched, and every one that is fetched is named.
  assert {
    condition = alltrue([
      for alarm in local.alarms : alltrue([
        for id in keys(alarm.metrics) : can(regex("\\b${id}\\b", alarm.expression))
      ]) && length(setsubtract(regexall("\\b[a-z][a-z0-9_]*\\b", alarm.expression), keys(alarm.metrics))) == 0
      if can(alarm.expression)
    ])
    error_message = "An expression names a metric that its alarm does not have, or leaves one out."
  }

  # Of the functions of metric math, those that alarms may use; SEARCH is not one.
  assert {
    condition = length(setsubtract(
      flatten([for alarm in local.alarms : regexall("([A-Z_]+)\\(", try(alarm.expression, ""))]), ["DIFF", "EPOCH", "IF", "SUM"],
    )) == 0
    error_message = "An expression calls a function that nobody has looked up."
  }

  assert {
    condition     = alltrue([for name, alarm in local.alarms : length(alarm.metrics) == 1 || can(alarm.expression)])
    error_message = "An alarm has several metrics and nothing that makes one value of them."
  }
}

run "burn_rates_are_those_of_the_service_level_objectives" {
  assert {
    condition = {
      for name, alarm in aws_cloudwatch_metric_alarm.burn_rate :
      name => [distinct(flatten([for query in alarm.metric_query : query.metric[*].period]))[0], alarm.threshold, one(compact([for query in alarm.metric_query : query.expression]))]
      } == {
      AvailabilityBurnFast1h  = [3600, 14.4, "IF(requests >= 50, errors / requests / 0.005, 0)"]
      AvailabilityBurnFast5m  = [300, 14.4, "IF(requests >= 1, errors / requests / 0.005, 0)"]
      AvailabilityBurnFast6h  = [21600, 6, "IF(requests >= 50, errors / requests / 0.005, 0)"]
      AvailabilityBurnFast30m = [1800, 6, "IF(requests >= 1, errors / requests / 0.005, 0)"]
      AvailabilityBurnSlow1d  = [86400, 3, "IF(requests >= 100, errors / requests / 0.005, 0)"]
      AvailabilityBurnSlow2h  = [7200, 3, "IF(requests >= 1, errors / requests / 0.005, 0)"]
      AvailabilityBurnSlow3d  = [259200, 1, "IF(requests >= 100, errors / requests / 0.005, 0)"]
      AvailabilityBurnSlow6h  = [21600, 1, "IF(requests >= 1, errors / requests / 0.005, 0)"]
      LatencyBurnFast1h       = [3600, 14.4, "IF(requests >= 50, errors / requests / 0.05, 0)"]
      LatencyBurnFast5m       = [300, 14.4, "IF(requests >= 1, errors / requests / 0.05, 0)"]
      LatencyBurnFast6h       = [21600, 6, "IF(requests >= 50, errors / requests / 0.05, 0)"]
      LatencyBurnFast30m      = [1800, 6, "IF(requests >= 1, errors / requests / 0.05, 0)"]
      LatencyBurnSlow1d       = [86400, 3, "IF(requests >= 100, errors / requests / 0.05, 0)"]
      LatencyBurnSlow2h       = [7200, 3, "IF(requests >= 1, errors / requests / 0.05, 0)"]
      LatencyBurnSlow3d       = [259200, 1, "IF(requests >= 100, errors / requests / 0.05, 0)"]
      LatencyBurnSlow6h       = [21600, 1, "IF(requests >= 1, errors / requests / 0.05, 0)"]
    }
    error_message = "A window of an objective has another length, burn rate, budget or least number of requests than the run book says."
  }

  assert {
    condition = aws_cloudwatch_composite_alarm.burn_rate["LatencyBurnFast"].alarm_rule == join("", [
      "(ALARM(\"goal-router-prod-LatencyBurnFast1h\") AND ALARM(\"goal-router-prod-LatencyBurnFast5m\"))",
      " OR (ALARM(\"goal-router-prod-LatencyBurnFast6h\") AND ALARM(\"goal-router-prod-LatencyBurnFast30m\"))",
    ])
    error_message = "A fast burn is not told by 1 h and 5 min, or 6 h and 30 min."
  }

  assert {
    condition = aws_cloudwatch_composite_alarm.burn_rate["AvailabilityBurnSlow"].alarm_rule == join("", [
      "(ALARM(\"goal-router-prod-AvailabilityBurnSlow1d\") AND ALARM(\"goal-router-prod-AvailabilityBurnSlow2h\"))",
      " OR (ALARM(\"goal-router-prod-AvailabilityBurnSlow3d\") AND ALARM(\"goal-router-prod-AvailabilityBurnSlow6h\"))",
    ])
    error_message = "A slow burn is not told by 1 day and 2 h, or 3 days and 6 h."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.burn_rate : !alarm.actions_enabled])
    error_message = "A single window notifies somebody."
  }
}

run "a_deployment_watches_the_alarms_that_are_made_for_it" {
  assert {
    condition     = toset(one(aws_ecs_service.service.alarms).alarm_names) == toset(["goal-router-prod-RollbackTargetErrors", "goal-router-prod-RollbackUnhealthyHosts"]) && one(aws_ecs_service.service.alarms).rollback
    error_message = "A deployment does not watch the rollback alarms."
  }

  # Three minutes at most, and silence is no reason to go back.
  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.rollback :
      alarm.evaluation_periods <= 3 && alarm.treat_missing_data == "notBreaching"
      && alltrue([for query in alarm.metric_query : alltrue([for metric in query.metric : metric.period == 60 && metric.namespace == "AWS/ApplicationELB"])])
    ])
    error_message = "A rollback alarm is slow, or is about something else than answers and health."
  }
}

run "statistics_fit_the_kind_of_the_metric" {
  # Counters add up; gauges have a worst task; of histograms there is the number.
  assert {
    condition = alltrue(flatten([
      for name, alarm in local.alarms : [
        for metric in alarm.metrics :
        endswith(metric.name, "_total") ? metric.stat == "Sum" :
        endswith(metric.name, "_duration_seconds") ? contains(["SampleCount", "Average"], metric.stat) :
        metric.name == "goal_router_ready" ? contains(["Minimum", "SampleCount"], metric.stat) : contains(["Minimum", "Maximum"], metric.stat)
        if !can(metric.namespace) && (startswith(metric.name, "goal_router_") || startswith(metric.name, "gen_ai_"))
      ]
    ]))
    error_message = "An alarm adds up a gauge, or takes the maximum of a counter or a histogram."
  }
}

run "what_is_read_is_produced" {
  # The metrics of the collector with their dimensions, such as `goal_router_holds_total: outcome`, and those of the metric filters.
  assert {
    condition = length(setsubtract(
      flatten([
        for alarm in merge(aws_cloudwatch_metric_alarm.threshold, aws_cloudwatch_metric_alarm.burn_rate) : [
          for query in alarm.metric_query : [
            for metric in query.metric : "${metric.metric_name}: ${join(", ", sort(keys(metric.dimensions == null ? {} : metric.dimensions)))}" if metric.namespace == local.metrics_namespace
          ]
        ]
      ]),
      concat(
        flatten([
          for declaration in yamldecode(file("../otel-collector.yaml")).exporters.awsemf.metric_declarations : [
            for selector in declaration.metric_name_selectors : [
              for dimensions in declaration.dimensions : "${trim(selector, "^$")}: ${join(", ", sort(dimensions))}"
            ]
          ]
        ]),
        [
          for filter in aws_cloudwatch_log_metric_filter.service :
          "${filter.metric_transformation[0].name}: ${join(", ", sort(keys(filter.metric_transformation[0].dimensions == null ? {} : filter.metric_transformation[0].dimensions)))}"
        ],
      ),
    )) == 0
    error_message = "An alarm watches a metric that neither the collector nor a metric filter produces, or with other dimensions."
  }

  # The same for the dashboard. An array names its metric, `SEARCH('{"namespace",dimension} MetricName="name"', ...)` all of a name.
  assert {
    condition = length(setsubtract(
      concat(
        flatten([
          for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : [
            for metric in try(widget.properties.metrics, []) :
            "${metric[1]}: ${join(", ", sort([for index in range(2, length(metric) - 1, 2) : metric[index]]))}" if metric[0] == local.metrics_namespace
          ]
        ]),
        [
          for search in regexall("SEARCH\\('\\{\\\\\"CloudAIRouter\\\\\",([a-z_,]+)\\} MetricName=\\\\\"([a-z0-9_]+)\\\\\"'", aws_cloudwatch_dashboard.main.dashboard_body) :
          "${search[1]}: ${join(", ", sort(split(",", search[0])))}"
        ],
      ),
      concat(
        flatten([
          for declaration in yamldecode(file("../otel-collector.yaml")).exporters.awsemf.metric_declarations : [
            for selector in declaration.metric_name_selectors : [
              for dimensions in declaration.dimensions : "${trim(selector, "^$")}: ${join(", ", sort(dimensions))}"
            ]
          ]
        ]),
        [
          for filter in aws_cloudwatch_log_metric_filter.service :
          "${filter.metric_transformation[0].name}: ${join(", ", sort(keys(filter.metric_transformation[0].dimensions == null ? {} : filter.metric_transformation[0].dimensions)))}"
        ],
      ),
    )) == 0
    error_message = "The dashboard shows a metric that neither the collector nor a metric filter produces, or with other dimensions."
  }

  assert {
    condition     = length(regexall("SEARCH\\('\\{", aws_cloudwatch_dashboard.main.dashboard_body)) == length(regexall("SEARCH\\('\\{\\\\\"CloudAIRouter\\\\\",[a-z_,]+\\} MetricName=\\\\\"[a-z0-9_]+\\\\\"'", aws_cloudwatch_dashboard.main.dashboard_body))
    error_message = "A search of the dashboard has another form than this test reads."
  }
}

run "metric_filters_keep_to_the_limits_of_cloudwatch" {
  assert {
    condition = alltrue([
      for filter in aws_cloudwatch_log_metric_filter.service :
      startswith(filter.pattern, "{ ($.event_type = \"") && endswith(filter.pattern, ") }") && length(filter.pattern) <= 1024
      && length(filter.metric_transformation[0].dimensions == null ? {} : filter.metric_transformation[0].dimensions) <= 3
      && (filter.metric_transformation[0].default_value == null || filter.metric_transformation[0].dimensions == null)
    ])
    error_message = "A metric filter is not by event, has more than three dimensions, or a default beside dimensions."
  }

  # A value that is read out of the line has no default: a 0 in each quiet minute would be in the percentiles.
  assert {
    condition = alltrue([
      for filter in aws_cloudwatch_log_metric_filter.service :
      filter.metric_transformation[0].default_value == null || filter.metric_transformation[0].value == "1"
    ])
    error_message = "A metric of measured values has a default."
  }

  # Never a client, a request or a path.
  assert {
    condition = alltrue([
      for filter in aws_cloudwatch_log_metric_filter.service :
      length(setsubtract(values(filter.metric_transformation[0].dimensions == null ? {} : filter.metric_transformation[0].dimensions), ["$.category", "$.model_id", "$.error_type"])) == 0
    ])
    error_message = "A dimension is not one of the closed sets."
  }
}

run "the_dashboard_has_what_was_promised" {
  assert {
    condition     = aws_cloudwatch_dashboard.main.dashboard_name == "ai-router-dashboard-prod"
    error_message = "The dashboard is called ${aws_cloudwatch_dashboard.main.dashboard_name}."
  }

  assert {
    condition = length(setsubtract(
      ["Requests by status", "Plans: p50, p95, p99", "Tokens an hour, by model and type", "Cost guard: refusals by reason", "Requests by category", "Cost an hour, by model", "Budget of the day (UTC)", "Alarms, the last to change first"],
      [for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : try(widget.properties.title, "")],
    )) == 0
    error_message = "The dashboard lacks a widget."
  }

  assert {
    condition = alltrue([
      for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : widget.x + widget.width <= 24
      ]) && length(distinct([
        for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : "${widget.x} ${widget.y}"
    ])) == length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets)
    error_message = "Widgets stick out of the dashboard, or lie on each other."
  }

  # CloudWatch allows 100.
  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : length(widget.properties.alarms) if widget.type == "alarm"
    ] == [length(aws_cloudwatch_metric_alarm.threshold) + length(aws_cloudwatch_composite_alarm.burn_rate) + length(aws_cloudwatch_metric_alarm.rollback)]
    error_message = "The dashboard does not show all alarms."
  }

  # The names in italics of the run book's part on AWS, and of the paragraphs on AWS among the alerts.
  assert {
    condition = length(setsubtract(
      flatten([
        for paragraph in concat(
          regexall("(?s)\\*\\*On AWS\\.\\*\\* (.*?)\\n\\n", file("../docs/operations.md")),
          regexall("(?s)\\*\\*Look\\.\\*\\* (.*?)\\n\\n", split("\n## ", split("\n## Alarms on AWS\n", file("../docs/operations.md"))[1])[0]),
        ) : regexall("\\*([^*]+)\\*", replace(paragraph[0], "\n", " "))
      ]),
      [for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : try(widget.properties.title, "")],
    )) == 0
    error_message = "The run book names a widget that the dashboard has not."
  }
}

run "the_questions_of_the_run_book_are_saved_queries" {
  assert {
    condition     = length(aws_cloudwatch_query_definition.question) >= 20 && alltrue([for query in aws_cloudwatch_query_definition.question : query.log_group_names == tolist(["/goal-router/prod/service"])])
    error_message = "There are ${length(aws_cloudwatch_query_definition.question)} saved queries."
  }

  assert {
    condition     = alltrue([for question, query in aws_cloudwatch_query_definition.question : strcontains(file("../docs/operations.md"), "### ${question}\n") && strcontains(file("../docs/operations.md"), "```sql\n${query.query_string}\n```")])
    error_message = "A saved query is not the run book's."
  }

  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : widget.properties.query if try(widget.properties.title, "") == "Are there more errors than usual?" || try(widget.properties.title, "") == "Which errors are they?"
    ] == ["SOURCE '/goal-router/prod/service' | ${aws_cloudwatch_query_definition.question["Which errors are they?"].query_string}"]
    error_message = "The dashboard asks the log something else than the run book."
  }
}

run "logs_are_kept_for_a_while_and_encrypted" {
  variables {
    log_retention_days         = 90
    metrics_log_retention_days = 14
  }

  assert {
    condition = alltrue([
      for group in [aws_cloudwatch_log_group.service, aws_cloudwatch_log_group.collector] : group.retention_in_days == 90 && group.kms_key_id == aws_kms_key.main.arn
      ]) && alltrue([
      for group in [aws_cloudwatch_log_group.metrics, aws_cloudwatch_log_group.container_insights] : group.retention_in_days == 14 && group.kms_key_id == aws_kms_key.main.arn
    ])
    error_message = "A log group is kept for another time, or not encrypted with our key."
  }

  assert {
    condition = [
      aws_cloudwatch_log_group.service.name, aws_cloudwatch_log_group.collector.name, aws_cloudwatch_log_group.metrics.name, aws_cloudwatch_log_group.container_insights.name,
    ] == ["/goal-router/prod/service", "/goal-router/prod/collector", "/goal-router/prod/metrics", "/aws/ecs/containerinsights/goal-router-prod/performance"]
    error_message = "A log group has another name than its writer uses."
  }
}

run "the_bill_of_the_account_is_watched" {
  assert {
    condition = toset([for notification in aws_budgets_budget.monthly[0].notification : "${notification.notification_type} ${notification.threshold} ${notification.threshold_type}"]) == toset([
      "ACTUAL 50 PERCENTAGE", "ACTUAL 80 PERCENTAGE", "ACTUAL 100 PERCENTAGE", "FORECASTED 100 PERCENTAGE",
    ]) && aws_budgets_budget.monthly[0].limit_amount == "1000" && aws_budgets_budget.monthly[0].time_unit == "MONTHLY"
    error_message = "The monthly budget is another, or is told of at other shares."
  }
}

run "an_environment_has_alarms_only_for_what_it_has" {
  command = plan

  variables {
    environment          = "dev"
    domain_name          = null
    zone_id              = null
    llm_models           = ["offline"]
    redis_enabled        = false
    spool_storage        = "task"
    outage_allowance_usd = 0
    monthly_budget_usd   = 0
    container_insights   = "disabled"
    nat                  = "none"
    interface_endpoints  = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "bedrock-runtime", "xray"]
  }

  # It says that keys travel in plain text, which is not what this is about.
  expect_failures = [check.plain_http]

  assert {
    condition = length([
      for name in keys(local.alarms) : name if can(regex("^(Model|Breaker|RateLimit|Certificate|Outage|Waste|Nat|Tasks|ContainerRestarted|MetricsIncomplete)", name))
    ]) == 0
    error_message = "There are alarms for models, a cache, a certificate, an allowance or tasks that this environment does not have or count."
  }

  assert {
    condition     = length(aws_budgets_budget.monthly) == 0 && length(local.alarms) > 25
    error_message = "There is a budget that nobody set, or there are hardly any alarms."
  }

  assert {
    condition     = local.metrics_namespace == "CloudAIRouter-dev" && strcontains(aws_cloudwatch_log_metric_filter.service["plan_errors"].metric_transformation[0].namespace, "CloudAIRouter-dev")
    error_message = "The metrics of dev would be those of production."
  }
}

run "alarms_can_be_silenced" {
  variables {
    alarm_actions_enabled = false
  }

  assert {
    condition     = alltrue([for alarm in merge(aws_cloudwatch_metric_alarm.threshold, aws_cloudwatch_metric_alarm.rollback, aws_cloudwatch_composite_alarm.burn_rate) : !alarm.actions_enabled])
    error_message = "An alarm still notifies."
  }
}

run "thresholds_follow_the_settings" {
  variables {
    max_in_flight               = 1000
    llm_attempt_timeout_seconds = 30
    outage_allowance_usd        = 10
    extra_environment           = { SPOOL_MAX_MB = "64" }
    alarm_thresholds            = { in_flight_percent = 50 }
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.threshold["InFlightNearLimit"].threshold,
      aws_cloudwatch_metric_alarm.threshold["ModelSlow-global.anthropic.claude-haiku-5-5"].threshold,
      aws_cloudwatch_metric_alarm.threshold["OutageAllowanceLow"].threshold,
      aws_cloudwatch_metric_alarm.threshold["SpoolNearlyFull"].threshold,
    ] == [500, 24000, 2, 33554432]
    error_message = "A threshold does not follow the setting that it is a share of."
  }
}

run "what_cannot_be_meant_is_refused" {
  command = plan

  variables {
    alarm_emails               = { page = ["nobody"] }
    runbook_url                = "docs/operations.md"
    log_retention_days         = 31
    metrics_log_retention_days = 365
    monthly_budget_usd         = -1
    alarm_thresholds           = { cpu_percent = 120 }
  }

  expect_failures = [
    var.alarm_emails,
    var.runbook_url,
    var.log_retention_days,
    var.metrics_log_retention_days,
    var.monthly_budget_usd,
    var.alarm_thresholds,
  ]
}

# Is there room for more?

locals {
  dashboard_capacity_rows = [
    { height = 1, widgets = [{ type = "text", width = 24, properties = { markdown = "## Capacity" } }] },
    {
      height = 6
      widgets = [
        {
          type  = "metric"
          width = 8
          properties = {
            title       = "Tasks"
            period      = 60
            annotations = { horizontal = [{ label = "maximum", value = var.max_tasks }, { label = "minimum", value = var.min_tasks }] }
            metrics = concat(
              [
                for metric in [
                  ["ECS/ContainerInsights", "DesiredTaskCount", "ClusterName", local.name, "ServiceName", local.name, { label = "desired", stat = "Average" }],
                  ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", local.name, "ServiceName", local.name, { label = "running", stat = "Average" }],
                  ["ECS/ContainerInsights", "PendingTaskCount", "ClusterName", local.name, "ServiceName", local.name, { label = "pending", stat = "Average" }],
                  ["ECS/ContainerInsights", "RestartCount", "ClusterName", local.name, "ServiceName", local.name, { label = "restarts of a container", stat = "Maximum", yAxis = "right" }],
                ] : metric if local.container_insights
              ],
              # Without Container Insights nobody counts tasks. But each task reports this gauge once a minute.
              [
                for metric in [
                  [local.metrics_namespace, "goal_router_ready", { label = "that report metrics", stat = "SampleCount" }],
                ] : metric if !local.container_insights
              ],
            )
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title  = "CPU and memory, in per cent of a task"
            period = 60
            yAxis  = { left = { min = 0, max = 100, showUnits = false } }
            metrics = [
              ["AWS/ECS", "CPUUtilization", "ClusterName", local.name, "ServiceName", local.name, { label = "CPU, mean", stat = "Average" }],
              ["AWS/ECS", "CPUUtilization", "ClusterName", local.name, "ServiceName", local.name, { label = "CPU, busiest task", stat = "Maximum" }],
              ["AWS/ECS", "MemoryUtilization", "ClusterName", local.name, "ServiceName", local.name, { label = "memory, largest task", stat = "Maximum" }],
              [local.metrics_namespace, "process_resident_memory_bytes", { label = "bytes of the service alone", stat = "Maximum", yAxis = "right" }],
            ]
          }
        },
        {
          type  = "metric"
          width = 8
          properties = {
            title       = "In progress, in the fullest task"
            period      = 60
            annotations = { horizontal = [{ label = "MAX_IN_FLIGHT", value = var.max_in_flight }] }
            metrics = [
              [local.metrics_namespace, "goal_router_in_flight_plans", { label = "plans", stat = "Maximum" }],
              [local.metrics_namespace, "http_server_active_requests", { label = "requests", stat = "Maximum" }],
            ]
          }
        },
      ]
    },
  ]
}

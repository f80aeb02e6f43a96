// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export type AlertPolicy = {
  alerts: {
    email: string[];
    slack: {
      channel: string;
      url: string;
    }[];
  };
  compare: "GreaterThan" | "LessThan";
  description: string;
  enabled: boolean;
  entities: string[];
  tags: string[];
  type:
    | "v1/insights/droplet/load_1"
    | "v1/insights/droplet/load_5"
    | "v1/insights/droplet/load_15"
    | "v1/insights/droplet/memory_utilization_percent"
    | "v1/insights/droplet/disk_utilization_percent"
    | "v1/insights/droplet/cpu"
    | "v1/insights/droplet/disk_read"
    | "v1/insights/droplet/disk_write"
    | "v1/insights/droplet/public_outbound_bandwidth"
    | "v1/insights/droplet/public_inbound_bandwidth"
    | "v1/insights/droplet/private_outbound_bandwidth"
    | "v1/insights/droplet/private_inbound_bandwidth"
    | "v1/insights/lbaas/avg_cpu_utilization_percent"
    | "v1/insights/lbaas/connection_utilization_percent"
    | "v1/insights/lbaas/droplet_health"
    | "v1/insights/lbaas/tls_connections_per_second_utilization_percent"
    | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx"
    | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx"
    | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx"
    | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx"
    | "v1/insights/lbaas/high_http_request_response_time"
    | "v1/insights/lbaas/high_http_request_response_time_50p"
    | "v1/insights/lbaas/high_http_request_response_time_95p"
    | "v1/insights/lbaas/high_http_request_response_time_99p"
    | "v1/dbaas/alerts/load_15_alerts"
    | "v1/dbaas/alerts/memory_utilization_alerts"
    | "v1/dbaas/alerts/disk_utilization_alerts"
    | "v1/dbaas/alerts/cpu_alerts"
    | "v1/droplet/autoscale_alerts/current_instances"
    | "v1/droplet/autoscale_alerts/target_instances"
    | "v1/droplet/autoscale_alerts/current_cpu_utilization"
    | "v1/droplet/autoscale_alerts/target_cpu_utilization"
    | "v1/droplet/autoscale_alerts/current_memory_utilization"
    | "v1/droplet/autoscale_alerts/target_memory_utilization"
    | "v1/droplet/autoscale_alerts/scale_up"
    | "v1/droplet/autoscale_alerts/scale_down";
  uuid: string;
  value: number;
  window: "5m" | "10m" | "30m" | "1h";
};

export interface Bodies {
  "post /monitoring/alerts": {
    alerts: {
      email: string[];
      slack: {
        channel: string;
        url: string;
      }[];
    };
    compare: "GreaterThan" | "LessThan";
    description: string;
    enabled: boolean;
    entities: string[];
    tags: string[];
    type:
      | "v1/insights/droplet/load_1"
      | "v1/insights/droplet/load_5"
      | "v1/insights/droplet/load_15"
      | "v1/insights/droplet/memory_utilization_percent"
      | "v1/insights/droplet/disk_utilization_percent"
      | "v1/insights/droplet/cpu"
      | "v1/insights/droplet/disk_read"
      | "v1/insights/droplet/disk_write"
      | "v1/insights/droplet/public_outbound_bandwidth"
      | "v1/insights/droplet/public_inbound_bandwidth"
      | "v1/insights/droplet/private_outbound_bandwidth"
      | "v1/insights/droplet/private_inbound_bandwidth"
      | "v1/insights/lbaas/avg_cpu_utilization_percent"
      | "v1/insights/lbaas/connection_utilization_percent"
      | "v1/insights/lbaas/droplet_health"
      | "v1/insights/lbaas/tls_connections_per_second_utilization_percent"
      | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx"
      | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx"
      | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx"
      | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx"
      | "v1/insights/lbaas/high_http_request_response_time"
      | "v1/insights/lbaas/high_http_request_response_time_50p"
      | "v1/insights/lbaas/high_http_request_response_time_95p"
      | "v1/insights/lbaas/high_http_request_response_time_99p"
      | "v1/dbaas/alerts/load_15_alerts"
      | "v1/dbaas/alerts/memory_utilization_alerts"
      | "v1/dbaas/alerts/disk_utilization_alerts"
      | "v1/dbaas/alerts/cpu_alerts"
      | "v1/droplet/autoscale_alerts/current_instances"
      | "v1/droplet/autoscale_alerts/target_instances"
      | "v1/droplet/autoscale_alerts/current_cpu_utilization"
      | "v1/droplet/autoscale_alerts/target_cpu_utilization"
      | "v1/droplet/autoscale_alerts/current_memory_utilization"
      | "v1/droplet/autoscale_alerts/target_memory_utilization"
      | "v1/droplet/autoscale_alerts/scale_up"
      | "v1/droplet/autoscale_alerts/scale_down";
    value: number;
    window: "5m" | "10m" | "30m" | "1h";
  };
}

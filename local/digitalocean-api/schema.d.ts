// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the Apache License 2.0
// (LICENSE beside this file). Changed: turned into TypeScript's types, with names for what is used twice; left out are
// descriptions, examples, headers, parameters, and the paths that nobody here calls.
export interface paths {
    "/v2/account": {
        get: operations["account_get"];
    };
    "/v2/account/keys": {
        get: operations["sshKeys_list"];
        post: operations["sshKeys_create"];
    };
    "/v2/account/keys/{ssh_key_identifier}": {
        get: operations["sshKeys_get"];
        put: operations["sshKeys_update"];
        delete: operations["sshKeys_delete"];
    };
    "/v2/actions": {
        get: operations["actions_list"];
    };
    "/v2/actions/{action_id}": {
        get: operations["actions_get"];
    };
    "/v2/customers/my/balance": {
        get: operations["balance_get"];
    };
    "/v2/domains": {
        get: operations["domains_list"];
        post: operations["domains_create"];
    };
    "/v2/domains/{domain_name}": {
        get: operations["domains_get"];
        delete: operations["domains_delete"];
    };
    "/v2/domains/{domain_name}/records": {
        get: operations["domains_list_records"];
        post: operations["domains_create_record"];
    };
    "/v2/domains/{domain_name}/records/{domain_record_id}": {
        get: operations["domains_get_record"];
        put: operations["domains_update_record"];
        delete: operations["domains_delete_record"];
        patch: operations["domains_patch_record"];
    };
    "/v2/droplets": {
        get: operations["droplets_list"];
        post: operations["droplets_create"];
        delete: operations["droplets_destroy_byTag"];
    };
    "/v2/droplets/{droplet_id}": {
        get: operations["droplets_get"];
        delete: operations["droplets_destroy"];
    };
    "/v2/droplets/{droplet_id}/backups": {
        get: operations["droplets_list_backups"];
    };
    "/v2/droplets/{droplet_id}/backups/policy": {
        get: operations["droplets_get_backup_policy"];
    };
    "/v2/droplets/backups/policies": {
        get: operations["droplets_list_backup_policies"];
    };
    "/v2/droplets/backups/supported_policies": {
        get: operations["droplets_list_supported_backup_policies"];
    };
    "/v2/droplets/{droplet_id}/snapshots": {
        get: operations["droplets_list_snapshots"];
    };
    "/v2/droplets/{droplet_id}/actions": {
        get: operations["dropletActions_list"];
        post: operations["dropletActions_post"];
    };
    "/v2/droplets/actions": {
        post: operations["dropletActions_post_byTag"];
    };
    "/v2/droplets/{droplet_id}/actions/{action_id}": {
        get: operations["dropletActions_get"];
    };
    "/v2/droplets/{droplet_id}/kernels": {
        get: operations["droplets_list_kernels"];
    };
    "/v2/droplets/{droplet_id}/firewalls": {
        get: operations["droplets_list_firewalls"];
    };
    "/v2/droplets/{droplet_id}/neighbors": {
        get: operations["droplets_list_neighbors"];
    };
    "/v2/droplets/{droplet_id}/destroy_with_associated_resources": {
        get: operations["droplets_list_associatedResources"];
    };
    "/v2/droplets/{droplet_id}/destroy_with_associated_resources/selective": {
        delete: operations["droplets_destroy_withAssociatedResourcesSelective"];
    };
    "/v2/droplets/{droplet_id}/destroy_with_associated_resources/dangerous": {
        delete: operations["droplets_destroy_withAssociatedResourcesDangerous"];
    };
    "/v2/droplets/{droplet_id}/destroy_with_associated_resources/status": {
        get: operations["droplets_get_DestroyAssociatedResourcesStatus"];
    };
    "/v2/droplets/{droplet_id}/destroy_with_associated_resources/retry": {
        post: operations["droplets_destroy_retryWithAssociatedResources"];
    };
    "/v2/firewalls": {
        get: operations["firewalls_list"];
        post: operations["firewalls_create"];
    };
    "/v2/firewalls/{firewall_id}": {
        get: operations["firewalls_get"];
        put: operations["firewalls_update"];
        delete: operations["firewalls_delete"];
    };
    "/v2/firewalls/{firewall_id}/droplets": {
        post: operations["firewalls_assign_droplets"];
        delete: operations["firewalls_delete_droplets"];
    };
    "/v2/firewalls/{firewall_id}/tags": {
        post: operations["firewalls_add_tags"];
        delete: operations["firewalls_delete_tags"];
    };
    "/v2/firewalls/{firewall_id}/rules": {
        post: operations["firewalls_add_rules"];
        delete: operations["firewalls_delete_rules"];
    };
    "/v2/floating_ips": {
        get: operations["floatingIPs_list"];
        post: operations["floatingIPs_create"];
    };
    "/v2/floating_ips/{floating_ip}": {
        get: operations["floatingIPs_get"];
        delete: operations["floatingIPs_delete"];
    };
    "/v2/floating_ips/{floating_ip}/actions": {
        get: operations["floatingIPsAction_list"];
        post: operations["floatingIPsAction_post"];
    };
    "/v2/floating_ips/{floating_ip}/actions/{action_id}": {
        get: operations["floatingIPsAction_get"];
    };
    "/v2/images": {
        get: operations["images_list"];
        post: operations["images_create_custom"];
    };
    "/v2/images/{image_id}": {
        get: operations["images_get"];
        put: operations["images_update"];
        delete: operations["images_delete"];
    };
    "/v2/images/{image_id}/account_transfer": {
        post: operations["images_post_account_transfer_create"];
    };
    "/v2/images/{image_id}/account_transfer/accept": {
        post: operations["images_post_account_transfer_accept"];
    };
    "/v2/images/{image_id}/account_transfer/cancel": {
        post: operations["images_post_account_transfer_cancel"];
    };
    "/v2/images/{image_id}/account_transfer/decline": {
        post: operations["images_post_account_transfer_decline"];
    };
    "/v2/images/{image_id}/actions": {
        get: operations["imageActions_list"];
        post: operations["imageActions_post"];
    };
    "/v2/images/{image_id}/actions/{action_id}": {
        get: operations["imageActions_get"];
    };
    "/v2/monitoring/alerts": {
        get: operations["monitoring_list_alertPolicy"];
        post: operations["monitoring_create_alertPolicy"];
    };
    "/v2/monitoring/alerts/{alert_uuid}": {
        get: operations["monitoring_get_alertPolicy"];
        put: operations["monitoring_update_alertPolicy"];
        delete: operations["monitoring_delete_alertPolicy"];
    };
    "/v2/projects": {
        get: operations["projects_list"];
        post: operations["projects_create"];
    };
    "/v2/projects/default": {
        get: operations["projects_get_default"];
        put: operations["projects_update_default"];
        patch: operations["projects_patch_default"];
    };
    "/v2/projects/{project_id}": {
        get: operations["projects_get"];
        put: operations["projects_update"];
        delete: operations["projects_delete"];
        patch: operations["projects_patch"];
    };
    "/v2/projects/{project_id}/resources": {
        get: operations["projects_list_resources"];
        post: operations["projects_assign_resources"];
    };
    "/v2/projects/default/resources": {
        get: operations["projects_list_resources_default"];
        post: operations["projects_assign_resources_default"];
    };
    "/v2/regions": {
        get: operations["regions_list"];
    };
    "/v2/reserved_ips": {
        get: operations["reservedIPs_list"];
        post: operations["reservedIPs_create"];
    };
    "/v2/reserved_ips/{reserved_ip}": {
        get: operations["reservedIPs_get"];
        delete: operations["reservedIPs_delete"];
    };
    "/v2/reserved_ips/{reserved_ip}/actions": {
        get: operations["reservedIPsActions_list"];
        post: operations["reservedIPsActions_post"];
    };
    "/v2/reserved_ips/{reserved_ip}/actions/{action_id}": {
        get: operations["reservedIPsActions_get"];
    };
    "/v2/reserved_ipv6": {
        get: operations["reservedIPv6_list"];
        post: operations["reservedIPv6_create"];
    };
    "/v2/reserved_ipv6/{reserved_ipv6}": {
        get: operations["reservedIPv6_get"];
        delete: operations["reservedIPv6_delete"];
    };
    "/v2/reserved_ipv6/{reserved_ipv6}/actions": {
        post: operations["reservedIPv6Actions_post"];
    };
    "/v2/sizes": {
        get: operations["sizes_list"];
    };
    "/v2/snapshots": {
        get: operations["snapshots_list"];
    };
    "/v2/snapshots/{snapshot_id}": {
        get: operations["snapshots_get"];
        delete: operations["snapshots_delete"];
    };
    "/v2/tags": {
        get: operations["tags_list"];
        post: operations["tags_create"];
    };
    "/v2/tags/{tag_id}": {
        get: operations["tags_get"];
        delete: operations["tags_delete"];
    };
    "/v2/tags/{tag_id}/resources": {
        post: operations["tags_assign_resources"];
        delete: operations["tags_unassign_resources"];
    };
    "/v2/volumes": {
        get: operations["volumes_list"];
        post: operations["volumes_create"];
        delete: operations["volumes_delete_byName"];
    };
    "/v2/volumes/actions": {
        post: operations["volumeActions_post"];
    };
    "/v2/volumes/snapshots/{snapshot_id}": {
        get: operations["volumeSnapshots_get_byId"];
        delete: operations["volumeSnapshots_delete_byId"];
    };
    "/v2/volumes/{volume_id}": {
        get: operations["volumes_get"];
        delete: operations["volumes_delete"];
    };
    "/v2/volumes/{volume_id}/actions": {
        get: operations["volumeActions_list"];
        post: operations["volumeActions_post_byId"];
    };
    "/v2/volumes/{volume_id}/actions/{action_id}": {
        get: operations["volumeActions_get"];
    };
    "/v2/volumes/{volume_id}/snapshots": {
        get: operations["volumeSnapshots_list"];
        post: operations["volumeSnapshots_create"];
    };
    "/v2/vpcs": {
        get: operations["vpcs_list"];
        post: operations["vpcs_create"];
    };
    "/v2/vpcs/{vpc_id}": {
        get: operations["vpcs_get"];
        put: operations["vpcs_update"];
        delete: operations["vpcs_delete"];
        patch: operations["vpcs_patch"];
    };
    "/v2/vpcs/{vpc_id}/members": {
        get: operations["vpcs_list_members"];
    };
    "/v2/vpcs/{vpc_id}/peerings": {
        get: operations["vpcs_list_peerings"];
        post: operations["vpcs_create_peerings"];
    };
    "/v2/vpcs/{vpc_id}/peerings/{vpc_peering_id}": {
        patch: operations["vpcs_patch_peerings"];
    };
    "/v2/uptime/checks": {
        get: operations["uptime_list_checks"];
        post: operations["uptime_create_check"];
    };
    "/v2/uptime/checks/{check_id}": {
        get: operations["uptime_get_check"];
        put: operations["uptime_update_check"];
        delete: operations["uptime_delete_check"];
    };
    "/v2/uptime/checks/{check_id}/state": {
        get: operations["uptime_get_checkState"];
    };
    "/v2/uptime/checks/{check_id}/alerts": {
        get: operations["uptime_list_alerts"];
        post: operations["uptime_create_alert"];
    };
    "/v2/uptime/checks/{check_id}/alerts/{alert_id}": {
        get: operations["uptime_get_alert"];
        put: operations["uptime_update_alert"];
        delete: operations["uptime_delete_alert"];
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        tags_list_401: {
            id: string;
            message: string;
            request_id?: string;
        };
        sshKeys_get_parameters_0_0: number;
        sshKeys_get_parameters_0_1: string;
        sshKeys_update_name: string;
        sshKeys_create: {
            id?: components["schemas"]["sshKeys_get_parameters_0_0"];
            fingerprint?: components["schemas"]["sshKeys_get_parameters_0_1"];
            public_key: string;
            name: components["schemas"]["sshKeys_update_name"];
        };
        tags_list_200_1: {
            links?: {
                pages?: ({
                    last?: string;
                } & {
                    next?: string;
                }) | ({
                    first?: string;
                } & {
                    prev?: string;
                }) | unknown;
            };
        };
        billingHistory_list_200_2_meta: {
            total?: number;
        };
        tags_list_200_2: {
            meta: components["schemas"]["billingHistory_list_200_2_meta"] & unknown;
        };
        regions_list_200_0_regions_items: {
            name: string;
            slug: string;
            features: string[];
            available: boolean;
            sizes: string[];
        };
        imageActions_post_201: {
            id?: number;
            /**
             * @default in-progress
             * @enum {string}
             */
            status?: "in-progress" | "completed" | "errored";
            type?: string;
            /** Format: date-time */
            started_at?: string;
            /** Format: date-time */
            completed_at?: string | null;
            resource_id?: number | null;
            resource_type?: string;
            region?: components["schemas"]["regions_list_200_0_regions_items"];
            region_slug?: string | null;
        };
        domains_create: {
            name?: string;
            ip_address?: string;
            readonly ttl?: number | null;
            readonly zone_file?: string | null;
        };
        domains_update_record: {
            readonly id?: number;
            type: string;
            name?: string;
            data?: string;
            priority?: number | null;
            port?: number | null;
            ttl?: number;
            weight?: number | null;
            flags?: number | null;
            tag?: string | null;
        };
        sizes_list_200_0_sizes_items_disk_info_items: {
            /** @enum {string} */
            type?: "local" | "boot" | "scratch";
            size?: {
                amount?: number;
                unit?: string;
            };
        };
        /** @deprecated */
        droplets_list_kernels_200_0_kernels_items: {
            id?: number;
            name?: string;
            version?: string;
        } | null;
        images_update_name: string;
        /** @enum {string} */
        images_update_distribution: "Arch Linux" | "CentOS" | "CoreOS" | "Debian" | "Fedora" | "Fedora Atomic" | "FreeBSD" | "Gentoo" | "openSUSE" | "RancherOS" | "Rocky Linux" | "Ubuntu" | "Unknown";
        /** @enum {string} */
        volumes_list_parameters_1: "ams1" | "ams2" | "ams3" | "blr1" | "fra1" | "lon1" | "nyc1" | "nyc2" | "nyc3" | "sfo1" | "sfo2" | "sfo3" | "sgp1" | "tor1" | "syd1";
        images_update_description: string;
        volumeSnapshots_create_tags: string[] | null;
        images_create_custom_202_image: {
            readonly id?: number;
            name?: components["schemas"]["images_update_name"];
            /** @enum {string} */
            type?: "base" | "snapshot" | "backup" | "custom" | "admin";
            distribution?: components["schemas"]["images_update_distribution"];
            slug?: string | null;
            public?: boolean;
            regions?: components["schemas"]["volumes_list_parameters_1"][];
            /** Format: date-time */
            created_at?: string;
            min_disk_size?: number | null;
            /** Format: float */
            size_gigabytes?: number | null;
            description?: components["schemas"]["images_update_description"];
            tags?: components["schemas"]["volumeSnapshots_create_tags"];
            /** @enum {string} */
            status?: "NEW" | "available" | "pending" | "deleted" | "retired";
            error_message?: string;
        };
        sizes_list_200_0_sizes_items: {
            slug: string;
            memory: number;
            vcpus: number;
            disk: number;
            /** Format: float */
            transfer: number;
            /** Format: float */
            price_monthly: number;
            /** Format: float */
            price_hourly: number;
            regions: string[];
            /** @default true */
            available: boolean;
            description: string;
            disk_info?: {
                /** @enum {string} */
                type?: "local" | "boot" | "scratch";
                size?: {
                    amount?: number;
                    unit?: string;
                };
            }[];
            gpu_info?: {
                count?: number;
                model?: string;
                vram?: {
                    amount?: number;
                    unit?: string;
                };
            };
        };
        sizes_list_200_0_sizes_items_gpu_info: {
            count?: number;
            model?: string;
            vram?: {
                amount?: number;
                unit?: string;
            };
        };
        droplets_get_200_droplet: {
            id: number;
            name: string;
            memory: number;
            vcpus: number;
            disk: number;
            disk_info?: components["schemas"]["sizes_list_200_0_sizes_items_disk_info_items"][];
            locked: boolean;
            /** @enum {string} */
            status: "new" | "active" | "off" | "archive";
            kernel?: components["schemas"]["droplets_list_kernels_200_0_kernels_items"];
            /** Format: date-time */
            created_at: string;
            features: string[];
            backup_ids: number[];
            next_backup_window: ({
                /** Format: date-time */
                start?: string;
                /** Format: date-time */
                end?: string;
            } | null) & unknown;
            snapshot_ids: number[];
            image: components["schemas"]["images_create_custom_202_image"] & unknown;
            volume_ids: string[];
            size: components["schemas"]["sizes_list_200_0_sizes_items"];
            size_slug: string;
            networks: {
                v4?: {
                    /** Format: ipv4 */
                    ip_address?: string;
                    /** Format: ipv4 */
                    netmask?: string;
                    gateway?: string;
                    /** @enum {string} */
                    type?: "public" | "private";
                }[];
                v6?: {
                    /** Format: ipv6 */
                    ip_address?: string;
                    netmask?: number;
                    /** Format: ipv6 */
                    gateway?: string;
                    /** @enum {string} */
                    type?: "public";
                }[];
            };
            region: components["schemas"]["regions_list_200_0_regions_items"];
            tags: string[];
            vpc_uuid?: string;
            gpu_info?: components["schemas"]["sizes_list_200_0_sizes_items_gpu_info"];
        };
        dropletActions_post_1_1_backup_policy_0: {
            /** @enum {string} */
            plan?: "daily" | "weekly";
            /** @enum {string} */
            weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
            /** @enum {integer} */
            hour?: 0 | 4 | 8 | 12 | 16 | 20;
            readonly window_length_hours?: number;
            readonly retention_period_days?: number;
        };
        droplets_create_0_1: {
            region?: string;
            size: string;
            image: string | number;
            /** @default [] */
            ssh_keys?: (string | number)[];
            /** @default false */
            backups?: boolean;
            backup_policy?: components["schemas"]["dropletActions_post_1_1_backup_policy_0"] & unknown;
            /** @default false */
            ipv6?: boolean;
            /** @default false */
            monitoring?: boolean;
            /** @default [] */
            tags?: string[] | null;
            user_data?: string;
            /**
             * @deprecated
             * @default false
             */
            private_networking?: boolean;
            /** @default [] */
            volumes?: string[];
            vpc_uuid?: string;
            with_droplet_agent?: boolean;
            /** @default true */
            public_networking?: boolean;
        };
        floatingIPs_create_202_links_actions_items: {
            id?: number;
            rel?: string;
            /** Format: uri */
            href?: string;
        };
        snapshots_get_200_snapshot_1: {
            name: string;
            /** Format: date-time */
            created_at: string;
            regions: string[];
            min_disk_size: number;
            /** Format: float */
            size_gigabytes: number;
        };
        droplets_get_200_droplet_next_backup_window_0: {
            /** Format: date-time */
            start?: string;
            /** Format: date-time */
            end?: string;
        } | null;
        droplets_get_backup_policy_200_policy: {
            droplet_id?: number;
            backup_enabled?: boolean;
            backup_policy?: components["schemas"]["dropletActions_post_1_1_backup_policy_0"] & unknown;
            next_backup_window?: components["schemas"]["droplets_get_200_droplet_next_backup_window_0"] & unknown;
        };
        droplets_list_backups_200_0_backups_items: {
            id: number;
        } & components["schemas"]["snapshots_get_200_snapshot_1"] & {
            /** @enum {string} */
            type: "snapshot" | "backup";
        };
        dropletActions_post_byTag_0: {
            /** @enum {string} */
            type: "enable_backups" | "disable_backups" | "reboot" | "power_cycle" | "shutdown" | "power_off" | "power_on" | "restore" | "password_reset" | "resize" | "rebuild" | "rename" | "change_kernel" | "enable_ipv6" | "snapshot";
        };
        dropletActions_post_byTag_1: components["schemas"]["dropletActions_post_byTag_0"] & {
            name?: string;
        };
        firewalls_add_tags_tags_0: string[] | null;
        firewalls_add_rules_0_inbound_rules_items_0: {
            /** @enum {string} */
            protocol: "tcp" | "udp" | "icmp";
            ports: string;
        };
        firewalls_add_rules_0_inbound_rules_items_1_sources_0: {
            addresses?: string[];
            droplet_ids?: number[];
            load_balancer_uids?: string[];
            kubernetes_ids?: string[];
            tags?: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
        };
        firewalls_add_rules_0: {
            inbound_rules?: ({
                /** @enum {string} */
                protocol: "tcp" | "udp" | "icmp";
                ports: string;
            } & {
                sources: {
                    addresses?: string[];
                    droplet_ids?: number[];
                    load_balancer_uids?: string[];
                    kubernetes_ids?: string[];
                    tags?: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
                } & unknown;
            })[] | null;
            outbound_rules?: (components["schemas"]["firewalls_add_rules_0_inbound_rules_items_0"] & {
                destinations: components["schemas"]["firewalls_add_rules_0_inbound_rules_items_1_sources_0"] & unknown;
            })[] | null;
        };
        firewalls_create_0: {
            readonly id?: string;
            /** @enum {string} */
            readonly status?: "waiting" | "succeeded" | "failed";
            /** Format: date-time */
            readonly created_at?: string;
            readonly pending_changes?: {
                droplet_id?: number;
                removing?: boolean;
                status?: string;
            }[];
            name?: string;
            droplet_ids?: number[] | null;
            tags?: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
        } & components["schemas"]["firewalls_add_rules_0"];
        droplets_list_associatedResources_200_0_volumes_items: {
            id?: string;
            name?: string;
            cost?: string;
        };
        droplets_get_DestroyAssociatedResourcesStatus_200_droplet: {
            id?: string;
            name?: string;
            /** Format: date-time */
            destroyed_at?: string;
            error_message?: string;
        };
        floatingIPs_create_202_floating_ip: {
            /** Format: ipv4 */
            ip?: string;
            region?: components["schemas"]["regions_list_200_0_regions_items"] & Record<string, unknown>;
            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
            locked?: boolean;
            /** Format: uuid */
            project_id?: string;
        };
        floatingIPsAction_post_0_0: {
            /** @enum {string} */
            type: "assign" | "unassign";
        };
        images_update: {
            name?: string;
            /** @enum {string} */
            distribution?: "Arch Linux" | "CentOS" | "CoreOS" | "Debian" | "Fedora" | "Fedora Atomic" | "FreeBSD" | "Gentoo" | "openSUSE" | "RancherOS" | "Rocky Linux" | "Ubuntu" | "Unknown";
            description?: string;
        };
        imageActions_post_0: {
            /** @enum {string} */
            type: "convert" | "transfer";
        };
        monitoring_create_alertPolicy_alerts: {
            email: string[];
            slack: {
                channel: string;
                url: string;
            }[];
        };
        monitoring_create_alertPolicy_200_policy: {
            alerts: components["schemas"]["monitoring_create_alertPolicy_alerts"];
            /** @enum {string} */
            compare: "GreaterThan" | "LessThan";
            description: string;
            enabled: boolean;
            entities: string[];
            tags: string[];
            /** @enum {string} */
            type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
            uuid: string;
            /** Format: float */
            value: number;
            /** @enum {string} */
            window: "5m" | "10m" | "30m" | "1h";
        };
        monitoring_create_alertPolicy: {
            alerts: {
                email: string[];
                slack: {
                    channel: string;
                    url: string;
                }[];
            };
            /** @enum {string} */
            compare: "GreaterThan" | "LessThan";
            description: string;
            enabled: boolean;
            entities: string[];
            tags: string[];
            /** @enum {string} */
            type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
            /** Format: float */
            value: number;
            /** @enum {string} */
            window: "5m" | "10m" | "30m" | "1h";
        };
        projects_create_0: {
            /** Format: uuid */
            readonly id?: string;
            readonly owner_uuid?: string;
            readonly owner_id?: number;
            name?: string;
            description?: string;
            purpose?: string;
            /** @enum {string} */
            environment?: "Development" | "Staging" | "Production";
            /** Format: date-time */
            readonly created_at?: string;
            /** Format: date-time */
            readonly updated_at?: string;
        };
        projects_patch_default: components["schemas"]["projects_create_0"] & {
            is_default?: boolean;
        };
        monitoring_list_sinks_parameters_0: string;
        projects_assign_resources_default_200_resources_items: {
            urn?: components["schemas"]["monitoring_list_sinks_parameters_0"];
            /** Format: date-time */
            assigned_at?: string;
            links?: {
                /** Format: uri */
                self?: string;
            };
            /** @enum {string} */
            status?: "ok" | "not_found" | "assigned" | "already_assigned" | "service_down";
        };
        projects_assign_resources_default: {
            resources?: components["schemas"]["monitoring_list_sinks_parameters_0"][];
        };
        reservedIPs_create_202_reserved_ip: {
            /** Format: ipv4 */
            ip?: string;
            region?: components["schemas"]["regions_list_200_0_regions_items"] & Record<string, unknown>;
            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
            locked?: boolean;
            /** Format: uuid */
            project_id?: string;
        };
        reservedIPsActions_post_0_0: {
            /** @enum {string} */
            type: "assign" | "unassign";
        };
        reservedIPv6Actions_post_0_0: {
            /** @enum {string} */
            type: "assign" | "unassign";
        };
        snapshots_get_200_snapshot: {
            id: string;
        } & {
            name: string;
            /** Format: date-time */
            created_at: string;
            regions: string[];
            min_disk_size: number;
            /** Format: float */
            size_gigabytes: number;
        } & {
            resource_id: string;
            /** @enum {string} */
            resource_type: "droplet" | "volume";
            tags: string[] | null;
        };
        tags_create_resources_0: {
            count?: number;
            last_tagged_uri?: string;
        };
        tags_create: {
            name?: string;
            readonly resources?: {
                count?: number;
                last_tagged_uri?: string;
            } & {
                droplets?: unknown & components["schemas"]["tags_create_resources_0"];
                imgages?: unknown & components["schemas"]["tags_create_resources_0"];
                volumes?: unknown & components["schemas"]["tags_create_resources_0"];
                volume_snapshots?: unknown & components["schemas"]["tags_create_resources_0"];
                databases?: unknown & components["schemas"]["tags_create_resources_0"];
            };
        };
        tags_assign_resources: {
            resources: {
                resource_id?: string;
                /** @enum {string} */
                resource_type?: "droplet" | "image" | "volume" | "volume_snapshot";
            }[];
        };
        volumes_create_201_volume: {
            readonly id?: string;
            readonly droplet_ids?: number[] | null;
            name?: string;
            description?: string;
            size_gigabytes?: number;
            readonly created_at?: string;
            tags?: string[] | null;
        } & {
            readonly region?: unknown & components["schemas"]["regions_list_200_0_regions_items"];
            filesystem_type?: string;
            filesystem_label?: string;
        };
        volumes_create_0_0: {
            readonly id?: string;
            readonly droplet_ids?: number[] | null;
            name?: string;
            description?: string;
            size_gigabytes?: number;
            readonly created_at?: string;
            tags?: components["schemas"]["volumeSnapshots_create_tags"];
        };
        volumes_create_0_1: {
            snapshot_id?: string;
        };
        volumes_create_0_2: {
            filesystem_type?: string;
        };
        volumes_create_0_3_filesystem_label_0: string;
        volumeActions_post_0_0: {
            /** @enum {string} */
            type: "attach" | "detach" | "resize";
            region?: components["schemas"]["volumes_list_parameters_1"];
        };
        volumeActions_post_0_1_droplet_id: number;
        volumeActions_post_202_action: {
            type?: string;
            resource_id?: number | null;
        } & components["schemas"]["imageActions_post_201"];
        volumeActions_post_0: {
            /** @enum {string} */
            type: "attach" | "detach" | "resize";
            region?: components["schemas"]["volumes_list_parameters_1"];
        } & {
            droplet_id: number;
            tags?: components["schemas"]["volumeSnapshots_create_tags"];
        };
        volumeActions_post_1: components["schemas"]["volumeActions_post_0_0"] & {
            droplet_id: components["schemas"]["volumeActions_post_0_1_droplet_id"];
        };
        vpcs_create_0: {
            name?: string;
            description?: string;
        };
        vpcs_create_1: {
            region?: string;
            ip_range?: string;
        };
        vpcs_update_1: {
            default?: boolean;
        };
        vpcs_create_201_vpc: components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_create_1"] & components["schemas"]["vpcs_update_1"] & {
            /** Format: uuid */
            readonly id?: string;
            urn?: string;
            /** Format: date-time */
            readonly created_at?: string;
        };
        vpcs_patch_peerings_0: {
            name?: string;
        };
        vpcs_create_peerings_202_peering: {
            /** Format: uuid */
            readonly id?: string;
            /** Format: date-time */
            readonly created_at?: string;
            /** @enum {string} */
            readonly status?: "PROVISIONING" | "ACTIVE" | "DELETING";
        } & {
            vpc_ids?: string[];
        } & components["schemas"]["vpcs_patch_peerings_0"];
        uptime_create_check_0: {
            name?: string;
            /** @enum {string} */
            type?: "ping" | "http" | "https";
            /** Format: url */
            target?: string;
            regions?: ("us_east" | "us_west" | "eu_west" | "se_asia")[];
            /** @default true */
            enabled?: boolean;
        };
        uptime_create_check_201_check: {
            /** Format: uuid */
            readonly id?: string;
        } & components["schemas"]["uptime_create_check_0"];
        uptime_get_checkState_200_state_regions_us_east: {
            /** @enum {string} */
            status?: "DOWN" | "UP" | "CHECKING";
            status_changed_at?: string;
            thirty_day_uptime_percentage?: number;
        };
        uptime_update_alert_0: {
            name?: string;
            /** @enum {string} */
            type?: "latency" | "down" | "down_global" | "ssl_expiry";
            threshold?: number;
            /** @enum {string} */
            comparison?: "greater_than" | "less_than";
            notifications?: {
                email: string[];
                slack: {
                    /** Format: string */
                    channel: string;
                    /** Format: string */
                    url: string;
                }[];
            };
            /** @enum {string} */
            period?: "2m" | "3m" | "5m" | "10m" | "15m" | "30m" | "1h";
        };
        uptime_create_alert_0: {
            /** Format: uuid */
            readonly id?: string;
        } & components["schemas"]["uptime_update_alert_0"];
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    account_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        account?: {
                            droplet_limit: number;
                            floating_ip_limit: number;
                            email: string;
                            name?: string;
                            uuid: string;
                            /** @default false */
                            email_verified: boolean;
                            /**
                             * @default active
                             * @enum {string}
                             */
                            status: "active" | "warning" | "locked";
                            status_message: string;
                            team?: {
                                uuid?: string;
                                name?: string;
                            };
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sshKeys_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        ssh_keys?: components["schemas"]["sshKeys_create"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sshKeys_create: {
        requestBody: {
            content: {
                "application/json": {
                    id?: components["schemas"]["sshKeys_get_parameters_0_0"];
                    fingerprint?: components["schemas"]["sshKeys_get_parameters_0_1"];
                    public_key: string;
                    name: components["schemas"]["sshKeys_update_name"];
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        ssh_key?: components["schemas"]["sshKeys_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sshKeys_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        ssh_key?: components["schemas"]["sshKeys_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sshKeys_update: {
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        ssh_key?: components["schemas"]["sshKeys_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sshKeys_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    actions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    actions_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    balance_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        month_to_date_balance?: string;
                        account_balance?: string;
                        month_to_date_usage?: string;
                        /** Format: date-time */
                        generated_at?: string;
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        domains: components["schemas"]["domains_create"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_create: {
        requestBody?: {
            content: {
                "application/json": {
                    name?: string;
                    ip_address?: string;
                    readonly ttl?: number | null;
                    readonly zone_file?: string | null;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        domain?: components["schemas"]["domains_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        domain?: components["schemas"]["domains_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_list_records: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        domain_records?: components["schemas"]["domains_update_record"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_create_record: {
        requestBody?: {
            content: {
                "application/json": (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown) | (components["schemas"]["domains_update_record"] & unknown);
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        domain_record?: components["schemas"]["domains_update_record"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_get_record: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        domain_record?: components["schemas"]["domains_update_record"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_update_record: {
        requestBody?: {
            content: {
                "application/json": {
                    readonly id?: number;
                    type: string;
                    name?: string;
                    data?: string;
                    priority?: number | null;
                    port?: number | null;
                    ttl?: number;
                    weight?: number | null;
                    flags?: number | null;
                    tag?: string | null;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        domain_record?: components["schemas"]["domains_update_record"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_delete_record: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    domains_patch_record: {
        requestBody?: {
            content: {
                "application/json": components["schemas"]["domains_update_record"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        domain_record?: components["schemas"]["domains_update_record"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        droplets?: components["schemas"]["droplets_get_200_droplet"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_create: {
        requestBody?: {
            content: {
                "application/json": ({
                    name: string;
                } & {
                    region?: string;
                    size: string;
                    image: string | number;
                    /** @default [] */
                    ssh_keys?: (string | number)[];
                    /** @default false */
                    backups?: boolean;
                    backup_policy?: components["schemas"]["dropletActions_post_1_1_backup_policy_0"] & unknown;
                    /** @default false */
                    ipv6?: boolean;
                    /** @default false */
                    monitoring?: boolean;
                    /** @default [] */
                    tags?: string[] | null;
                    user_data?: string;
                    /**
                     * @deprecated
                     * @default false
                     */
                    private_networking?: boolean;
                    /** @default [] */
                    volumes?: string[];
                    vpc_uuid?: string;
                    with_droplet_agent?: boolean;
                    /** @default true */
                    public_networking?: boolean;
                }) | ({
                    names: string[];
                } & components["schemas"]["droplets_create_0_1"]);
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        droplet: components["schemas"]["droplets_get_200_droplet"];
                        links: {
                            actions?: components["schemas"]["floatingIPs_create_202_links_actions_items"][];
                        };
                    } | {
                        droplets: components["schemas"]["droplets_get_200_droplet"][];
                        links: {
                            actions?: components["schemas"]["floatingIPs_create_202_links_actions_items"][];
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_destroy_byTag: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        droplet?: {
                            id: number;
                            name: string;
                            memory: number;
                            vcpus: number;
                            disk: number;
                            disk_info?: components["schemas"]["sizes_list_200_0_sizes_items_disk_info_items"][];
                            locked: boolean;
                            /** @enum {string} */
                            status: "new" | "active" | "off" | "archive";
                            kernel?: components["schemas"]["droplets_list_kernels_200_0_kernels_items"];
                            /** Format: date-time */
                            created_at: string;
                            features: string[];
                            backup_ids: number[];
                            next_backup_window: ({
                                /** Format: date-time */
                                start?: string;
                                /** Format: date-time */
                                end?: string;
                            } | null) & unknown;
                            snapshot_ids: number[];
                            image: components["schemas"]["images_create_custom_202_image"] & unknown;
                            volume_ids: string[];
                            size: components["schemas"]["sizes_list_200_0_sizes_items"];
                            size_slug: string;
                            networks: {
                                v4?: {
                                    /** Format: ipv4 */
                                    ip_address?: string;
                                    /** Format: ipv4 */
                                    netmask?: string;
                                    gateway?: string;
                                    /** @enum {string} */
                                    type?: "public" | "private";
                                }[];
                                v6?: {
                                    /** Format: ipv6 */
                                    ip_address?: string;
                                    netmask?: number;
                                    /** Format: ipv6 */
                                    gateway?: string;
                                    /** @enum {string} */
                                    type?: "public";
                                }[];
                            };
                            region: components["schemas"]["regions_list_200_0_regions_items"];
                            tags: string[];
                            vpc_uuid?: string;
                            gpu_info?: components["schemas"]["sizes_list_200_0_sizes_items_gpu_info"];
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_destroy: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_backups: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        backups?: ({
                            id: number;
                        } & components["schemas"]["snapshots_get_200_snapshot_1"] & {
                            /** @enum {string} */
                            type: "snapshot" | "backup";
                        })[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_get_backup_policy: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        policy?: {
                            droplet_id?: number;
                            backup_enabled?: boolean;
                            backup_policy?: components["schemas"]["dropletActions_post_1_1_backup_policy_0"] & unknown;
                            next_backup_window?: components["schemas"]["droplets_get_200_droplet_next_backup_window_0"] & unknown;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_backup_policies: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        policies?: {
                            [key: string]: components["schemas"]["droplets_get_backup_policy_200_policy"];
                        };
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_supported_backup_policies: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        supported_policies?: {
                            name?: string;
                            possible_window_starts?: number[];
                            window_length_hours?: number;
                            retention_period_days?: number;
                            possible_days?: string[];
                        }[];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_snapshots: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        snapshots?: components["schemas"]["droplets_list_backups_200_0_backups_items"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    dropletActions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    dropletActions_post: {
        requestBody?: {
            content: {
                "application/json": components["schemas"]["dropletActions_post_byTag_0"] | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    backup_policy?: {
                        /** @enum {string} */
                        plan?: "daily" | "weekly";
                        /** @enum {string} */
                        weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
                        /** @enum {integer} */
                        hour?: 0 | 4 | 8 | 12 | 16 | 20;
                        readonly window_length_hours?: number;
                        readonly retention_period_days?: number;
                    } & unknown;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    backup_policy: components["schemas"]["dropletActions_post_1_1_backup_policy_0"] & unknown;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    image?: number;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    disk?: boolean;
                    size?: string;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    image?: string | number;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    name?: string;
                }) | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    kernel?: number;
                }) | components["schemas"]["dropletActions_post_byTag_1"];
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    dropletActions_post_byTag: {
        requestBody?: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    type: "enable_backups" | "disable_backups" | "reboot" | "power_cycle" | "shutdown" | "power_off" | "power_on" | "restore" | "password_reset" | "resize" | "rebuild" | "rename" | "change_kernel" | "enable_ipv6" | "snapshot";
                } | (components["schemas"]["dropletActions_post_byTag_0"] & {
                    name?: string;
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    dropletActions_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_kernels: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        kernels?: ({
                            id?: number;
                            name?: string;
                            version?: string;
                        } | null)[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_firewalls: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        firewalls?: components["schemas"]["firewalls_create_0"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_neighbors: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        droplets?: components["schemas"]["droplets_get_200_droplet"][];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_list_associatedResources: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        reserved_ips?: components["schemas"]["droplets_list_associatedResources_200_0_volumes_items"][];
                        floating_ips?: components["schemas"]["droplets_list_associatedResources_200_0_volumes_items"][];
                        snapshots?: components["schemas"]["droplets_list_associatedResources_200_0_volumes_items"][];
                        volumes?: {
                            id?: string;
                            name?: string;
                            cost?: string;
                        }[];
                        volume_snapshots?: components["schemas"]["droplets_list_associatedResources_200_0_volumes_items"][];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_destroy_withAssociatedResourcesSelective: {
        requestBody?: {
            content: {
                "application/json": {
                    /** @deprecated */
                    floating_ips?: string[];
                    reserved_ips?: string[];
                    snapshots?: string[];
                    volumes?: string[];
                    volume_snapshots?: string[];
                };
            };
        };
        responses: {
            202: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_destroy_withAssociatedResourcesDangerous: {
        responses: {
            202: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_get_DestroyAssociatedResourcesStatus: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        droplet?: {
                            id?: string;
                            name?: string;
                            /** Format: date-time */
                            destroyed_at?: string;
                            error_message?: string;
                        };
                        resources?: {
                            reserved_ips?: components["schemas"]["droplets_get_DestroyAssociatedResourcesStatus_200_droplet"][];
                            floating_ips?: components["schemas"]["droplets_get_DestroyAssociatedResourcesStatus_200_droplet"][];
                            snapshots?: components["schemas"]["droplets_get_DestroyAssociatedResourcesStatus_200_droplet"][];
                            volumes?: components["schemas"]["droplets_get_DestroyAssociatedResourcesStatus_200_droplet"][];
                            volume_snapshots?: components["schemas"]["droplets_get_DestroyAssociatedResourcesStatus_200_droplet"][];
                        };
                        /** Format: date-time */
                        completed_at?: string;
                        failures?: number;
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    droplets_destroy_retryWithAssociatedResources: {
        responses: {
            202: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        firewalls?: components["schemas"]["firewalls_create_0"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_create: {
        requestBody?: {
            content: {
                "application/json": ({
                    readonly id?: string;
                    /** @enum {string} */
                    readonly status?: "waiting" | "succeeded" | "failed";
                    /** Format: date-time */
                    readonly created_at?: string;
                    readonly pending_changes?: {
                        droplet_id?: number;
                        removing?: boolean;
                        status?: string;
                    }[];
                    name?: string;
                    droplet_ids?: number[] | null;
                    tags?: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
                } & components["schemas"]["firewalls_add_rules_0"]) & unknown & (unknown | unknown);
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        firewall?: components["schemas"]["firewalls_create_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        firewall?: components["schemas"]["firewalls_create_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_update: {
        requestBody?: {
            content: {
                "application/json": components["schemas"]["firewalls_create_0"] & (unknown | unknown);
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        firewall?: components["schemas"]["firewalls_create_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_assign_droplets: {
        requestBody?: {
            content: {
                "application/json": {
                    droplet_ids: number[];
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_delete_droplets: {
        requestBody?: {
            content: {
                "application/json": {
                    droplet_ids: number[];
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_add_tags: {
        requestBody?: {
            content: {
                "application/json": {
                    tags: (string[] | null) & unknown;
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_delete_tags: {
        requestBody?: {
            content: {
                "application/json": {
                    tags: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_add_rules: {
        requestBody?: {
            content: {
                "application/json": {
                    inbound_rules?: ({
                        /** @enum {string} */
                        protocol: "tcp" | "udp" | "icmp";
                        ports: string;
                    } & {
                        sources: {
                            addresses?: string[];
                            droplet_ids?: number[];
                            load_balancer_uids?: string[];
                            kubernetes_ids?: string[];
                            tags?: components["schemas"]["firewalls_add_tags_tags_0"] & unknown;
                        } & unknown;
                    })[] | null;
                    outbound_rules?: (components["schemas"]["firewalls_add_rules_0_inbound_rules_items_0"] & {
                        destinations: components["schemas"]["firewalls_add_rules_0_inbound_rules_items_1_sources_0"] & unknown;
                    })[] | null;
                } & (unknown | unknown);
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    firewalls_delete_rules: {
        requestBody?: {
            content: {
                "application/json": components["schemas"]["firewalls_add_rules_0"] & (unknown | unknown);
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPs_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        floating_ips?: components["schemas"]["floatingIPs_create_202_floating_ip"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPs_create: {
        requestBody: {
            content: {
                "application/json": {
                    droplet_id: number;
                } | {
                    region: string;
                    /** Format: uuid */
                    project_id?: string;
                };
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        floating_ip?: {
                            /** Format: ipv4 */
                            ip?: string;
                            region?: components["schemas"]["regions_list_200_0_regions_items"] & Record<string, unknown>;
                            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
                            locked?: boolean;
                            /** Format: uuid */
                            project_id?: string;
                        };
                        links?: {
                            droplets?: components["schemas"]["floatingIPs_create_202_links_actions_items"][];
                            actions?: {
                                id?: number;
                                rel?: string;
                                /** Format: uri */
                                href?: string;
                            }[];
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPs_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        floating_ip?: components["schemas"]["floatingIPs_create_202_floating_ip"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPs_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPsAction_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPsAction_post: {
        requestBody?: {
            content: {
                "application/json": ({
                    /** @enum {string} */
                    type: "assign" | "unassign";
                } & Record<string, unknown>) | (components["schemas"]["floatingIPsAction_post_0_0"] & {
                    droplet_id: number;
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"] & {
                            /** Format: uuid */
                            project_id?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    floatingIPsAction_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"] & {
                            /** Format: uuid */
                            project_id?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        images: components["schemas"]["images_create_custom_202_image"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_create_custom: {
        requestBody: {
            content: {
                "application/json": WithRequired<components["schemas"]["images_update"], "name"> & {
                    url: string;
                    region: components["schemas"]["volumes_list_parameters_1"];
                    tags?: components["schemas"]["volumeSnapshots_create_tags"];
                };
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        image?: {
                            readonly id?: number;
                            name?: components["schemas"]["images_update_name"];
                            /** @enum {string} */
                            type?: "base" | "snapshot" | "backup" | "custom" | "admin";
                            distribution?: components["schemas"]["images_update_distribution"];
                            slug?: string | null;
                            public?: boolean;
                            regions?: components["schemas"]["volumes_list_parameters_1"][];
                            /** Format: date-time */
                            created_at?: string;
                            min_disk_size?: number | null;
                            /** Format: float */
                            size_gigabytes?: number | null;
                            description?: components["schemas"]["images_update_description"];
                            tags?: components["schemas"]["volumeSnapshots_create_tags"];
                            /** @enum {string} */
                            status?: "NEW" | "available" | "pending" | "deleted" | "retired";
                            error_message?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        image: components["schemas"]["images_create_custom_202_image"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_update: {
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {string} */
                    distribution?: "Arch Linux" | "CentOS" | "CoreOS" | "Debian" | "Fedora" | "Fedora Atomic" | "FreeBSD" | "Gentoo" | "openSUSE" | "RancherOS" | "Rocky Linux" | "Ubuntu" | "Unknown";
                    description?: string;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        image: components["schemas"]["images_create_custom_202_image"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_post_account_transfer_create: {
        requestBody: {
            content: {
                "application/json": {
                    recipient_email: string;
                } | {
                    recipient_uuid: string;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        transfer_id?: number;
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_post_account_transfer_accept: {
        requestBody: {
            content: {
                "application/json": {
                    transfer_id: number;
                } & {
                    recipient_uuid: string;
                };
            };
        };
        responses: {
            201: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_post_account_transfer_cancel: {
        requestBody: {
            content: {
                "application/json": {
                    transfer_id: number;
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    images_post_account_transfer_decline: {
        requestBody: {
            content: {
                "application/json": {
                    transfer_id: number;
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    imageActions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    imageActions_post: {
        requestBody?: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    type: "convert" | "transfer";
                } | (components["schemas"]["imageActions_post_0"] & {
                    region: components["schemas"]["volumes_list_parameters_1"];
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        id?: number;
                        /**
                         * @default in-progress
                         * @enum {string}
                         */
                        status?: "in-progress" | "completed" | "errored";
                        type?: string;
                        /** Format: date-time */
                        started_at?: string;
                        /** Format: date-time */
                        completed_at?: string | null;
                        resource_id?: number | null;
                        resource_type?: string;
                        region?: components["schemas"]["regions_list_200_0_regions_items"];
                        region_slug?: string | null;
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    imageActions_get: {
        responses: {
            200: {
                content: {
                    "application/json": components["schemas"]["imageActions_post_201"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    monitoring_list_alertPolicy: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        policies: components["schemas"]["monitoring_create_alertPolicy_200_policy"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    monitoring_create_alertPolicy: {
        requestBody: {
            content: {
                "application/json": {
                    alerts: {
                        email: string[];
                        slack: {
                            channel: string;
                            url: string;
                        }[];
                    };
                    /** @enum {string} */
                    compare: "GreaterThan" | "LessThan";
                    description: string;
                    enabled: boolean;
                    entities: string[];
                    tags: string[];
                    /** @enum {string} */
                    type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
                    /** Format: float */
                    value: number;
                    /** @enum {string} */
                    window: "5m" | "10m" | "30m" | "1h";
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        policy?: {
                            alerts: components["schemas"]["monitoring_create_alertPolicy_alerts"];
                            /** @enum {string} */
                            compare: "GreaterThan" | "LessThan";
                            description: string;
                            enabled: boolean;
                            entities: string[];
                            tags: string[];
                            /** @enum {string} */
                            type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
                            uuid: string;
                            /** Format: float */
                            value: number;
                            /** @enum {string} */
                            window: "5m" | "10m" | "30m" | "1h";
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    monitoring_get_alertPolicy: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        policy?: {
                            alerts: components["schemas"]["monitoring_create_alertPolicy_alerts"];
                            /** @enum {string} */
                            compare: "GreaterThan" | "LessThan";
                            description: string;
                            enabled: boolean;
                            entities: string[];
                            tags: string[];
                            /** @enum {string} */
                            type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
                            uuid: string;
                            /** Format: float */
                            value: number;
                            /** @enum {string} */
                            window: "5m" | "10m" | "30m" | "1h";
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    monitoring_update_alertPolicy: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["monitoring_create_alertPolicy"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        policy?: {
                            alerts: components["schemas"]["monitoring_create_alertPolicy_alerts"];
                            /** @enum {string} */
                            compare: "GreaterThan" | "LessThan";
                            description: string;
                            enabled: boolean;
                            entities: string[];
                            tags: string[];
                            /** @enum {string} */
                            type: "v1/insights/droplet/load_1" | "v1/insights/droplet/load_5" | "v1/insights/droplet/load_15" | "v1/insights/droplet/memory_utilization_percent" | "v1/insights/droplet/disk_utilization_percent" | "v1/insights/droplet/cpu" | "v1/insights/droplet/disk_read" | "v1/insights/droplet/disk_write" | "v1/insights/droplet/public_outbound_bandwidth" | "v1/insights/droplet/public_inbound_bandwidth" | "v1/insights/droplet/private_outbound_bandwidth" | "v1/insights/droplet/private_inbound_bandwidth" | "v1/insights/lbaas/avg_cpu_utilization_percent" | "v1/insights/lbaas/connection_utilization_percent" | "v1/insights/lbaas/droplet_health" | "v1/insights/lbaas/tls_connections_per_second_utilization_percent" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_percentage_4xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_5xx" | "v1/insights/lbaas/increase_in_http_error_rate_count_4xx" | "v1/insights/lbaas/high_http_request_response_time" | "v1/insights/lbaas/high_http_request_response_time_50p" | "v1/insights/lbaas/high_http_request_response_time_95p" | "v1/insights/lbaas/high_http_request_response_time_99p" | "v1/dbaas/alerts/load_15_alerts" | "v1/dbaas/alerts/memory_utilization_alerts" | "v1/dbaas/alerts/disk_utilization_alerts" | "v1/dbaas/alerts/cpu_alerts" | "v1/droplet/autoscale_alerts/current_instances" | "v1/droplet/autoscale_alerts/target_instances" | "v1/droplet/autoscale_alerts/current_cpu_utilization" | "v1/droplet/autoscale_alerts/target_cpu_utilization" | "v1/droplet/autoscale_alerts/current_memory_utilization" | "v1/droplet/autoscale_alerts/target_memory_utilization" | "v1/droplet/autoscale_alerts/scale_up" | "v1/droplet/autoscale_alerts/scale_down";
                            uuid: string;
                            /** Format: float */
                            value: number;
                            /** @enum {string} */
                            window: "5m" | "10m" | "30m" | "1h";
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    monitoring_delete_alertPolicy: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        projects?: components["schemas"]["projects_patch_default"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_create: {
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    readonly id?: string;
                    readonly owner_uuid?: string;
                    readonly owner_id?: number;
                    name: string;
                    description?: string;
                    purpose: string;
                    /** @enum {string} */
                    environment?: "Development" | "Staging" | "Production";
                    /** Format: date-time */
                    readonly created_at?: string;
                    /** Format: date-time */
                    readonly updated_at?: string;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_get_default: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_update_default: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["projects_patch_default"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_patch_default: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["projects_create_0"] & {
                    is_default?: boolean;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_update: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["projects_patch_default"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_patch: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["projects_patch_default"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        project?: components["schemas"]["projects_patch_default"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_list_resources: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        resources?: components["schemas"]["projects_assign_resources_default_200_resources_items"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_assign_resources: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["projects_assign_resources_default"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        resources?: {
                            urn?: components["schemas"]["monitoring_list_sinks_parameters_0"];
                            /** Format: date-time */
                            assigned_at?: string;
                            links?: {
                                /** Format: uri */
                                self?: string;
                            };
                            /** @enum {string} */
                            status?: "ok" | "not_found" | "assigned" | "already_assigned" | "service_down";
                        }[];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_list_resources_default: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        resources?: components["schemas"]["projects_assign_resources_default_200_resources_items"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    projects_assign_resources_default: {
        requestBody: {
            content: {
                "application/json": {
                    resources?: components["schemas"]["monitoring_list_sinks_parameters_0"][];
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        resources?: {
                            urn?: components["schemas"]["monitoring_list_sinks_parameters_0"];
                            /** Format: date-time */
                            assigned_at?: string;
                            links?: {
                                /** Format: uri */
                                self?: string;
                            };
                            /** @enum {string} */
                            status?: "ok" | "not_found" | "assigned" | "already_assigned" | "service_down";
                        }[];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    regions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        regions: {
                            name: string;
                            slug: string;
                            features: string[];
                            available: boolean;
                            sizes: string[];
                        }[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPs_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        reserved_ips?: components["schemas"]["reservedIPs_create_202_reserved_ip"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPs_create: {
        requestBody: {
            content: {
                "application/json": {
                    droplet_id: number;
                } | {
                    region: string;
                    /** Format: uuid */
                    project_id?: string;
                };
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        reserved_ip?: {
                            /** Format: ipv4 */
                            ip?: string;
                            region?: components["schemas"]["regions_list_200_0_regions_items"] & Record<string, unknown>;
                            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
                            locked?: boolean;
                            /** Format: uuid */
                            project_id?: string;
                        };
                        links?: {
                            droplets?: components["schemas"]["floatingIPs_create_202_links_actions_items"][];
                            actions?: components["schemas"]["floatingIPs_create_202_links_actions_items"][];
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPs_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        reserved_ip?: components["schemas"]["reservedIPs_create_202_reserved_ip"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPs_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPsActions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["imageActions_post_201"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPsActions_post: {
        requestBody?: {
            content: {
                "application/json": ({
                    /** @enum {string} */
                    type: "assign" | "unassign";
                } & Record<string, unknown>) | (components["schemas"]["reservedIPsActions_post_0_0"] & {
                    droplet_id: number;
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"] & {
                            /** Format: uuid */
                            project_id?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPsActions_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"] & {
                            /** Format: uuid */
                            project_id?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPv6_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        reserved_ipv6s?: {
                            /** Format: ipv6 */
                            ip?: string;
                            region_slug?: string;
                            /** Format: date-time */
                            reserved_at?: string;
                            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
                        }[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPv6_create: {
        requestBody: {
            content: {
                "application/json": {
                    region_slug: string;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        reserved_ipv6?: {
                            /** Format: ipv6 */
                            ip?: string;
                            region_slug?: string;
                            /** Format: date-time */
                            reserved_at?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPv6_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        reserved_ipv6?: {
                            /** Format: ipv6 */
                            ip?: string;
                            /** Format: date-time */
                            reserved_at?: string;
                            region_slug?: string;
                            droplet?: (Record<string, unknown> | null) | components["schemas"]["droplets_get_200_droplet"];
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPv6_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    reservedIPv6Actions_post: {
        requestBody?: {
            content: {
                "application/json": ({
                    /** @enum {string} */
                    type: "assign" | "unassign";
                } & Record<string, unknown>) | (components["schemas"]["reservedIPv6Actions_post_0_0"] & {
                    droplet_id: number;
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        action?: components["schemas"]["imageActions_post_201"] & {
                            resource_id?: number;
                            resource_type?: string;
                            region_slug?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    sizes_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        sizes: {
                            slug: string;
                            memory: number;
                            vcpus: number;
                            disk: number;
                            /** Format: float */
                            transfer: number;
                            /** Format: float */
                            price_monthly: number;
                            /** Format: float */
                            price_hourly: number;
                            regions: string[];
                            /** @default true */
                            available: boolean;
                            description: string;
                            disk_info?: {
                                /** @enum {string} */
                                type?: "local" | "boot" | "scratch";
                                size?: {
                                    amount?: number;
                                    unit?: string;
                                };
                            }[];
                            gpu_info?: {
                                count?: number;
                                model?: string;
                                vram?: {
                                    amount?: number;
                                    unit?: string;
                                };
                            };
                        }[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    snapshots_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        snapshots?: components["schemas"]["snapshots_get_200_snapshot"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    snapshots_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        snapshot?: {
                            id: string;
                        } & {
                            name: string;
                            /** Format: date-time */
                            created_at: string;
                            regions: string[];
                            min_disk_size: number;
                            /** Format: float */
                            size_gigabytes: number;
                        } & {
                            resource_id: string;
                            /** @enum {string} */
                            resource_type: "droplet" | "volume";
                            tags: string[] | null;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    snapshots_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        tags?: components["schemas"]["tags_create"][];
                    } & {
                        links?: {
                            pages?: ({
                                last?: string;
                            } & {
                                next?: string;
                            }) | ({
                                first?: string;
                            } & {
                                prev?: string;
                            }) | unknown;
                        };
                    } & {
                        meta: components["schemas"]["billingHistory_list_200_2_meta"] & unknown;
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_create: {
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    readonly resources?: {
                        count?: number;
                        last_tagged_uri?: string;
                    } & {
                        droplets?: unknown & components["schemas"]["tags_create_resources_0"];
                        imgages?: unknown & components["schemas"]["tags_create_resources_0"];
                        volumes?: unknown & components["schemas"]["tags_create_resources_0"];
                        volume_snapshots?: unknown & components["schemas"]["tags_create_resources_0"];
                        databases?: unknown & components["schemas"]["tags_create_resources_0"];
                    };
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        tag?: components["schemas"]["tags_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        tag?: components["schemas"]["tags_create"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_assign_resources: {
        requestBody: {
            content: {
                "application/json": {
                    resources: {
                        resource_id?: string;
                        /** @enum {string} */
                        resource_type?: "droplet" | "image" | "volume" | "volume_snapshot";
                    }[];
                };
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    tags_unassign_resources: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["tags_assign_resources"];
            };
        };
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumes_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        volumes: components["schemas"]["volumes_create_201_volume"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumes_create: {
        requestBody: {
            content: {
                "application/json": ({
                    readonly id?: string;
                    readonly droplet_ids?: number[] | null;
                    name?: string;
                    description?: string;
                    size_gigabytes?: number;
                    readonly created_at?: string;
                    tags?: components["schemas"]["volumeSnapshots_create_tags"];
                } & {
                    snapshot_id?: string;
                } & {
                    filesystem_type?: string;
                } & {
                    region: components["schemas"]["volumes_list_parameters_1"];
                    filesystem_label?: string & unknown;
                }) | (components["schemas"]["volumes_create_0_0"] & components["schemas"]["volumes_create_0_1"] & components["schemas"]["volumes_create_0_2"] & {
                    region: components["schemas"]["volumes_list_parameters_1"];
                    filesystem_label?: components["schemas"]["volumes_create_0_3_filesystem_label_0"] & unknown;
                });
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        volume?: {
                            readonly id?: string;
                            readonly droplet_ids?: number[] | null;
                            name?: string;
                            description?: string;
                            size_gigabytes?: number;
                            readonly created_at?: string;
                            tags?: string[] | null;
                        } & {
                            readonly region?: unknown & components["schemas"]["regions_list_200_0_regions_items"];
                            filesystem_type?: string;
                            filesystem_label?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumes_delete_byName: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeActions_post: {
        requestBody: {
            content: {
                "application/json": ({
                    /** @enum {string} */
                    type: "attach" | "detach" | "resize";
                    region?: components["schemas"]["volumes_list_parameters_1"];
                } & {
                    droplet_id: number;
                    tags?: components["schemas"]["volumeSnapshots_create_tags"];
                }) | (components["schemas"]["volumeActions_post_0_0"] & {
                    droplet_id: components["schemas"]["volumeActions_post_0_1_droplet_id"];
                });
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        action?: {
                            type?: string;
                            resource_id?: number | null;
                        } & components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeSnapshots_get_byId: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        snapshot?: components["schemas"]["snapshots_get_200_snapshot"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeSnapshots_delete_byId: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumes_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        volume?: {
                            readonly id?: string;
                            readonly droplet_ids?: number[] | null;
                            name?: string;
                            description?: string;
                            size_gigabytes?: number;
                            readonly created_at?: string;
                            tags?: string[] | null;
                        } & {
                            readonly region?: unknown & components["schemas"]["regions_list_200_0_regions_items"];
                            filesystem_type?: string;
                            filesystem_label?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumes_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeActions_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        actions?: components["schemas"]["volumeActions_post_202_action"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeActions_post_byId: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["volumeActions_post_0"] | components["schemas"]["volumeActions_post_1"] | (components["schemas"]["volumeActions_post_0_0"] & {
                    size_gigabytes: number;
                });
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        action?: {
                            type?: string;
                            resource_id?: number | null;
                        } & components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeActions_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        action?: {
                            type?: string;
                            resource_id?: number | null;
                        } & components["schemas"]["imageActions_post_201"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeSnapshots_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        snapshots?: components["schemas"]["snapshots_get_200_snapshot"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    volumeSnapshots_create: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    tags?: string[] | null;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        snapshot?: components["schemas"]["snapshots_get_200_snapshot"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_list: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        vpcs?: components["schemas"]["vpcs_create_201_vpc"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_create: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string;
                } & {
                    region: string;
                    ip_range?: string;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        vpc?: components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_create_1"] & components["schemas"]["vpcs_update_1"] & {
                            /** Format: uuid */
                            readonly id?: string;
                            urn?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        vpc?: components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_create_1"] & components["schemas"]["vpcs_update_1"] & {
                            /** Format: uuid */
                            readonly id?: string;
                            urn?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_update: {
        requestBody: {
            content: {
                "application/json": WithRequired<components["schemas"]["vpcs_create_0"], "name"> & {
                    default?: boolean;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        vpc?: components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_create_1"] & components["schemas"]["vpcs_update_1"] & {
                            /** Format: uuid */
                            readonly id?: string;
                            urn?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_delete: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_patch: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_update_1"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        vpc?: components["schemas"]["vpcs_create_0"] & components["schemas"]["vpcs_create_1"] & components["schemas"]["vpcs_update_1"] & {
                            /** Format: uuid */
                            readonly id?: string;
                            urn?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_list_members: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        members?: {
                            name?: string;
                            urn?: components["schemas"]["monitoring_list_sinks_parameters_0"];
                            created_at?: string;
                        }[];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_list_peerings: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        peerings?: components["schemas"]["vpcs_create_peerings_202_peering"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_create_peerings: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** Format: uuid */
                    vpc_id: string;
                };
            };
        };
        responses: {
            202: {
                content: {
                    "application/json": {
                        peering?: {
                            /** Format: uuid */
                            readonly id?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                            /** @enum {string} */
                            readonly status?: "PROVISIONING" | "ACTIVE" | "DELETING";
                        } & {
                            vpc_ids?: string[];
                        } & components["schemas"]["vpcs_patch_peerings_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    vpcs_patch_peerings: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        peering?: {
                            /** Format: uuid */
                            readonly id?: string;
                            /** Format: date-time */
                            readonly created_at?: string;
                            /** @enum {string} */
                            readonly status?: "PROVISIONING" | "ACTIVE" | "DELETING";
                        } & {
                            vpc_ids?: string[];
                        } & components["schemas"]["vpcs_patch_peerings_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_list_checks: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        checks?: components["schemas"]["uptime_create_check_201_check"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_create_check: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    type: "ping" | "http" | "https";
                    /** Format: url */
                    target: string;
                    regions: ("us_east" | "us_west" | "eu_west" | "se_asia")[];
                    /** @default true */
                    enabled: boolean;
                };
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        check?: {
                            /** Format: uuid */
                            readonly id?: string;
                        } & components["schemas"]["uptime_create_check_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_get_check: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        check?: {
                            /** Format: uuid */
                            readonly id?: string;
                        } & components["schemas"]["uptime_create_check_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_update_check: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["uptime_create_check_0"];
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        check?: {
                            /** Format: uuid */
                            readonly id?: string;
                        } & components["schemas"]["uptime_create_check_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_delete_check: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_get_checkState: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        state?: {
                            regions?: {
                                us_east?: {
                                    /** @enum {string} */
                                    status?: "DOWN" | "UP" | "CHECKING";
                                    status_changed_at?: string;
                                    thirty_day_uptime_percentage?: number;
                                };
                                eu_west?: components["schemas"]["uptime_get_checkState_200_state_regions_us_east"];
                            };
                            previous_outage?: {
                                region?: string;
                                started_at?: string;
                                ended_at?: string;
                                duration_seconds?: number;
                            };
                        };
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_list_alerts: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        alerts?: components["schemas"]["uptime_create_alert_0"][];
                    } & components["schemas"]["tags_list_200_1"] & components["schemas"]["tags_list_200_2"];
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_create_alert: {
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    readonly id?: string;
                } & WithRequired<components["schemas"]["uptime_update_alert_0"], "name" | "type" | "notifications" | "period">;
            };
        };
        responses: {
            201: {
                content: {
                    "application/json": {
                        alert?: components["schemas"]["uptime_create_alert_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_get_alert: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        alert?: components["schemas"]["uptime_create_alert_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_update_alert: {
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    type: "latency" | "down" | "down_global" | "ssl_expiry";
                    threshold?: number;
                    /** @enum {string} */
                    comparison?: "greater_than" | "less_than";
                    notifications: {
                        email: string[];
                        slack: {
                            /** Format: string */
                            channel: string;
                            /** Format: string */
                            url: string;
                        }[];
                    };
                    /** @enum {string} */
                    period: "2m" | "3m" | "5m" | "10m" | "15m" | "30m" | "1h";
                };
            };
        };
        responses: {
            200: {
                content: {
                    "application/json": {
                        alert?: components["schemas"]["uptime_create_alert_0"];
                    };
                };
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
    uptime_delete_alert: {
        responses: {
            204: {
            };
            default: {
                content: {
                    "application/json": components["schemas"]["tags_list_401"];
                };
            };
        };
    };
}
type WithRequired<T, K extends keyof T> = T & {
    [P in K]-?: T[P];
};

// Made by `npm run types:api -- PATH` from DigitalOcean's OpenAPI document; not written by hand.
// The document: https://github.com/digitalocean/openapi, Copyright DigitalOcean, LLC, under the
// Apache License 2.0 (local/digitalocean-api/LICENSE). Changed: turned into
// TypeScript's types, of what the code names (wanted.mjs).

export interface Bodies {
  "post /droplets/{droplet_id}/actions":
    | {
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      }
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        backup_policy?: {
          plan?: "daily" | "weekly";
          weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
          hour?: 0 | 4 | 8 | 12 | 16 | 20;
          readonly window_length_hours?: number;
          readonly retention_period_days?: number;
        };
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        backup_policy: {
          plan?: "daily" | "weekly";
          weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
          hour?: 0 | 4 | 8 | 12 | 16 | 20;
          readonly window_length_hours?: number;
          readonly retention_period_days?: number;
        };
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        image?: number;
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        disk?: boolean;
        size?: string;
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        image?: string | number;
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        name?: string;
      })
    | ({
        type:
          | "enable_backups"
          | "disable_backups"
          | "reboot"
          | "power_cycle"
          | "shutdown"
          | "power_off"
          | "power_on"
          | "restore"
          | "password_reset"
          | "resize"
          | "rebuild"
          | "rename"
          | "change_kernel"
          | "enable_ipv6"
          | "snapshot";
      } & {
        kernel?: number;
      });
}

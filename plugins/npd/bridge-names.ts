/** The script that NPD runs, in the folder of the status files. */
export const CONDITION_SCRIPT_NAME = 'npd-plugins-condition.sh';

/** `host-inspector.status` */
export function statusFileNameOf(monitor: string): string {
  return `${monitor}.status`;
}

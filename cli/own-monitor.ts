import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import type { SettingsTable } from '../plugins/core/settings.ts';
import { addMonitor } from './monitors.ts';

/**
 * Runs the program, with the command line of this process, as if this monitor were one of its own: `serve`, `check`,
 * the demo and all their flags know it by its name. It ends the process. For what is not part of this project, see
 * examples/own-monitor.
 */
export async function runWith<T extends SettingsTable>(definition: MonitorDefinition<T>): Promise<void> {
  addMonitor(definition);
  await import('./main.ts');
}

import { pino } from 'pino';

/** Constant messages, data as fields: `log.warn({ path, err }, 'could not write the state file')`. */
export interface Logger {
  readonly debug: LogCall;
  readonly info: LogCall;
  readonly warn: LogCall;
  readonly error: LogCall;
  /** A logger that adds these fields to every line. Never bind keys that came from outside. */
  readonly child: (fields: Readonly<Record<string, string>>) => Logger;
}

type LogCall = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export const LOG_FORMATS = ['auto', 'json', 'console'] as const;

export interface LogOptions {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `auto` is `console` on a terminal and `json` elsewhere. */
  readonly format: (typeof LOG_FORMATS)[number];
  readonly isTerminal: boolean;
  /** Takes a whole line, newline included, at once; false if it was dropped. Must not wait: a log that nobody reads would stop us. */
  readonly write: (line: string) => boolean;
}

/**
 * Logs line by line and synchronously, so that the last line before a crash is not lost. Lines that `write` drops are
 * counted, and the log tells how many as soon as it goes on.
 * The formatter for people is loaded only where it is used: it costs memory that a sidecar has not got.
 */
export async function createLogger({ level, format, isTerminal, write }: LogOptions): Promise<Logger> {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'console' || (format === 'auto' && isTerminal)) {
    // A CommonJS package has a default export and nothing else, once it is bundled.
    const { default: pretty } = await import('pino-pretty');
    return adapt(pino(options, counting(write, pretty.prettyFactory({ colorize: isTerminal, translateTime: 'SYS:HH:MM:ss' }))));
  }
  return adapt(pino(options, counting(write, (line) => line)));
}

function counting(write: LogOptions['write'], asText: (line: string) => string): pino.DestinationStream {
  let dropped = 0;
  const note = (): string => {
    return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), dropped, msg: 'lines of this log were dropped, nobody read it' })}\n`;
  };
  return {
    write(line) {
      if (dropped > 0 && write(asText(note()))) dropped = 0;
      if (dropped > 0 || !write(asText(line))) dropped += 1;
    },
  };
}

/** Narrows pino to what we use; pino itself is thenable to the compiler and cannot be awaited. */
function adapt(logger: pino.Logger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => adapt(logger.child(fields)),
  };
}

const ignore: LogCall = () => {};

/** For tests and for commands whose answer is all they have to say. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silentLogger };

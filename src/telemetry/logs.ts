import { subscribe } from 'node:diagnostics_channel';
import pino, { type Logger } from 'pino';
import { type AlertChanged, channels, type Fault, type PriceUnknown, type PrintedMail } from '../diagnostics.ts';

/** One JSON line per event on standard error, so that standard output stays the command's own. */
export function startLogs(level: string): Logger {
  const logger = pino(
    { level, base: { pid: process.pid }, redact: ['headers.authorization', '*.apiKey', '*.password', '*.secret'] },
    pino.destination({ fd: 2, sync: false }),
  );
  subscribe(channels.fault.name, (message) => {
    const { what, error } = message as Fault;
    logger.error({ err: error }, `failed: ${what}`);
  });
  subscribe(channels.priceUnknown.name, (message) => {
    const { model } = message as PriceUnknown;
    logger.warn(`The price of ${model} is not known: its calls count as free. Give it in timonel.config.ts, under "prices".`);
  });
  subscribe(channels.alertChanged.name, (message) => {
    const { name, severity, labels, summary, value, state } = message as AlertChanged;
    const level = state === 'resolved' || severity === 'info' ? 'info' : severity === 'warning' ? 'warn' : 'error';
    logger[level]({ alert: name, severity, labels, value }, `alert ${state}: ${summary}`);
  });
  subscribe(channels.mailPrinted.name, (message) => {
    const { to, subject, text } = message as PrintedMail;
    logger.info({ to, subject, text }, 'mail, printed because TIMONEL_SMTP_URL is not set');
  });
  return logger;
}

/**
 * Where processes that tests start keep what Node compiled and stripped of types (`NODE_COMPILE_CACHE`): without it each of them does that to all
 * of Timonel again.
 */
import { fileURLToPath } from 'node:url';

export const compileCache = fileURLToPath(new URL('../.cache/compiled', import.meta.url));

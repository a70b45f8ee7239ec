import { defineConfig } from '../../src/index.ts';
import { hello } from './agent.ts';

export default defineConfig({ agents: [hello] });

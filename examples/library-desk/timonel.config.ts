import { defineConfig } from 'timonel';
import { libraryDesk } from './agents/library-desk/agent.ts';

export default defineConfig({ agents: [libraryDesk] });

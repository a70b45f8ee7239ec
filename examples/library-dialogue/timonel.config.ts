import { defineConfig } from 'timonel';
import { libraryDialogue } from './agents/library-dialogue/agent.ts';

export default defineConfig({ agents: [libraryDialogue] });

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Timonel that `npm run dev` asks. */
const api = 'http://127.0.0.1:8000';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2023',
    // The policy of the page allows no address of the kind data: for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { '/api': api } },
});

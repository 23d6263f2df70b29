import { defineConfig } from 'vitest/config';

/** Timers are faked before the tests load anything. */
export default defineConfig({ test: { setupFiles: ['./fake.js'] } });

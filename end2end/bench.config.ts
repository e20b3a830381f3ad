// What `make bench` runs: measures, and tests nothing. See bench/README.md.

import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

export default defineConfig(base, {
  testDir: 'bench',
  testMatch: '*.bench.ts',
  timeout: 900_000,
  use: { trace: 'off', screenshot: 'off' },
});

import { defineConfig } from '@playwright/test';

// As root, Chromium starts only without its own sandbox.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Snapshots of the page would put a script into it that the CSP objects to.
    trace: { mode: 'retain-on-failure', snapshots: false, screenshots: true },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.WOOW_CHROMIUM ?? '/usr/bin/chromium',
      // Nothing that the browser does by itself shall count as a request of the page.
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        ...asRoot,
      ],
    },
  },
});

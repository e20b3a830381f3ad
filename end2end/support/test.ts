// The tests' fixtures: a server for each file, and browsers that tolerate no error.

import { type BrowserContext, type BrowserContextOptions, type Page, expect, test as base } from '@playwright/test';
import { Installation } from './installation.ts';

export { expect } from '@playwright/test';

type Worker = {
  /** Files with different names get servers of their own. */
  installationName: string;
  /** Settings that differ from the others'. */
  installationEnv: Record<string, string>;
  installation: Installation;
};
type Each = {
  /** What the pages of this test did that no page may do; it has to stay empty. */
  problems: string[];
  /** Another browser: no cookies or storage in common with the first. */
  anotherBrowser: (options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Each, Worker>({
  installationName: ['shared', { option: true, scope: 'worker' }],
  installationEnv: [{}, { option: true, scope: 'worker' }],
  installation: [
    async ({ installationName, installationEnv }, use) => {
      const installation = await Installation.start(installationName, installationEnv);
      await use(installation);
      await installation.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ installation }, use) => use(installation.url),
  problems: [
    async ({}, use) => {
      const problems: string[] = [];
      await use(problems);
      expect(problems, 'errors in the console, of the page, of the CSP, or requests elsewhere').toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, installation, problems }, use) => {
    await watch(context, installation.url, problems);
    await use(context);
  },
  anotherBrowser: async ({ browser, contextOptions, installation, problems }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...contextOptions, baseURL: installation.url, ...options });
      opened.push(context);
      await watch(context, installation.url, problems);
      return context.newPage();
    });
    await Promise.all(opened.map((context) => context.close()));
  },
});

/** Notes every error of every page of a browser, and every request to anything but the server. */
export async function watch(context: BrowserContext, url: string, problems: string[]): Promise<void> {
  const own = new URL(url);
  const elsewhere = (address: string): boolean => {
    const { protocol, host } = new URL(address);
    return !['data:', 'blob:'].includes(protocol) && host !== own.host;
  };
  context.on('console', (message) => {
    if (message.type() === 'error') {
      problems.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => problems.push(`page error: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    if (elsewhere(request.url())) {
      problems.push(`request elsewhere: ${request.url()}`);
    }
  });
  context.on('page', (page) => {
    page.on('crash', () => problems.push(`crash: ${page.url()}`));
    page.on('websocket', (socket) => {
      if (elsewhere(socket.url())) {
        problems.push(`socket elsewhere: ${socket.url()}`);
      }
    });
  });
  await context.exposeBinding('woowNoteViolation', (_source, text: string) => {
    problems.push(`CSP: ${text}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const note = (window as unknown as { woowNoteViolation: (text: string) => void }).woowNoteViolation;
      note(`${event.effectiveDirective} forbids ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
    });
  });
}

/** Signs in as the admin, whose password has been changed already. */
export async function signIn(page: Page, installation: Installation): Promise<void> {
  await installation.api();
  await signInAs(page, installation.email, installation.password);
}

/** Signs in as somebody whose password need not be changed. */
export async function signInAs(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/workspaces$/);
}

/** Makes a workspace as the admin, and waits until its namespace is there. */
export async function readyWorkspace(installation: Installation, name: string) {
  const api = await installation.api();
  const { id, namespace, operation } = await api.createWorkspace(name);
  await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
  return { api, id, namespace };
}

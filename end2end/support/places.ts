// Where things are: as the test runner says, or else the checkout's own sandbox.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function place(variable: string, otherwise: string): string {
  const given = process.env[variable];
  const found = given || path.join(root, otherwise);
  if (!existsSync(found)) {
    throw new Error(`${found} is not there. ${given ? `${variable} names it.` : `Set ${variable}, or build first.`}`);
  }
  return found;
}

export const places = {
  server: () => place('WOOW_BIN', '.local/woow-paas'),
  helm: () => place('WOOW_HELM', '.local/bin/helm'),
  kubectl: () => place('WOOW_TEST_KUBECTL', '.local/bin/kubectl'),
  catalog: () => place('WOOW_CATALOG_DIR', 'charts'),
  /** What the server is given. */
  kubeconfig: () => place('WOOW_TEST_KUBECONFIG', '.local/sandbox/server.kubeconfig'),
  /** What the tests look into the cluster with, past the server. */
  adminKubeconfig: () => place('WOOW_TEST_ADMIN_KUBECONFIG', '.local/sandbox/admin.kubeconfig'),
  /** What all containers of the sandbox log. */
  logFile: () => place('WOOW_TEST_LOG_FILE', '.local/sandbox/pod-logs/current.log'),
  results: path.join(root, 'end2end/test-results'),
};

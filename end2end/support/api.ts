// The API as a program uses it: with a personal access token.

import type { Installation } from './installation.ts';

type Answer<T> = { data?: T; errors?: { message: string; extensions?: { code?: string } }[] };

export async function post<T>(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<{ data: T; headers: Headers }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer<T>;
  if (answer.errors || !answer.data) {
    throw new Error(`the API refused (${response.status}): ${JSON.stringify(answer.errors)}`);
  }
  return { data: answer.data, headers: response.headers };
}

export class Api {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    return (await post<T>(this.url, { authorization: `Bearer ${this.token}` }, query, variables)).data;
  }

  async createWorkspace(name: string, description = ''): Promise<{ id: string; namespace: string; operation: string }> {
    type Made = { createWorkspace: { workspace: { id: string; namespace: string }; operation: { id: string } } };
    const { createWorkspace: made } = await this.ask<Made>(
      `mutation Make($input: CreateWorkspaceInput!) {
        createWorkspace(input: $input) { workspace { id namespace } operation { id } }
      }`,
      { input: { name, description } },
    );
    return { ...made.workspace, operation: made.operation.id };
  }

  async launch(workspaceId: string, app: string, name: string, more: Record<string, unknown> = {}) {
    type Made = { launchService: { service: { id: string; releaseName: string }; operation: { id: string } } };
    const { launchService: made } = await this.ask<Made>(
      `mutation Launch($input: LaunchServiceInput!) {
        launchService(input: $input) { service { id releaseName } operation { id } }
      }`,
      { input: { workspaceId, app, name, ...more } },
    );
    return { id: made.service.id, release: made.service.releaseName, operation: made.operation.id };
  }

  /** How far an operation is. */
  async stateOf(operation: string): Promise<string> {
    type Found = { operation: { state: string } | null };
    const found = await this.ask<Found>('query State($id: ID!) { operation(id: $id) { state } }', { id: operation });
    return found.operation?.state ?? 'NONE';
  }

  /** A service's state and its reason, in one word: `RUNNING ALL_READY`. */
  async statusOf(service: string): Promise<string> {
    type Found = { service: { status: { state: string; reason: string } } | null };
    const query = 'query Status($id: ID!) { service(id: $id) { status { state reason } } }';
    const found = await this.ask<Found>(query, { id: service });
    return found.service ? `${found.service.status.state} ${found.service.status.reason}` : 'NONE';
  }
}

/** Signs in by the API and makes a token; a password that has to be changed is changed first. */
export async function makeToken(installation: Installation): Promise<string> {
  const origin = { origin: installation.url };
  const signedIn = await post(
    installation.url,
    origin,
    'mutation SignIn($input: SignInInput!) { signIn(input: $input) { viewer { id } } }',
    { input: { email: installation.email, password: installation.password } },
  );
  let cookie = cookieOf(signedIn.headers);
  if (installation.mustChange) {
    const newPassword = 'three quiet lanterns over water';
    const changed = await post(
      installation.url,
      { ...origin, cookie },
      'mutation Change($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }',
      { input: { currentPassword: installation.password, newPassword } },
    );
    installation.changedTo(newPassword);
    cookie = cookieOf(changed.headers) || cookie;
  }
  const made = await post<{ createAccessToken: { secret: string } }>(
    installation.url,
    { ...origin, cookie },
    'mutation Token($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }',
    { input: { name: 'End-to-end tests', scopes: ['READ', 'WRITE'], expiresInDays: 1 } },
  );
  return made.data.createAccessToken.secret;
}

export function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

// A real provider of OpenID Connect: npm's oidc-provider, with its own pages for signing in and consent.
// node oidc_provider.mjs FOLDER_WITH_NODE_MODULES PORT CALLBACK...
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, ...callbacks] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const issuer = `http://127.0.0.1:${port}`;

// Whoever signs in as NAME has the address NAME@knudstrup.example; it is confirmed unless the name begins with "un".
const provider = new Provider(issuer, {
  clients: [{ client_id: 'uraniborg', client_secret: 'a secret of forty characters, more or less', redirect_uris: callbacks }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: `${id} of Knudstrup`, preferred_username: id,
      email: `${id}@knudstrup.example`, email_verified: !id.startsWith('un'),
    }),
  }),
  cookies: { keys: ['only for tests'] },
  pkce: { required: () => true },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));

// oidc-provider (certified by the OpenID Foundation) on a loopback port, with its own development pages for login and
// consent: whoever is typed there is signed in.
//
//   node provider.mjs CLIENT_ID CLIENT_SECRET PEOPLE
//
// PEOPLE is JSON: what it says of each, by what is typed at the login. It prints its issuer, reads the redirect URI from
// its standard input, serves, and ends when that ends.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [clientId, clientSecret, people] = process.argv.slice(2);
const known = JSON.parse(people);
// As Okta signs.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' };

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const told = createInterface({ input: process.stdin });
  told.once('line', (redirectUri) => {
    const provider = new Provider(issuer, {
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
      jwks: { keys: [key] },
      claims: {
        openid: ['sub'],
        profile: ['preferred_username'],
        email: ['email', 'email_verified'],
        groups: ['groups'],
      },
      findAccount: (_, id) => known[id] && { accountId: id, claims: () => ({ sub: id, ...known[id] }) },
      pkce: { required: () => true },
      cookies: { keys: ['a key of this test'] },
    });
    server.on('request', provider.callback());
  });
  told.once('close', () => process.exit(0));
  process.stdout.write(`${issuer}\n`);
});

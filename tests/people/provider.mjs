// SPDX-License-Identifier: EUPL-1.2
// A real OpenID provider for people: whoever types a name is that person. Its settings come as one JSON argument; when it
// listens it prints its issuer.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';

import { Provider } from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);
const client = createPublicKey(createPrivateKey(readFileSync(settings.clientKey))).export({ format: 'jwk' });

// By way of PEM: exporting a key that was only just generated makes Node wait for itself now and then.
const signing = (kid, alg, [type, options]) => {
  const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
  const key = createPrivateKey(generateKeyPairSync(type, { ...options, ...pem }).privateKey);
  return { ...key.export({ format: 'jwk' }), kid, alg, use: 'sig' };
};
const keys = [
  signing('one', 'ES256', ['ec', { namedCurve: 'P-256' }]),
  signing('two', 'ES384', ['ec', { namedCurve: 'P-384' }]),
  signing('three', 'PS256', ['rsa', { modulusLength: 2048 }]),
  signing('four', 'RS256', ['rsa', { modulusLength: 2048 }]),
];
const algorithms = keys.map((key) => key.alg);

const server = https.createServer({ key: readFileSync(settings.key), cert: readFileSync(settings.certificate) });
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: algorithms.map((alg) => ({
      client_id: `sluis-${alg}`,
      redirect_uris: [settings.back],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: alg,
      jwks: { keys: [{ ...client, use: 'sig', alg: 'ES256' }] },
    })),
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: algorithms },
    cookies: { keys: ['for these tests only'] },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer }));
});

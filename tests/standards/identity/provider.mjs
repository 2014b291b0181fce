// SPDX-License-Identifier: EUPL-1.2
// An identity provider that nobody here wrote, behind TLS on a free port of loopback. Its one client signs what it says of
// itself (private_key_jwt), and gets tokens bound to the certificate that it shows (RFC 8705).
//
// On a line of input it takes a new key to sign with, of another kind, and keeps the old one among the published.

import { X509Certificate, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createInterface } from "node:readline";

import Provider from "oidc-provider";

const { AUDIENCE, AUTHORITY, CERTIFICATE, CLIENT, CLIENT_KEY, KEY, ORGANISATION, PROFESSIONAL, SECONDS } = process.env;

const KINDS = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  PS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const newKey = (alg) => ({ ...KINDS[alg]().privateKey.export({ format: "jwk" }), alg, use: "sig", kid: randomUUID() });

const providerWith = (issuer, keys) =>
  new Provider(issuer, {
    jwks: { keys },
    clientDefaults: { id_token_signed_response_alg: keys[0].alg },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        jwks: { keys: [JSON.parse(CLIENT_KEY)] },
        grant_types: ["client_credentials"],
        response_types: [],
        redirect_uris: [],
        tls_client_certificate_bound_access_tokens: true,
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: (context) => {
          const { raw } = context.req.socket.getPeerCertificate();
          return raw === undefined ? undefined : new X509Certificate(raw);
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({
          scope: "",
          audience: AUDIENCE,
          accessTokenTTL: Number(SECONDS),
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: keys[0].alg } },
        }),
      },
    },
    formats: {
      customizers: {
        // Which professional acts, and for which organisation.
        jwt: (context, token, jwt) => Object.assign(jwt.payload, { oin: ORGANISATION, sub: PROFESSIONAL }),
      },
    },
  });

const keys = [newKey("ES256")];
let answer;
const server = createServer(
  { ca: readFileSync(AUTHORITY), cert: readFileSync(CERTIFICATE), key: readFileSync(KEY), requestCert: true },
  (request, response) => answer(request, response),
);
server.listen(0, "127.0.0.1", () => {
  const issuer = `https://localhost:${server.address().port}`;
  const begin = () => {
    answer = providerWith(issuer, keys).callback();
    console.log(JSON.stringify({ issuer, kid: keys[0].kid, alg: keys[0].alg }));
  };
  begin();
  createInterface({ input: process.stdin }).on("line", () => {
    keys.unshift(newKey(keys[0].alg === "ES256" ? "PS256" : "ES256"));
    begin();
  });
});

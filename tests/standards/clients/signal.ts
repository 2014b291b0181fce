// SPDX-License-Identifier: EUPL-1.2
// A school system that was written against the description of the API, with the client that a generator made of it.
// Places a signal, reads it back, and reads one that is not there. Prints what it read.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { Agent, fetch as fetchThrough } from "undici";

import { createClient } from "./client/client";
import { dienSignaalIn, leesSignaal, lijstOrganisaties } from "./client";
import type { NieuwSignaal } from "./client";

const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not given`);
  return value;
};

const connections = new Agent({
  connect: {
    ca: readFileSync(given("SLUIS_AUTHORITY")),
    cert: readFileSync(given("SLUIS_CERTIFICATE")),
    key: readFileSync(given("SLUIS_KEY")),
  },
});
// Only this fetch shows a certificate; what it is asked comes from the client that was made.
const fetchWithCertificate = async (request: Request): Promise<Response> => {
  const body = request.body === null ? undefined : await request.text();
  const headers = [...request.headers] as [string, string][];
  const answer = await fetchThrough(request.url, { method: request.method, headers, body, dispatcher: connections });
  return answer as unknown as Response;
};
const client = createClient({
  baseUrl: given("SLUIS_BASE"),
  auth: () => given("SLUIS_TOKEN"),
  fetch: fetchWithCertificate as typeof fetch,
});

const signal: NieuwSignaal = {
  soort: "preventief",
  doel: "vroegsignalering",
  jeugdige: { leerlingsleutel: given("SLUIS_PUPIL") },
  ontvangers: [{ organisatie: given("SLUIS_RECEIVER"), loket: "wijkteam" }],
  opNaam: false,
  onderwerpen: ["gedrag"],
};
const main = async (): Promise<void> => {
  const organisations = await lijstOrganisaties({ client, throwOnError: true });
  const placed = await dienSignaalIn({
    client,
    body: signal,
    headers: { "Idempotency-Key": `"${randomUUID()}"` },
    throwOnError: true,
  });
  const read = await leesSignaal({ client, path: { id: placed.data.signaalId }, throwOnError: true });
  const absent = await leesSignaal({ client, path: { id: "0".repeat(32) } });
  if (!("ontvangers" in read.data) || absent.error === undefined) throw new Error("this is not what was described");

  console.log(
    JSON.stringify({
      placed: placed.data.signaalId,
      read: read.data.signaalId,
      form: read.data.ontvangers[0]?.vorm,
      absent: absent.error.status,
      organisations: organisations.data.organisaties.length,
    }),
  );
  await connections.close();
};

void main();
